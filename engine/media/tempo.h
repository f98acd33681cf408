// Tempo and beats out of onset strength, by dynamic programming (D. Ellis, "Beat tracking by dynamic programming",
// J. New Music Research 36, 2007), with the settings that music features are defined with. What a user's music is
// followed by is engine/media/beat_tracker.h.
#pragma once

#include <span>
#include <vector>

namespace kinescore {

/// The tempo between 0 and 320 a minute at which the strength resembles itself most within eight seconds, weighted by
/// how far (in octaves, normally distributed with σ 1) it lies from `expected`. 0 for strength that is 0 throughout.
[[nodiscard]] double tempoOf(std::span<const float> strength, double framesPerSecond, double expected = 120);

/// The frames of the beats at about that tempo; none without a tempo.
[[nodiscard]] std::vector<int> beatFrames(std::span<const float> strength, double framesPerSecond,
                                          double beatsPerMinute);

}  // namespace kinescore
