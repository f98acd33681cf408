// One pose brought to where joints are wanted: limbs by the two-bone solution, what they cannot
// reach by the trunk in damped least squares, feet on the floor kept where they stand.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/motion/kinematics.h"

namespace kinescore {

/// Upper bone, lower bone and end of an arm or a leg.
struct Limb {
  int upper, lower, end;
  glm::dvec3 hinge;      // axis of a bending elbow or knee, in the lower joint's space
  bool keepsEndUpright;  // the end keeps its world rotation (feet), else its local one (hands)
};
[[nodiscard]] const Limb& leftLeg();
[[nodiscard]] const Limb& rightLeg();

/// Puts the end of a limb at `target` (as far as it reaches), turning nothing but the limb. The
/// plane of the bend is kept. `world` is brought up to date for the limb and all below it.
void bendLimb(const Skeleton& skeleton, const Limb& limb, const glm::dvec3& target, Pose& pose,
              WorldPose& world);

struct PoseTarget {
  int joint = 0;
  glm::dvec3 position{0};              // world, metres
  std::optional<glm::dquat> rotation;  // world
};

/// kinescore22 only. Misses that remain are what cannot be reached with the root within 0.35 m of
/// `rootHome` (a target for Hips itself goes anywhere).
[[nodiscard]] Pose reachTargets(const Skeleton& skeleton, const Pose& pose,
                                const glm::vec3& rootHome, std::span<const PoseTarget> targets);

}  // namespace kinescore
