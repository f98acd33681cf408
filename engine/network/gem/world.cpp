#include "engine/network/gem/world.h"

#include <cassert>
#include <cmath>

#include "engine/network/gem/smoothing.h"

namespace kinescore::gem {
namespace {

// Turns below this are none (radians).
constexpr float kSmallestTurn = 1e-5f;

glm::mat3 snapped(const glm::mat3& rotation) {
  return angleOfRotation(rotation) < kSmallestTurn ? glm::mat3(1) : rotation;
}

// The turn about y from the next camera's view, laid flat, to this one's; the published code goes by acos and a
// normalised cross product, which for views almost alike gives mostly noise (gem.md 2.7).
float yawOfCameraStep(const DecodedFrame& frame, const SixD& cameraVelocity) {
  const glm::mat3 gravityFromView =
      rotationOfAxisAngle(frame.orientGravity) * glm::transpose(rotationOfAxisAngle(frame.orientCamera));
  const glm::mat3 nextView = gravityFromView * glm::transpose(snapped(rotationOfSixD(cameraVelocity)));
  const glm::vec3 here = gravityFromView[2], next = nextView[2];
  return std::atan2(next.z * here.x - next.x * here.z, next.x * here.x + next.z * here.z);
}

// Yaw of the gravity-view frame of each frame against that of the first.
float added(float yaw, float step) {
  const float sum = yaw - step;
  return std::abs(std::remainder(sum, 2 * float(M_PI))) < kSmallestTurn ? 0.0f : sum;
}

}  // namespace

glm::mat3 gravityFromCamera(const glm::mat3& cameraFromWorld, glm::vec3 gravity) {
  const glm::vec3 y = -normalized(cameraFromWorld * gravity);
  const glm::vec3 forward(0, 0, 1);
  const glm::vec3 flat = forward - glm::dot(forward, y) * y;
  const glm::vec3 z = glm::length(flat) > 1e-6f ? normalized(flat) : glm::vec3(1, 0, 0);
  return fromRows(normalized(glm::cross(y, z)), y, z);
}

GravityAxis detectedGravityAxis(std::span<const DecodedFrame> motion) {
  float sum = 0;
  for (const DecodedFrame& frame : motion) sum += rotationOfAxisAngle(frame.orientGravity)[1][1];
  return sum < 0 ? GravityAxis::Down : GravityAxis::Up;
}

std::vector<glm::vec3> rolledOut(std::span<const glm::mat3> worldFromPelvis, std::span<const glm::vec3> localSteps) {
  assert(worldFromPelvis.size() == localSteps.size());
  std::vector<glm::vec3> path(localSteps.size(), glm::vec3(0));
  for (std::size_t t = 1; t < path.size(); ++t) path[t] = path[t - 1] + worldFromPelvis[t - 1] * localSteps[t - 1];
  return path;
}

std::vector<WorldFrame> worldRollout(std::span<const DecodedFrame> motion, std::span<const SixD> cameraVelocity,
                                     GravityAxis axis) {
  assert(motion.size() == cameraVelocity.size());
  std::vector<float> steps;
  for (std::size_t t = 0; t < motion.size(); ++t) steps.push_back(yawOfCameraStep(motion[t], cameraVelocity[t]));
  steps = smoothed(steps, gaussianTaps());
  std::vector<glm::mat3> rotations;
  std::vector<glm::vec3> localSteps;
  float yaw = 0;
  for (std::size_t t = 0; t < motion.size(); ++t) {
    if (t > 0) yaw = added(yaw, steps[t]);
    rotations.push_back(rotationAboutY(yaw) * rotationOfAxisAngle(motion[t].orientGravity));
    localSteps.push_back(motion[t].localStep);
  }
  const std::vector<glm::vec3> path = rolledOut(rotations, localSteps);
  if (axis == GravityAxis::Auto) axis = detectedGravityAxis(motion);
  const glm::mat3 upright = axis == GravityAxis::Down ? glm::mat3({-1, 0, 0}, {0, -1, 0}, {0, 0, 1}) : glm::mat3(1);
  std::vector<WorldFrame> world;
  for (std::size_t t = 0; t < motion.size(); ++t) world.push_back({upright * rotations[t], upright * path[t]});
  return world;
}

WorldFrame StreamingRollout::advance(const DecodedFrame& frame, const SixD& cameraVelocity, glm::vec3 previousStep) {
  if (isStarted_) {
    yaw_ = added(yaw_, yawOfCameraStep(previous_, previousVelocity_));
    world_.translation += world_.rotation * previousStep;
  }
  world_.rotation = rotationAboutY(yaw_) * rotationOfAxisAngle(frame.orientGravity);
  previous_ = frame;
  previousVelocity_ = cameraVelocity;
  isStarted_ = true;
  return world_;
}

SmplMotion worldMotion(std::span<const DecodedFrame> motion, std::span<const WorldFrame> world) {
  assert(motion.size() == world.size());
  SmplMotion result;
  for (std::size_t t = 0; t < motion.size(); ++t) {
    result.push_back(
        {motion[t].bodyPose, motion[t].shape, axisAngleOfRotation(world[t].rotation), world[t].translation});
  }
  return result;
}

}  // namespace kinescore::gem
