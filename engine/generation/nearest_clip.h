// How far a motion is from everything in the library: whether it was made or merely remembered.
//
// Motions are cut into stretches of 1 s, ten poses each: joint positions seen from the smoothed root
// and the heading (features.h), so that where and which way does not count. The distance of two
// stretches is the mean distance of their joints, in metres. Mirrored clips count as the clip.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/library/library.h"

namespace kinescore {

class NearestClips {
 public:
  /// Cancelled when `stop` asks.
  [[nodiscard]] static Result<NearestClips> build(const Library& library, std::stop_token stop);

  struct Answer {
    double meters = 0;   // median over the motion's stretches of the distance to the nearest one
    std::string clipId;  // of the library, nearest to most stretches
  };
  /// Nothing for less than 1 s, or an empty library. At most kMostStretches are compared, evenly
  /// spread, so that the cost has a bound.
  [[nodiscard]] Result<std::optional<Answer>> find(const Motion& motion, std::stop_token stop) const;

  static constexpr int kMostStretches = 20;

 private:
  NearestClips() = default;
  struct Nearest {
    double meters = 0;
    int clip = -1;
  };
  [[nodiscard]] Nearest nearestTo(const float* stretch, Nearest best) const;

  std::vector<std::string> clipIds_;
  std::vector<float> poses_;        // [poses][66], clips one after another
  std::vector<int> clipOfStretch_;  // [poses]; -1 where a stretch would leave its clip
};

}  // namespace kinescore
