// The mannequin's volume: which capsules and ellipsoids sit on which joint of kinescore22, and how
// far a point is from all of them together.
#pragma once

#include <span>
#include <vector>

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include "engine/motion/kinematics.h"

namespace kinescore {

/// A tapered capsule from `a` (radius ra) to `b` (radius rb), or an ellipsoid about `a` with the
/// radii `b`. In the joint's space, metres.
struct BodyPart {
  enum class Kind { TaperedCapsule, Ellipsoid };
  Kind kind = Kind::TaperedCapsule;
  int joint = 0;
  glm::vec3 a{0.0f};
  glm::vec3 b{0.0f};
  float ra = 0.0f;
  float rb = 0.0f;
  float melt = 0.03f;  ///< how softly it joins its neighbours, metres
  float reach = 0.0f;  ///< no point of it is farther from its joint
};

[[nodiscard]] std::span<const BodyPart> bodyParts();

/// The body in one pose.
class BodyShape {
 public:
  explicit BodyShape(const WorldPose& pose);

  /// Estimated signed distance to the body, metres, world space.
  [[nodiscard]] float distance(const glm::vec3& point) const;
  /// [22]: distance to what each joint carries; used for the skin weights.
  void jointDistances(const glm::vec3& point, std::span<float> distances) const;

 private:
  const WorldPose& pose_;
};

}  // namespace kinescore
