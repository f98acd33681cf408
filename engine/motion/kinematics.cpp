#include "engine/motion/kinematics.h"

#include <cassert>
#include <cmath>

namespace kinescore {

void forwardKinematicsInto(const Skeleton& skeleton, const Pose& pose, WorldPose& world) {
  const int joints = skeleton.jointCount();
  assert(int(pose.localRotations.size()) == joints);
  world.positions.resize(joints);
  world.rotations.resize(joints);
  for (int j = 0; j < joints; ++j) {
    const int parent = skeleton.parents[j];
    if (parent == kNoParent) {
      world.rotations[j] = pose.localRotations[j];
      world.positions[j] = pose.rootPosition + (j == 0 ? glm::vec3(0) : skeleton.offsets[j]);
    } else {
      world.rotations[j] = world.rotations[parent] * pose.localRotations[j];
      world.positions[j] = world.positions[parent] + world.rotations[parent] * skeleton.offsets[j];
    }
  }
}

WorldPose forwardKinematics(const Skeleton& skeleton, const Pose& pose) {
  WorldPose world;
  forwardKinematicsInto(skeleton, pose, world);
  return world;
}

std::vector<glm::vec3> worldPositions(const Motion& motion) {
  std::vector<glm::vec3> positions;
  positions.reserve(std::size_t(motion.frameCount()) * motion.jointCount());
  WorldPose world;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    forwardKinematicsInto(*motion.skeleton, motion.pose(f), world);
    positions.insert(positions.end(), world.positions.begin(), world.positions.end());
  }
  return positions;
}

std::vector<glm::quat> localFromWorldRotations(const Skeleton& skeleton,
                                               std::span<const glm::quat> world) {
  std::vector<glm::quat> local(world.begin(), world.end());
  for (int j = 0; j < skeleton.jointCount(); ++j) {
    const int parent = skeleton.parents[j];
    if (parent != kNoParent) local[j] = glm::normalize(glm::conjugate(world[parent]) * world[j]);
  }
  return local;
}

float headingOf(const WorldPose& world) {
  const glm::vec3 hips = world.rotations[kHips] * glm::vec3(0, 0, 1);
  const glm::vec3 chest = world.rotations[kSpine2] * glm::vec3(0, 0, 1);
  const glm::vec3 sum = hips + chest;
  return std::atan2(sum.x, sum.z);
}

}  // namespace kinescore
