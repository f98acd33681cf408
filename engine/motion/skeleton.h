// A hierarchy of joints, parents before children, and its rest pose (identity local rotations).
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

namespace kinescore {

constexpr int kNoParent = -1;

struct Skeleton {
  std::string name;
  std::vector<std::string> jointNames;
  std::vector<int> parents;             // [joints], kNoParent for a root; parents[j] < j
  std::vector<glm::vec3> offsets;       // [joints], metres, from the parent, in its space
  std::map<int, glm::vec3> endSites;    // joint -> tip of its bone, metres, in its space

  [[nodiscard]] int jointCount() const { return static_cast<int>(parents.size()); }
  [[nodiscard]] std::optional<int> findJoint(std::string_view jointName) const;
};

/// Joints of kinescore22, in order: the 22 body joints of the SMPL topology with HumanIK-like
/// names, offsets of the mean motion-capture actor, 1.75 m tall, T-pose, facing +Z, left is +X.
enum Kinescore22Joint : int {
  kHips, kLeftUpLeg, kRightUpLeg, kSpine, kLeftLeg, kRightLeg, kSpine1, kLeftFoot, kRightFoot,
  kSpine2, kLeftToeBase, kRightToeBase, kNeck, kLeftShoulder, kRightShoulder, kHead, kLeftArm,
  kRightArm, kLeftForeArm, kRightForeArm, kLeftHand, kRightHand
};
constexpr int kJointCount22 = 22;
/// Height of Hips in the rest pose when the soles are on the floor, metres.
constexpr float kRestRootHeight = 0.9729f;
/// Order of contact flags everywhere: left ankle, left toe, right ankle, right toe.
constexpr std::array<int, 4> kContactJoints = {kLeftFoot, kLeftToeBase, kRightFoot, kRightToeBase};
/// The left joint of a right one and the other way round; middle joints are their own.
extern const std::array<int, kJointCount22> kMirrorJoint22;

/// Points of the sole, in the joint's space, that lie on y = 0 in the rest pose. Not joints.
struct SolePoint {
  int joint;
  glm::vec3 offset;
};
extern const std::array<SolePoint, 6> kSolePoints;

/// The engine's own skeleton; shared and never changed.
[[nodiscard]] std::shared_ptr<const Skeleton> kinescore22();

}  // namespace kinescore
