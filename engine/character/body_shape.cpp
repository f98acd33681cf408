#include "engine/character/body_shape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <glm/geometric.hpp>

namespace kinescore {
namespace {

using Kind = BodyPart::Kind;

constexpr float kSoleBelowAnkle = 0.075f;
constexpr float kSoleBelowToe = 0.03f;

BodyPart capsule(int joint, glm::vec3 a, float ra, glm::vec3 b, float rb, float melt) {
  const float reach = std::max(glm::length(a) + ra, glm::length(b) + rb);
  return {Kind::TaperedCapsule, joint, a, b, ra, rb, melt, reach};
}
BodyPart ellipsoid(int joint, glm::vec3 centre, glm::vec3 radii, float melt) {
  const float reach = glm::length(centre) + std::max({radii.x, radii.y, radii.z});
  return {Kind::Ellipsoid, joint, centre, radii, 0.0f, 0.0f, melt, reach};
}

/// Adds a part of the left side and its mirror image on the right.
void addPair(std::vector<BodyPart>& parts, BodyPart part) {
  parts.push_back(part);
  part.joint = kMirrorJoint22[part.joint];
  part.a.x = -part.a.x;
  if (part.kind == Kind::TaperedCapsule) part.b.x = -part.b.x;
  parts.push_back(part);
}

std::vector<BodyPart> makeParts() {
  std::vector<BodyPart> parts;
  // Trunk
  parts.push_back(ellipsoid(kHips, {0.0f, -0.005f, 0.004f}, {0.155f, 0.105f, 0.106f}, 0.05f));
  addPair(parts, ellipsoid(kHips, {0.070f, -0.055f, -0.042f}, {0.080f, 0.085f, 0.075f}, 0.05f));
  parts.push_back(ellipsoid(kSpine, {0.0f, 0.050f, 0.028f}, {0.142f, 0.130f, 0.096f}, 0.07f));
  parts.push_back(ellipsoid(kSpine1, {0.0f, 0.060f, 0.032f}, {0.150f, 0.130f, 0.102f}, 0.07f));
  parts.push_back(ellipsoid(kSpine2, {0.0f, 0.050f, 0.026f}, {0.166f, 0.160f, 0.114f}, 0.06f));
  addPair(parts, ellipsoid(kSpine2, {0.070f, 0.085f, 0.072f}, {0.092f, 0.070f, 0.050f}, 0.06f));
  addPair(parts, capsule(kSpine2, {0.110f, 0.095f, -0.020f}, 0.066f, {0.095f, -0.070f, 0.0f}, 0.050f, 0.06f));
  addPair(parts, capsule(kSpine2, {0.022f, 0.225f, -0.012f}, 0.042f, {0.145f, 0.172f, -0.014f}, 0.046f, 0.07f));
  addPair(parts, capsule(kLeftShoulder, {0.020f, 0.005f, 0.004f}, 0.064f, {0.135f, 0.036f, 0.002f}, 0.056f, 0.055f));
  // Head
  parts.push_back(capsule(kNeck, {0.0f, -0.030f, 0.002f}, 0.070f, {0.0f, 0.085f, 0.010f}, 0.056f, 0.04f));
  parts.push_back(ellipsoid(kHead, {0.0f, 0.092f, 0.010f}, {0.077f, 0.094f, 0.096f}, 0.03f));
  parts.push_back(ellipsoid(kHead, {0.0f, 0.032f, 0.042f}, {0.054f, 0.060f, 0.060f}, 0.05f));
  // Arms
  addPair(parts, ellipsoid(kLeftArm, {0.004f, -0.010f, 0.002f}, {0.063f, 0.057f, 0.058f}, 0.05f));
  addPair(parts, capsule(kLeftArm, {0.040f, 0.0f, 0.0f}, 0.049f, {0.2985f, 0.0f, 0.0f}, 0.0375f, 0.03f));
  addPair(parts, ellipsoid(kLeftArm, {0.150f, -0.002f, 0.006f}, {0.110f, 0.049f, 0.048f}, 0.04f));
  addPair(parts, capsule(kLeftForeArm, {0.0f, 0.0f, 0.0f}, 0.0375f, {0.2792f, 0.0f, 0.0f}, 0.0265f, 0.02f));
  addPair(parts, ellipsoid(kLeftForeArm, {0.085f, 0.0f, 0.004f}, {0.095f, 0.044f, 0.043f}, 0.03f));
  addPair(parts, ellipsoid(kLeftHand, {0.050f, 0.0f, 0.002f}, {0.062f, 0.023f, 0.041f}, 0.025f));
  addPair(parts, ellipsoid(kLeftHand, {0.112f, -0.008f, 0.002f}, {0.066f, 0.019f, 0.036f}, 0.025f));
  addPair(parts, capsule(kLeftHand, {0.020f, -0.004f, 0.022f}, 0.021f, {0.082f, -0.012f, 0.052f}, 0.016f, 0.025f));
  // Legs
  addPair(parts, capsule(kLeftUpLeg, {0.004f, -0.010f, -0.004f}, 0.088f, {0.0f, -0.4042f, 0.0f}, 0.053f, 0.03f));
  addPair(parts, ellipsoid(kLeftUpLeg, {0.002f, -0.170f, 0.016f}, {0.078f, 0.180f, 0.080f}, 0.04f));
  addPair(parts, capsule(kLeftLeg, {0.0f, 0.0f, 0.002f}, 0.053f, {0.0f, -0.415f, -0.004f}, 0.035f, 0.025f));
  addPair(parts, ellipsoid(kLeftLeg, {0.002f, -0.125f, -0.022f}, {0.050f, 0.125f, 0.052f}, 0.03f));
  // Feet; the soles are cut flat in distanceToPart
  addPair(parts, capsule(kLeftFoot, {0.0f, -0.036f, -0.026f}, 0.040f, {0.0f, -0.048f, 0.085f}, 0.037f, 0.03f));
  addPair(parts, capsule(kLeftFoot, {0.0f, 0.0f, -0.004f}, 0.037f, {0.0f, -0.040f, 0.085f}, 0.030f, 0.03f));
  addPair(parts, ellipsoid(kLeftToeBase, {0.002f, -0.004f, 0.012f}, {0.045f, 0.030f, 0.056f}, 0.025f));
  return parts;
}

float distanceToTaperedCapsule(const glm::vec3& p, const BodyPart& part) {
  const glm::vec3 axis = part.b - part.a;
  const float length2 = glm::dot(axis, axis);
  const float t = std::clamp(glm::dot(p - part.a, axis) / length2, 0.0f, 1.0f);
  // The radius is taken at the nearest point of the axis: a little less round than a true cone of
  // spheres, and of the same width everywhere.
  return glm::length(p - part.a - t * axis) - (part.ra + t * (part.rb - part.ra));
}

float distanceToEllipsoid(const glm::vec3& p, const BodyPart& part) {
  const glm::vec3 q = (p - part.a) / part.b;
  const float k = glm::length(q);
  if (k < 1e-6f) return -std::min({part.b.x, part.b.y, part.b.z});
  const float gradient = glm::length(q / part.b);
  return k * (k - 1.0f) / gradient;
}

float distanceToPart(const glm::vec3& p, const BodyPart& part) {
  const float d = part.kind == Kind::TaperedCapsule ? distanceToTaperedCapsule(p, part)
                                                    : distanceToEllipsoid(p, part);
  if (part.joint == kLeftFoot || part.joint == kRightFoot) return std::max(d, -kSoleBelowAnkle - p.y);
  if (part.joint == kLeftToeBase || part.joint == kRightToeBase) return std::max(d, -kSoleBelowToe - p.y);
  return d;
}

/// The smaller of two, with a rounded corner of width k where they are alike.
float meltedMin(float a, float b, float k) {
  const float h = std::max(k - std::abs(a - b), 0.0f) / k;
  return std::min(a, b) - h * h * k * 0.25f;
}

}  // namespace

std::span<const BodyPart> bodyParts() {
  static const std::vector<BodyPart> parts = makeParts();
  return parts;
}

BodyShape::BodyShape(const WorldPose& pose) : pose_(pose) {}

float BodyShape::distance(const glm::vec3& point) const {
  float result = std::numeric_limits<float>::max();
  for (const BodyPart& part : bodyParts()) {
    const glm::vec3 away = point - pose_.positions[part.joint];
    // Too far to change the result, whatever its shape.
    const float least = result + part.melt + part.reach;
    if (least > 0.0f && glm::dot(away, away) > least * least) continue;
    const float d = distanceToPart(glm::conjugate(pose_.rotations[part.joint]) * away, part);
    result = result == std::numeric_limits<float>::max() ? d : meltedMin(result, d, part.melt);
  }
  return result;
}

void BodyShape::jointDistances(const glm::vec3& point, std::span<float> distances) const {
  std::fill(distances.begin(), distances.end(), std::numeric_limits<float>::max());
  for (const BodyPart& part : bodyParts()) {
    const glm::vec3 local =
        glm::conjugate(pose_.rotations[part.joint]) * (point - pose_.positions[part.joint]);
    distances[part.joint] = std::min(distances[part.joint], distanceToPart(local, part));
  }
}

}  // namespace kinescore
