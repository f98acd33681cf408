#include "engine/retarget/repair.h"

#include <algorithm>
#include <cmath>

namespace kinescore {

namespace {

// A body joint does not turn by this much between two frames of 1/60 s and back again.
constexpr float kSpikeDegreesPerSecond = 1200;
// … while the frames around it agree within this share of the jump.
constexpr float kReturnShare = 0.35f;
constexpr int kLongestSpike = 2;

float angleBetween(const glm::quat& a, const glm::quat& b) {
  return 2 * std::acos(std::min(1.0f, std::abs(glm::dot(a, b)))) * 57.29578f;
}

}  // namespace

int removeSpikes(Motion& motion) {
  const float limit = kSpikeDegreesPerSecond / float(motion.rate.fps());
  int changed = 0;
  for (int j = 1; j < motion.jointCount(); ++j) {
    for (std::int64_t before = 0; before + 2 < motion.frameCount(); ++before) {
      for (int length = 1; length <= kLongestSpike; ++length) {
        const std::int64_t after = before + length + 1;
        if (after >= motion.frameCount()) break;
        const float jump = std::min(angleBetween(motion.rotation(before, j), motion.rotation(before + 1, j)),
                                    angleBetween(motion.rotation(after - 1, j), motion.rotation(after, j)));
        const float change = angleBetween(motion.rotation(before, j), motion.rotation(after, j));
        if (jump < limit || change > kReturnShare * jump) continue;
        for (std::int64_t f = before + 1; f < after; ++f) {
          motion.rotation(f, j) = glm::slerp(motion.rotation(before, j), motion.rotation(after, j),
                                             float(f - before) / float(after - before));
          ++changed;
        }
        break;
      }
    }
  }
  return changed;
}

void bridgeFrames(Motion& motion, std::int64_t first, std::int64_t last) {
  first = std::max<std::int64_t>(first, 0);
  last = std::min(last, motion.frameCount() - 1);
  for (std::int64_t f = first + 1; f < last; ++f) {
    const float u = float(f - first) / float(last - first);
    const float eased = u * u * (3 - 2 * u);
    motion.rootPositions[f] = glm::mix(motion.rootPositions[first], motion.rootPositions[last], u);
    for (int j = 0; j < motion.jointCount(); ++j) {
      motion.rotation(f, j) = glm::slerp(motion.rotation(first, j), motion.rotation(last, j), eased);
    }
  }
}

}  // namespace kinescore
