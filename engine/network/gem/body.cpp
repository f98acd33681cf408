#include "engine/network/gem/body.h"

namespace kinescore::gem {
namespace {

constexpr float kStillSpeed = 0.15f, kFrameSeconds = 0.033f;

glm::mat4 rigid(const glm::mat3& rotation, glm::vec3 translation) {
  glm::mat4 matrix(rotation);
  matrix[3] = glm::vec4(translation, 1);
  return matrix;
}

}  // namespace

JointPositions BodyModel::restJointsOf(const Shape& shape) const {
  JointPositions rest = restJoints;
  for (int j = 0; j < kBodyJoints; ++j) {
    glm::vec3 moved(0);
    for (int k = 0; k < kShapes; ++k) moved += shapeDirections[j][k] * shape[k];
    rest[j] += moved;
  }
  return rest;
}

LocalRotations localRotationsOf(const SmplFrame& frame) {
  LocalRotations rotations;
  rotations[kPelvis] = rotationOfAxisAngle(frame.globalOrient);
  for (int j = 0; j < kPosedJoints; ++j) rotations[j + 1] = rotationOfAxisAngle(frame.bodyPose[j]);
  return rotations;
}

JointPositions BodyChain::positions() const {
  JointPositions all;
  for (int j = 0; j < kBodyJoints; ++j) all[j] = position(j);
  return all;
}

BodyChain bodyChain(const JointPositions& restJoints, const LocalRotations& rotations, glm::vec3 translation) {
  BodyChain chain;
  for (int j = 0; j < kBodyJoints; ++j) {
    const int parent = kParents[j];
    const glm::vec3 offset = parent < 0 ? restJoints[j] + translation : restJoints[j] - restJoints[parent];
    chain.local[j] = rigid(rotations[j], offset);
    if (parent < 0) {
      chain.global[j] = chain.local[j];
    } else {
      const glm::mat4 product = chain.global[parent] * chain.local[j];
      chain.global[j] = rigid(withUnitColumns(glm::mat3(product)), glm::vec3(product[3]));
    }
  }
  return chain;
}

BodyChain bodyChain(const BodyModel& body, const SmplFrame& frame) {
  return bodyChain(body.restJointsOf(frame.shape), localRotationsOf(frame), frame.translation);
}

std::vector<JointPositions> jointPositions(const BodyModel& body, std::span<const SmplFrame> motion) {
  std::vector<JointPositions> positions;
  positions.reserve(motion.size());
  for (const SmplFrame& frame : motion) positions.push_back(bodyChain(body, frame).positions());
  return positions;
}

std::vector<StillJoints> stillJoints(std::span<const JointPositions> positions) {
  std::vector<StillJoints> still(positions.size());
  for (std::size_t t = 0; t + 1 < positions.size(); ++t) {
    for (int j = 0; j < kBodyJoints; ++j) {
      still[t][j] = glm::length(positions[t + 1][j] - positions[t][j]) / kFrameSeconds < kStillSpeed;
    }
  }
  if (positions.size() > 1) still.back() = still[positions.size() - 2];
  return still;
}

}  // namespace kinescore::gem
