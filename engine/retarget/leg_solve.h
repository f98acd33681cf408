// A leg of ours brought to an ankle position: two bones, one hinge.
#pragma once

#include "engine/retarget/mapped_clip.h"

namespace kinescore {

struct SolvedLeg {
  glm::quat upLeg{1, 0, 0, 0};  // world
  glm::quat leg{1, 0, 0, 0};    // world
  glm::vec3 ankle{0};           // where it came to be: short of the target if that is out of reach
};

/// The leg as it is wanted, in the world: each bone keeps its hinge (X) as far as its new direction
/// allows.
struct LegWish {
  glm::vec3 ankle{0};
  glm::quat upLeg{1, 0, 0, 0};
  glm::quat leg{1, 0, 0, 0};
};

/// The knee bends forward about the thigh's hinge. Soft over the last 0.6 % of the stretch, so that a knee never snaps straight.
[[nodiscard]] SolvedLeg solveLeg(const glm::vec3& hip, const LegWish& wish);

}  // namespace kinescore
