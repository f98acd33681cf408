#include "engine/retarget/leg_solve.h"

#include <algorithm>
#include <cmath>

#include <glm/gtx/quaternion.hpp>

namespace kinescore {

namespace {

constexpr float kThigh = 0.4042f;
constexpr float kShin = 0.4387f;
constexpr float kReach = kThigh + kShin;
constexpr float kSoftStart = kReach * (1 - 0.006f);
constexpr float kClosest = 0.12f;

// Rotation whose −Y runs along `bone` and whose X is `hinge` (perpendicular to it).
glm::quat boneFrame(const glm::vec3& bone, const glm::vec3& hinge) {
  const glm::vec3 y = -glm::normalize(bone);
  const glm::vec3 z = glm::normalize(glm::cross(hinge, y));
  return glm::normalize(glm::quat_cast(glm::mat3(glm::cross(y, z), y, z)));
}

}  // namespace

SolvedLeg solveLeg(const glm::vec3& hip, const glm::vec3& ankleTarget, const glm::vec3& hinge) {
  const glm::vec3 way = ankleTarget - hip;
  const float wanted = glm::length(way);
  const glm::vec3 aim = wanted > 1e-6f ? way / wanted : glm::vec3(0, -1, 0);
  float reach = wanted;
  if (wanted > kSoftStart) {
    const float rest = kReach - kSoftStart;
    reach = kSoftStart + rest * (1 - std::exp(-(wanted - kSoftStart) / rest));
  }
  reach = std::clamp(reach, kClosest, kReach - 1e-5f);

  glm::vec3 side = hinge - aim * glm::dot(hinge, aim);
  if (glm::length(side) < 1e-4f) {
    const glm::vec3 other = std::abs(aim.x) < 0.9f ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1);
    side = other - aim * glm::dot(other, aim);
  }
  side = glm::normalize(side);
  const glm::vec3 forward = glm::cross(aim, side);
  const float along = (reach * reach + kThigh * kThigh - kShin * kShin) / (2 * reach);
  const float out = std::sqrt(std::max(0.0f, kThigh * kThigh - along * along));

  SolvedLeg solved;
  const glm::vec3 knee = hip + aim * along + forward * out;
  solved.ankle = hip + aim * reach;
  solved.upLeg = boneFrame(knee - hip, side);
  solved.leg = boneFrame(solved.ankle - knee, side);
  return solved;
}

}  // namespace kinescore
