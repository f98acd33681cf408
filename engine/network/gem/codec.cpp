#include "engine/network/gem/codec.h"

#include <algorithm>
#include <cassert>

namespace kinescore::gem {
namespace {

void put(MotionVector& vector, int channel, const SixD& rows) {
  std::copy(rows.begin(), rows.end(), vector.begin() + channel);
}

glm::vec3 axisAngleAt(const MotionVector& vector, int channel) {
  return axisAngleOfRotation(rotationOfSixD(sixDAt(vector.data() + channel)));
}

}  // namespace

std::vector<glm::vec3> localSteps(std::span<const SmplFrame> world) {
  std::vector<glm::vec3> steps(world.size(), glm::vec3(0));
  for (std::size_t t = 0; world.size() > 1 && t < world.size(); ++t) {
    const std::size_t from = std::min(t, world.size() - 2);
    const glm::mat3 worldFromPelvis = rotationOfAxisAngle(world[t].globalOrient);
    steps[t] = glm::transpose(worldFromPelvis) * (world[from + 1].translation - world[from].translation);
  }
  return steps;
}

std::vector<MotionVector> encodeMotion(const EncodedSource& source, const MotionStatistics& statistics) {
  assert(source.world.size() == source.camera.size() && source.gravityFromCamera.size() == source.camera.size());
  const std::vector<glm::vec3> steps = localSteps(source.world);
  std::vector<MotionVector> vectors;
  vectors.reserve(source.camera.size());
  for (std::size_t t = 0; t < source.camera.size(); ++t) {
    const SmplFrame& frame = source.camera[t];
    MotionVector x;
    for (int j = 0; j < kPosedJoints; ++j) {
      put(x, kBodyPoseChannel + 6 * j, sixDOf(rotationOfAxisAngle(frame.bodyPose[j])));
    }
    std::copy(frame.shape.begin(), frame.shape.end(), x.begin() + kShapeChannel);
    const glm::mat3 orient = rotationOfAxisAngle(frame.globalOrient);
    put(x, kCameraOrientChannel, sixDOf(orient));
    put(x, kGravityOrientChannel, sixDOf(source.gravityFromCamera[t] * orient));
    for (int k = 0; k < 3; ++k) x[kStepChannel + k] = steps[t][k];
    vectors.push_back(normalizedVector(x, statistics));
  }
  return vectors;
}

DecodedFrame decodeVector(const MotionVector& normalized, const MotionStatistics& statistics) {
  const MotionVector x = denormalizedVector(normalized, statistics);
  DecodedFrame frame;
  for (int j = 0; j < kPosedJoints; ++j) frame.bodyPose[j] = axisAngleAt(x, kBodyPoseChannel + 6 * j);
  std::copy_n(x.begin() + kShapeChannel, kShapes, frame.shape.begin());
  frame.orientCamera = axisAngleAt(x, kCameraOrientChannel);
  frame.orientGravity = axisAngleAt(x, kGravityOrientChannel);
  frame.localStep = {x[kStepChannel], x[kStepChannel + 1], x[kStepChannel + 2]};
  return frame;
}

DecodedMotion decodeMotion(std::span<const MotionVector> normalized, const MotionStatistics& statistics) {
  DecodedMotion motion;
  motion.reserve(normalized.size());
  for (const MotionVector& x : normalized) motion.push_back(decodeVector(x, statistics));
  return motion;
}

}  // namespace kinescore::gem
