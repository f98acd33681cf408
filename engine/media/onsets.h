// Where something begins in a sound: how much louder the bands of a spectrum became, and which frames stand out
// (Böck, Krebs and Schedl, "Evaluating the online capabilities of onset detection methods", ISMIR 2012).
#pragma once

#include <span>
#include <vector>

namespace kinescore {

/// Mean over the bands of the rise since the frame before, in dB; falls count as 0. `decibels` [frames][bands]. Each
/// value is put `delay` frames later, which makes up for the reach of a window that is centred on its frame.
[[nodiscard]] std::vector<float> onsetStrength(std::span<const float> decibels, int bands, int delay);

/// What a frame must be to count as an onset, of a strength that was scaled to 0 … 1: the greatest of [n − beforeMax,
/// n + afterMax), at least `above` over the mean of [n − beforeMean, n + afterMean), and more than `apart` frames after
/// the last.
struct PeakRules {
  int beforeMax, afterMax, beforeMean, afterMean, apart;
  float above;
};
/// The usual rules in seconds, at a rate of frames: 30 ms and 0 for the greatest, 100 ms for the mean, 0.07 over it.
[[nodiscard]] PeakRules usualPeakRules(double framesPerSecond);
/// Frames, in order. Strength that never changes has no peaks.
[[nodiscard]] std::vector<int> pickPeaks(std::span<const float> strength, const PeakRules& rules);

}  // namespace kinescore
