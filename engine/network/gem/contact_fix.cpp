#include "engine/network/gem/contact_fix.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/network/gem/smoothing.h"

namespace kinescore::gem {
namespace {

// Root of a limb first; the last joint follows the effector.
struct Limb {
  std::array<int, 5> joints;
  int effector;  // index in `joints`
  int contact;   // index in kContactJoints
};
constexpr std::array<Limb, 4> kLimbs = {{{{0, 1, 4, 7, 10}, 3, 0},
                                         {{0, 2, 5, 8, 11}, 3, 2},
                                         {{9, 13, 16, 18, 20}, 4, 4},
                                         {{9, 14, 17, 19, 21}, 4, 5}}};
constexpr int kSweeps = 2;

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

// How far the joints in contact move in one step of the world, each by its share.
glm::vec3 slip(const JointPositions& here, const JointPositions& next, const ContactLogits& logits) {
  float largest = 0;
  for (const float logit : logits) largest = std::max(largest, logit);
  if (largest <= 0) return glm::vec3(0);  // nothing stands
  glm::vec3 moved(0);
  float total = 0;
  for (int c = 0; c < kContacts; ++c) {
    if (logits[c] <= 0) continue;
    const float share = std::exp(logits[c] - largest);
    moved += share * (next[kContactJoints[c]] - here[kContactJoints[c]]);
    total += share;
  }
  return moved / total;
}

// The limb's joints in the world, from its root's global matrix on.
struct LimbChain {
  std::array<glm::mat4, 5> local, global;

  void follow() {
    for (std::size_t i = 1; i < global.size(); ++i) {
      const glm::mat4 product = global[i - 1] * local[i];
      const glm::mat3 rotation = withUnitColumns(glm::mat3(product));
      global[i] = glm::mat4(rotation);
      global[i][3] = product[3];
    }
  }
  [[nodiscard]] glm::vec3 position(int i) const { return glm::vec3(global[i][3]); }
};

void setRotation(glm::mat4& matrix, const glm::mat3& rotation) {
  for (int column = 0; column < 3; ++column) matrix[column] = glm::vec4(rotation[column], 0);
}

// Turns one joint part of the way that would bring the effector on the line to the target.
void turnJoint(LimbChain& chain, int joint, int effector, glm::vec3 target) {
  const glm::mat3 before(chain.global[joint]);
  const glm::quat from = quaternionOfRotation(before);
  const glm::vec3 pivot = chain.position(joint);
  const glm::quat whole = turnBetween(chain.position(effector) - pivot, target - pivot) * from;
  const glm::mat3 turned = rotationOfQuaternion(partOfTurn(from, whole, float(joint + 1) / 5.0f));
  const glm::vec3 x = normalized(turned[0]), y = normalized(turned[1]);
  const glm::mat3 rotation(x, y, glm::cross(x, y));
  const glm::mat3 parentInverse = withUnitColumns(glm::inverse(glm::mat3(chain.global[joint - 1])));
  setRotation(chain.local[joint], withUnitColumns(parentInverse * rotation));
  chain.follow();
}

// Both rotations of the body's chain are brought up to date, so that a later limb starts from them.
void solveLimb(const Limb& limb, const JointPositions& rest, LocalRotations& rotations, const BodyChain& body,
               glm::vec3 target) {
  LimbChain chain;
  for (std::size_t i = 0; i < limb.joints.size(); ++i) {
    chain.local[i] = body.local[limb.joints[i]];
    if (i > 0) {
      chain.local[i][3] = glm::vec4(rest[limb.joints[i]] - rest[kParents[limb.joints[i]]], 1);
    }
  }
  chain.global[0] = body.global[limb.joints[0]];
  chain.follow();
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (int joint = 1; joint < limb.effector; ++joint) turnJoint(chain, joint, limb.effector, target);
  }
  for (std::size_t i = 1; i < limb.joints.size(); ++i) rotations[limb.joints[i]] = glm::mat3(chain.local[i]);
}

}  // namespace

std::vector<glm::vec3> contactTranslation(const BodyModel& body, std::span<const SmplFrame> world,
                                          std::span<const ContactLogits> logits) {
  assert(world.size() == logits.size());
  const std::size_t frames = world.size();
  if (frames == 0) return {};
  const std::vector<JointPositions> positions = jointPositions(body, world);
  std::vector<glm::vec3> path = {world[0].translation};
  for (std::size_t t = 0; t + 1 < frames; ++t) {
    const glm::vec3 step = world[t + 1].translation - world[t].translation;
    path.push_back(path.back() + (step - slip(positions[t], positions[t + 1], logits[t])));
  }
  for (const int axis : {0, 2}) {
    std::vector<float> values;
    for (const glm::vec3& p : path) values.push_back(p[axis]);
    values = smoothed(values, gaussianTaps());
    for (std::size_t t = 0; t < frames; ++t) path[t][axis] = values[t];
  }
  float lowest = INFINITY;
  for (std::size_t t = 0; t < frames; ++t) {
    for (const glm::vec3& p : positions[t]) lowest = std::min(lowest, p.y - world[t].translation.y + path[t].y);
  }
  for (glm::vec3& p : path) p.y -= lowest;
  return path;
}

std::vector<ContactTargets> contactTargets(std::span<const JointPositions> positions,
                                           std::span<const ContactLogits> logits) {
  std::vector<ContactTargets> targets(positions.size());
  for (std::size_t t = 0; t < positions.size(); ++t) {
    for (int c = 0; c < kContacts; ++c) {
      const glm::vec3 here = positions[t][kContactJoints[c]];
      const float stays = t == 0 ? 0 : sigmoid(logits[t - 1][c]);
      targets[t][c] = t == 0 ? here : targets[t - 1][c] * stays + here * (1 - stays);
    }
  }
  return targets;
}

std::vector<std::array<glm::vec3, kPosedJoints>> contactPoses(const BodyModel& body, std::span<const SmplFrame> world,
                                                              std::span<const ContactLogits> logits) {
  const std::vector<ContactTargets> targets = contactTargets(jointPositions(body, world), logits);
  std::vector<std::array<glm::vec3, kPosedJoints>> poses(world.size());
  for (std::size_t t = 0; t < world.size(); ++t) {
    const JointPositions rest = body.restJointsOf(world[t].shape);
    LocalRotations rotations = localRotationsOf(world[t]);
    for (const Limb& limb : kLimbs) {
      const BodyChain chain = bodyChain(rest, rotations, world[t].translation);
      solveLimb(limb, rest, rotations, chain, targets[t][limb.contact]);
    }
    for (int j = 0; j < kPosedJoints; ++j) poses[t][j] = axisAngleOfRotation(rotations[j + 1]);
  }
  return poses;
}

glm::quat turnBetween(glm::vec3 u, glm::vec3 v) {
  const glm::vec3 axis = glm::cross(u, v);
  float w = std::sqrt(glm::dot(u, u) * glm::dot(v, v)) + glm::dot(u, v);
  glm::vec3 xyz = axis;
  if (axis == glm::vec3(0) && w <= 1e-4f) {
    w = 0;
    xyz = {0, 1, 0};
  }
  const float length = std::max(std::sqrt(w * w + glm::dot(xyz, xyz)), 1e-8f);
  return {w / length, xyz.x / length, xyz.y / length, xyz.z / length};
}

glm::quat partOfTurn(const glm::quat& a, const glm::quat& b, float part) {
  const glm::quat turn = b * glm::conjugate(a);
  // By atan2: the published acos of w has no answer beyond 1 (T22), and near 1 it loses half of its digits.
  const glm::vec3 v(turn.x, turn.y, turn.z);
  const float sine = glm::length(v), half = std::atan2(sine, turn.w);
  const glm::vec3 turned = sine > 0 ? v * (std::sin(half * part) / sine) : glm::vec3(0);
  return glm::quat(std::cos(half * part), turned.x, turned.y, turned.z) * a;
}

}  // namespace kinescore::gem
