#include "engine/generation/body_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <glm/common.hpp>
#include <glm/geometric.hpp>

namespace kinescore {
namespace {

// Half the box' side over half the longer side of what it holds.
constexpr float kBoxMargin = 1.2f;
// A person seen from far is still some pixels high.
constexpr float kSmallestBox = 1e-3f;

struct HeadPoint {
  int point;
  glm::vec3 offset;  // metres, from the Head joint in its space: the size of a mean head
};
constexpr HeadPoint kHeadPoints[] = {{0, {0, 0.05f, 0.12f}},
                                     {1, {0.032f, 0.085f, 0.10f}},
                                     {2, {-0.032f, 0.085f, 0.10f}},
                                     {3, {0.075f, 0.06f, 0.01f}},
                                     {4, {-0.075f, 0.06f, 0.01f}}};
struct JointPoint {
  int point, joint;
};
constexpr JointPoint kJointPoints[] = {
    {5, kLeftArm},    {6, kRightArm},    {7, kLeftForeArm}, {8, kRightForeArm}, {9, kLeftHand},  {10, kRightHand},
    {11, kLeftUpLeg}, {12, kRightUpLeg}, {13, kLeftLeg},    {14, kRightLeg},    {15, kLeftFoot}, {16, kRightFoot}};

}  // namespace

const std::array<int, kViewPoints> kMirrorViewPoint = {0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15};

std::array<glm::vec3, kViewPoints> viewPointsOf(const WorldPose& pose) {
  std::array<glm::vec3, kViewPoints> points;
  for (const HeadPoint& p : kHeadPoints) points[p.point] = pose.positions[kHead] + pose.rotations[kHead] * p.offset;
  for (const JointPoint& p : kJointPoints) points[p.point] = pose.positions[p.joint];
  return points;
}

PinholeCamera lookingAt(const glm::vec3& position, const glm::vec3& target, float roll) {
  const glm::vec3 forward = glm::normalize(target - position);
  const glm::vec3 right = glm::normalize(glm::cross(forward, glm::vec3(0, 1, 0)));
  const glm::vec3 down = glm::cross(forward, right);
  const float c = std::cos(roll), s = std::sin(roll);
  // rows of the matrix are the camera's axes
  return {position, glm::transpose(glm::mat3(c * right + s * down, c * down - s * right, forward))};
}

BodySight seenBy(const PinholeCamera& camera, std::span<const glm::vec3, kViewPoints> points) {
  BodySight sight;
  for (int k = 0; k < kViewPoints; ++k) {
    const glm::vec3 p = camera.cameraFrom(points[k]);
    if (p.z < PinholeCamera::kNearest) continue;
    sight.points[k] = {p.x / p.z, p.y / p.z};
    sight.confidence[k] = 1;
  }
  return sight;
}

BodySight between(const BodySight& a, const BodySight& b, float share) {
  if (share <= 0) return a;
  if (share >= 1) return b;
  BodySight sight;
  for (int k = 0; k < kViewPoints; ++k) {
    if (a.confidence[k] <= 0 || b.confidence[k] <= 0) continue;
    sight.points[k] = glm::mix(a.points[k], b.points[k], share);
    sight.confidence[k] = glm::mix(a.confidence[k], b.confidence[k], share);
  }
  sight.cameraTurning = glm::mix(a.cameraTurning, b.cameraTurning, share);
  return sight;
}

bool writeSight(const BodySight& sight, std::span<float, kViewChannels> out) {
  glm::vec2 low(std::numeric_limits<float>::max()), high(std::numeric_limits<float>::lowest());
  int seen = 0;
  for (int k = 0; k < kViewPoints; ++k) {
    if (sight.confidence[k] <= 0) continue;
    ++seen;
    low = glm::min(low, sight.points[k]);
    high = glm::max(high, sight.points[k]);
  }
  if (seen < kFewestViewPoints) return false;
  const glm::vec2 middle = 0.5f * (low + high);
  const float size = std::max({high.x - low.x, high.y - low.y, kSmallestBox}) * kBoxMargin;
  for (int k = 0; k < kViewPoints; ++k) {
    const bool isSeen = sight.confidence[k] > 0;
    const glm::vec2 p = isSeen ? (sight.points[k] - middle) / (0.5f * size) : glm::vec2(0);
    out[3 * k] = p.x;
    out[3 * k + 1] = p.y;
    out[3 * k + 2] = isSeen ? std::min(sight.confidence[k], 1.0f) : 0.0f;
  }
  float* box = out.data() + 3 * kViewPoints;
  box[0] = middle.x;
  box[1] = middle.y;
  box[2] = size;
  for (int axis = 0; axis < 3; ++axis) box[3 + axis] = sight.cameraTurning[axis];
  return true;
}

}  // namespace kinescore
