// What the protocol measures of one motion, or of two of the same length. World space, metres; contacts never
// from flags that a network gave but from positions.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/generation/features.h"
#include "engine/library/library.h"

namespace kinescore {

/// Sums, so that motions can be pooled: a low pair is a foot whose toe is lower than 5 cm in two frames.
struct SkateSums {
  double millimetres = 0;          // moved over the floor in low pairs
  double low = 0, fast = 0;        // low pairs, those of them above 0.5 m/s
  double pairs = 0;                // of all frames and feet
};
[[nodiscard]] SkateSums skateSums(const Motion& motion);

/// Length of the third difference of joint positions, m/s³.
struct JerkFigures {
  double mean = 0, p95 = 0;        // over frames and joints
};
[[nodiscard]] JerkFigures jerkOf(const Motion& motion);
/// Mean over frames at most `reach` away from any of `frames`.
[[nodiscard]] double jerkNear(const Motion& motion, std::span<const std::int64_t> frames, int reach);

/// Mean distance of joints seen from the smoothed root and the heading, over the frames that both have.
[[nodiscard]] double poseDistance(const MotionFeatures& a, const MotionFeatures& b);
/// Mean distance of joints in the world over some frames of two motions of the same length.
[[nodiscard]] double worldDistance(const Motion& a, const Motion& b, std::span<const std::int64_t> frames);

/// What needs no network between poses that are given: slerp and straight root; squad and Hermite root
/// (K. Shoemake 1987), whichever fits the truth better is the bar. `keys` are frames of `truth`, sorted, the
/// first and the last among them.
[[nodiscard]] Motion slerpBetween(const Motion& truth, std::span<const std::int64_t> keys);
[[nodiscard]] Motion squadBetween(const Motion& truth, std::span<const std::int64_t> keys);

/// Every second of every train clip, to measure how far a motion is from what was learned.
class TrainWindows {
 public:
  /// Train clips only, whatever else the library holds.
  [[nodiscard]] static Result<TrainWindows> build(const Library& library, std::stop_token stop);

  /// For each whole second of a motion, one after another from its start: the distance of its poses (ten a second,
  /// seen from root and heading) to the nearest second of any train clip or mirror image, metres. Empty for
  /// less than a second.
  [[nodiscard]] std::vector<double> distances(const Motion& motion) const;

 private:
  TrainWindows() = default;
  [[nodiscard]] double nearest(const float* window, double bound) const;
  std::vector<float> poses_;             // [poses][66]
  std::vector<std::int64_t> starts_;     // poses at which a second begins that does not leave its clip
};

}  // namespace kinescore
