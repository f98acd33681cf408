// A captured clip on its own skeleton, as world poses: what every reader's result becomes before it
// is retargeted.
#pragma once

#include <memory>
#include <vector>

#include "engine/motion/motion.h"

namespace kinescore {

/// Metres, +Y up. At `rate` frames a second.
struct SourceClip {
  std::shared_ptr<const Skeleton> skeleton;
  FrameRate rate;
  std::vector<glm::vec3> positions;  // [frames][joints]
  std::vector<glm::quat> rotations;  // [frames][joints]

  [[nodiscard]] int jointCount() const { return skeleton->jointCount(); }
  [[nodiscard]] std::int64_t frameCount() const {
    return jointCount() == 0 ? 0 : std::int64_t(positions.size()) / jointCount();
  }
  [[nodiscard]] const glm::vec3& position(std::int64_t f, int j) const {
    return positions[std::size_t(f) * jointCount() + j];
  }
  [[nodiscard]] const glm::quat& rotation(std::int64_t f, int j) const {
    return rotations[std::size_t(f) * jointCount() + j];
  }
};

[[nodiscard]] SourceClip sourceFromMotion(const Motion& motion);

/// Turns the clip about the origin so that the plane y = slope·z becomes level.
void levelFloor(SourceClip& clip, double slope);

}  // namespace kinescore
