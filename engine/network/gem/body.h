// The body GEM speaks about, as far as joints go: rest positions that depend on shape, and the chain that turns
// local rotations into positions (gem.md 2.9). Metres.
#pragma once

#include <array>
#include <span>
#include <vector>

#include <glm/mat4x4.hpp>

#include "engine/network/gem/motion_vector.h"
#include "engine/network/gem/rotations.h"

namespace kinescore::gem {

using JointPositions = std::array<glm::vec3, kBodyJoints>;
using JointMatrices = std::array<glm::mat4, kBodyJoints>;
using LocalRotations = std::array<glm::mat3, kBodyJoints>;  // joint 0: against the space the body stands in

/// Rest joints = template + shape directions · shape. From a licensed body model, or made up.
struct BodyModel {
  JointPositions restJoints{};
  std::array<std::array<glm::vec3, kShapes>, kBodyJoints> shapeDirections{};

  [[nodiscard]] JointPositions restJointsOf(const Shape& shape) const;
};

[[nodiscard]] LocalRotations localRotationsOf(const SmplFrame& frame);

struct BodyChain {
  JointMatrices local, global;
  [[nodiscard]] glm::vec3 position(int joint) const { return glm::vec3(global[joint][3]); }
  [[nodiscard]] glm::mat3 rotation(int joint) const { return glm::mat3(global[joint]); }
  [[nodiscard]] JointPositions positions() const;
};
/// `translation` moves the pelvis away from its rest position.
[[nodiscard]] BodyChain bodyChain(const JointPositions& restJoints, const LocalRotations& rotations,
                                  glm::vec3 translation);
[[nodiscard]] BodyChain bodyChain(const BodyModel& body, const SmplFrame& frame);
[[nodiscard]] std::vector<JointPositions> jointPositions(const BodyModel& body, std::span<const SmplFrame> motion);

/// Where a joint hardly moves to the next frame: below 0.15 m/s with a frame of 0.033 s. The last frame is as the one
/// before it. Labels of contacts in training.
using StillJoints = std::array<bool, kBodyJoints>;
[[nodiscard]] std::vector<StillJoints> stillJoints(std::span<const JointPositions> positions);

}  // namespace kinescore::gem
