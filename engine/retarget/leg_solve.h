// A leg of ours brought to an ankle position: two bones, one hinge.
#pragma once

#include "engine/retarget/mapped_clip.h"

namespace kinescore {

struct SolvedLeg {
  glm::quat upLeg{1, 0, 0, 0};  // world
  glm::quat leg{1, 0, 0, 0};    // world
  glm::vec3 ankle{0};           // where it came to be: short of the target if that is out of reach
};

/// `hinge` is the knee's axis in the world (left of the body): the knee bends forward about it.
/// Soft over the last 0.6 % of the stretch, so that a knee never snaps straight.
[[nodiscard]] SolvedLeg solveLeg(const glm::vec3& hip, const glm::vec3& ankleTarget,
                                 const glm::vec3& hinge);

}  // namespace kinescore
