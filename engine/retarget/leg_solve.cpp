#include "engine/retarget/leg_solve.h"

#include <algorithm>
#include <cmath>

namespace kinescore {

namespace {

constexpr float kThigh = 0.4042f;
constexpr float kShin = 0.4387f;
constexpr float kReach = kThigh + kShin;
constexpr float kSoftStart = kReach * (1 - 0.006f);
constexpr float kClosest = 0.12f;

// `axis` made perpendicular to the unit vector `direction`.
glm::vec3 acrossTo(const glm::vec3& direction, const glm::vec3& axis) {
  glm::vec3 across = axis - direction * glm::dot(axis, direction);
  if (glm::length(across) < 1e-4f) {
    const glm::vec3 other = std::abs(direction.x) < 0.9f ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1);
    across = other - direction * glm::dot(other, direction);
  }
  return glm::normalize(across);
}

// Rotation whose −Y runs along `bone` and whose X is as near to `hinge` as that allows.
glm::quat boneFrame(const glm::vec3& bone, const glm::vec3& hinge) {
  const glm::vec3 y = -glm::normalize(bone);
  const glm::vec3 x = acrossTo(y, hinge);
  return glm::normalize(glm::quat_cast(glm::mat3(x, y, glm::cross(x, y))));
}

}  // namespace

SolvedLeg solveLeg(const glm::vec3& hip, const LegWish& wish) {
  const glm::vec3 way = wish.ankle - hip;
  const float wanted = glm::length(way);
  const glm::vec3 aim = wanted > 1e-6f ? way / wanted : glm::vec3(0, -1, 0);
  float reach = wanted;
  if (wanted > kSoftStart) {
    const float rest = kReach - kSoftStart;
    reach = kSoftStart + rest * (1 - std::exp(-(wanted - kSoftStart) / rest));
  }
  reach = std::clamp(reach, kClosest, kReach - 1e-5f);

  const glm::vec3 hinge = wish.upLeg * glm::vec3(1, 0, 0);
  const glm::vec3 forward = glm::cross(aim, acrossTo(aim, hinge));
  const float along = (reach * reach + kThigh * kThigh - kShin * kShin) / (2 * reach);
  const float across = std::sqrt(std::max(0.0f, kThigh * kThigh - along * along));

  SolvedLeg solved;
  const glm::vec3 knee = hip + aim * along + forward * across;
  solved.ankle = hip + aim * reach;
  solved.upLeg = boneFrame(knee - hip, hinge);
  solved.leg = boneFrame(solved.ankle - knee, wish.leg * glm::vec3(1, 0, 0));
  return solved;
}

}  // namespace kinescore
