#include <algorithm>

#include "engine/motion/kinematics.h"
#include "engine/solve/solver.h"

namespace kinescore {
namespace {

constexpr float kLowMeters = 0.05f;
constexpr double kFastMetersPerSecond = 0.5;

}  // namespace

FootSkate measureFootSkate(const Motion& motion) {
  FootSkate skate;
  const std::int64_t frames = motion.frameCount();
  if (frames < 2) return skate;
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const double fastMillimeters = 1000 * kFastMetersPerSecond / motion.rate.fps();
  double sum = 0;
  std::int64_t low = 0, fast = 0;
  for (const int toe : {int(kLeftToeBase), int(kRightToeBase)}) {
    for (std::int64_t f = 1; f < frames; ++f) {
      const glm::vec3& before = positions[std::size_t(f - 1) * motion.jointCount() + toe];
      const glm::vec3& now = positions[std::size_t(f) * motion.jointCount() + toe];
      if (before.y >= kLowMeters || now.y >= kLowMeters) continue;
      const double millimeters =
          1000.0 * glm::length(glm::vec2(now.x - before.x, now.z - before.z));
      sum += millimeters;
      ++low;
      if (millimeters > fastMillimeters) ++fast;
    }
  }
  if (low > 0) {
    skate.meanMillimetersPerFrame = sum / double(low);
    skate.fastShare = double(fast) / double(low);
  }
  skate.lowToeShare = double(low) / double(2 * (frames - 1));
  return skate;
}

}  // namespace kinescore
