#include "engine/evaluate/gait_figures.h"

#include <algorithm>
#include <cmath>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr double kFastMetersPerSecond = 1;

}  // namespace

std::vector<float> fastToeHeights(const Motion& motion) {
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const std::int64_t frames = motion.frameCount(), joints = motion.jointCount();
  std::vector<float> heights;
  for (const int toe : {kLeftToeBase, kRightToeBase}) {
    for (std::int64_t f = 1; f + 1 < frames; ++f) {
      const glm::vec3 way = positions[(f + 1) * joints + toe] - positions[(f - 1) * joints + toe];
      if (std::hypot(way.x, way.z) * motion.rate.fps() / 2 <= kFastMetersPerSecond) continue;
      heights.push_back(positions[f * joints + toe].y);
    }
  }
  return heights;
}

double quantileOf(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const double at = std::clamp(share, 0.0, 1.0) * double(values.size() - 1);
  const auto low = std::ptrdiff_t(at);
  std::nth_element(values.begin(), values.begin() + low, values.end());
  const double below = values[std::size_t(low)];
  if (std::size_t(low) + 1 == values.size()) return below;
  const double above = *std::min_element(values.begin() + low + 1, values.end());
  return below + (at - double(low)) * (above - below);
}

}  // namespace kinescore
