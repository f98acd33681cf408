// From local rotations to where every joint stands in the world.
#pragma once

#include <span>
#include <vector>

#include "engine/motion/motion.h"

namespace kinescore {

/// World positions (metres) and world rotations of all joints at one instant.
struct WorldPose {
  std::vector<glm::vec3> positions;   // [joints]
  std::vector<glm::quat> rotations;   // [joints]
};

[[nodiscard]] WorldPose forwardKinematics(const Skeleton& skeleton, const Pose& pose);
void forwardKinematicsInto(const Skeleton& skeleton, const Pose& pose, WorldPose& world);

/// World positions of every joint of every frame, [frames][joints].
[[nodiscard]] std::vector<glm::vec3> worldPositions(const Motion& motion);

/// Local rotations that give these world rotations.
[[nodiscard]] std::vector<glm::quat> localFromWorldRotations(const Skeleton& skeleton,
                                                             std::span<const glm::quat> world);

/// Turn about +Y that brings +Z to where the character faces (hips and chest averaged), radians.
[[nodiscard]] float headingOf(const WorldPose& world);

}  // namespace kinescore
