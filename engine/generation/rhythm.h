// Sound as the network hears it: how strongly something begins, where in the beat and in the bar a frame lies,
// how loud it is and in which bands. At run time that comes from beats or from a recording; in training it is made
// from the motion's own accents, so that no licensed music with dance is needed.
#pragma once

#include <span>
#include <vector>

#include "engine/core/ticks.h"
#include "engine/generation/features.h"

namespace kinescore {

struct HeardSound;  // engine/media/heard_sound.h

constexpr int kMelBands = 8;
/// onset strength 0 … 1, beat phase sin cos, bar phase sin cos (0, 0: no beat known), loudness 0 … 1, bands 0 … 1
constexpr int kRhythmChannels = 6 + kMelBands;

/// Moments at which a body marks time, in frames: a foot comes down, or a hand or foot that was swift comes to rest.
struct Accent {
  double frame = 0;
  float strength = 1;  // 0 … 1
};
/// Of features in any window space, [frames][273], not normalised; sorted, at least three frames apart.
[[nodiscard]] std::vector<Accent> accentsOf(std::span<const float> values);

/// A steady beat: so many frames from one to the next, one of them at `first`.
struct Beat {
  double period = 15, first = 0;
  int beatsPerBar = 4, firstBeatOfBar = 0;
  double agreement = 0;  // 1: every accent lies on it; 0: they lie anywhere
};
/// The beat between 60 and 150 a minute that accents agree with most. Fewer than four accents agree with none.
[[nodiscard]] Beat beatOf(std::span<const Accent> accents);

/// Frames [0, frames) of a click on every beat. `out` [frames][kRhythmChannels].
void writeBeat(const Beat& beat, int frames, std::span<float> out);
/// Beat and bar phase alone, at times given one by one (frames, sorted) with the first of a bar at `downbeats`.
void writePhases(std::span<const double> beats, std::span<const double> downbeats, int frames, std::span<float> out);
/// What is heard in a recording whose second 0 lies at frame `start`, which need be no whole one. Frames outside it stay.
void writeHeard(const HeardSound& heard, double start, int frames, std::span<float> out);
/// Adds a beginning at a frame: onset, and bands by their gains, which ring on for some frames.
void addOnset(double frame, float strength, std::span<const float, kMelBands> gains, int frames, std::span<float> out);

}  // namespace kinescore
