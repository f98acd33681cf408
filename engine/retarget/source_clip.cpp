#include "engine/retarget/source_clip.h"

#include <cmath>

#include "engine/motion/kinematics.h"

namespace kinescore {

SourceClip sourceFromMotion(const Motion& motion) {
  SourceClip clip;
  clip.skeleton = motion.skeleton;
  clip.rate = motion.rate;
  clip.positions.reserve(motion.localRotations.size());
  clip.rotations.reserve(motion.localRotations.size());
  WorldPose world;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    forwardKinematicsInto(*motion.skeleton, motion.pose(f), world);
    clip.positions.insert(clip.positions.end(), world.positions.begin(), world.positions.end());
    clip.rotations.insert(clip.rotations.end(), world.rotations.begin(), world.rotations.end());
  }
  return clip;
}

void levelFloor(SourceClip& clip, double slope) {
  if (slope == 0) return;
  const float half = float(std::atan(slope) / 2);
  const glm::quat turn(std::cos(half), std::sin(half), 0, 0);
  for (glm::vec3& position : clip.positions) position = turn * position;
  for (glm::quat& rotation : clip.rotations) rotation = turn * rotation;
}

}  // namespace kinescore
