// How each family of source skeletons stands against kinescore22: which joint answers which, and
// the constant turn between the two rest poses.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include <glm/gtc/quaternion.hpp>

#include "engine/motion/skeleton.h"

namespace kinescore {

enum class SourceFamily {
  Asf,          ///< CMU's ASF/AMC
  Bvh31,        ///< cgspeed 31-joint BVH
  Bvh131,       ///< another cgspeed variant: arms hang at rest
  Daz,          ///< cgspeed's 43-joint Daz figure
  DazFbx,       ///< the same figure through FBX: Y along each bone
  Neo22,        ///< 22-joint humanoid, X along each bone
  BallPlay,     ///< BallPlay-M's 53-body humanoid
  Mesh2MotionBase,
  Mesh2MotionAddon,
};

[[nodiscard]] std::string_view nameOf(SourceFamily family);

/// Told by joint names (and, between the two Daz figures, by the direction of the shin).
[[nodiscard]] std::optional<SourceFamily> findSourceFamily(const Skeleton& skeleton);

/// Global rotation of ours = source's global rotation · align. With a second source joint it is
/// half way (slerp) between the two.
struct JointAlignment {
  std::string_view source;
  std::string_view secondSource;  // or empty
  glm::quat align{1, 0, 0, 0};
  glm::quat secondAlign{1, 0, 0, 0};
};

[[nodiscard]] const std::array<JointAlignment, kJointCount22>& alignmentOf(SourceFamily family);

}  // namespace kinescore
