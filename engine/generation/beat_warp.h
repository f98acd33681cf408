// Motion to a beat: what a performer's accents lack to the beat is made up by moving a little slower or faster, the way
// an editor retimes a take. The network decides what is done; this decides when exactly. Between the accents time runs
// along a monotone cubic (Fritsch and Carlson, SIAM J. Numer. Anal. 17, 1980).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/generation/rhythm.h"
#include "engine/motion/motion.h"
#include "engine/request/request.h"

namespace kinescore {

/// What a warp answers to.
struct BeatWarpProblem {
  FrameRange frames;                   // heard over these; nothing outside them moves
  std::span<const Accent> accents;     // of the whole motion, sorted
  std::span<const double> beats;       // frames, sorted
  std::span<const float> strength;     // 0 … 1, one a frame of `frames`
  std::span<const std::int64_t> fixed; // frames that must stay where they are, sorted
};
/// For every frame of `frames` the frame it is taken from, monotone: as many strong accents on a beat as can be without
/// moving more than four tenths faster or slower (at full strength). The ends stay.
[[nodiscard]] std::vector<double> warpToBeats(const BeatWarpProblem& problem);

/// Features [frames of the motion][273] in any one space, not normalised: frame `first + i` is taken from source[i].
/// Velocities follow the new pace.
void retime(std::span<float> values, std::int64_t first, std::span<const double> source);

/// Shares of the accents within the beats' spans that lie within 0.1 s of a beat.
struct BeatsKept {
  double before = 0, after = 0;
};
/// Retimes the made frames of a performance (world features, not normalised) to the beats of a request. What has a
/// time of its own stays: poses, targets, the ends of contacts; and everything where a camera saw the performer. Nothing
/// is answered where no beat or no accent is.
std::optional<BeatsKept> keepBeats(const GenerationRequest& request, FrameRange made, std::span<float> world);

}  // namespace kinescore
