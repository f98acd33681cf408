// Which joint of a stranger's skeleton answers which of kinescore22, told by names alone: those of
// HumanIK, Mixamo, Blender, MakeHuman, CMU and the like, sides as "Left", "l_", "_L", ".l".
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/skeleton.h"

namespace kinescore {

/// Numbers of the stranger's joints, kNoParent where it has none.
struct JointMatch {
  struct Limbs {
    int collar = kNoParent, upperArm = kNoParent, foreArm = kNoParent, hand = kNoParent;
    int thigh = kNoParent, shin = kNoParent, foot = kNoParent, toe = kNoParent;
  };
  int hips = kNoParent;
  std::vector<int> trunk;  // from the hips' child to the joint that the arms hang on
  int neck = kNoParent, head = kNoParent;
  std::array<Limbs, 2> limbs;  // left, right
};

/// Hips, both legs down to the ankles and both arms down to the elbows are needed; an error names
/// what was not found.
[[nodiscard]] Result<JointMatch> matchJoints(const std::vector<std::string>& names, const std::vector<int>& parents);

}  // namespace kinescore
