#include "engine/solve/pose_ik.h"

#include <Eigen/Dense>
#include <array>

#include "engine/solve/rotation_vector.h"

namespace kinescore {
namespace {

constexpr double kReachedMeters = 2e-4;
constexpr int kRounds = 30;
constexpr double kLongestStepMeters = 0.08;
constexpr double kRootBudgetMeters = 0.35;
constexpr double kStandingToeMeters = 0.10;  // lower than this, a foot is taken to stand
constexpr double kDamping = 1e-4;

// Elbows bend 30 degrees above "straight forward" of the T-pose with palms down.
constexpr double kElbowUp = 0.866025;
const std::array<Limb, 4> kLimbs = {{
    {kLeftUpLeg, kLeftLeg, kLeftFoot, {1, 0, 0}, true},
    {kRightUpLeg, kRightLeg, kRightFoot, {1, 0, 0}, true},
    {kLeftArm, kLeftForeArm, kLeftHand, {0, -kElbowUp, 0.5}, false},
    {kRightArm, kRightForeArm, kRightHand, {0, kElbowUp, -0.5}, false},
}};

glm::dquat worldRotation(const WorldPose& world, int joint) {
  return joint == kNoParent ? glm::dquat(1, 0, 0, 0) : glm::dquat(world.rotations[joint]);
}

// How readily a joint turns when a target pulls at the body (radians squared).
double readinessOf(int joint) {
  switch (joint) {
    case kHips:
      return 0.03;
    case kSpine:
    case kSpine1:
    case kSpine2:
      return 0.10;
    case kLeftShoulder:
    case kRightShoulder:
      return 0.15;
    case kNeck:
      return 0.4;
    default:
      return 1.0;
  }
}
constexpr double kRootReadiness = 0.02;  // metres squared

class Reacher {
 public:
  Reacher(const Skeleton& skeleton, const Pose& pose, const glm::vec3& rootHome,
          std::span<const PoseTarget> targets)
      : skeleton_(skeleton), pose_(pose), start_(pose), rootHome_(rootHome), targets_(targets) {
    update();
    for (int side = 0; side < 2; ++side) {
      const int toe = side == 0 ? kLeftToeBase : kRightToeBase;
      const int ankle = kLimbs[side].end;
      stands_[side] = world_.positions[toe].y < kStandingToeMeters;
      for (const PoseTarget& t : targets) {
        if (t.joint == toe || t.joint == ankle || t.joint == kLimbs[side].lower)
          stands_[side] = false;
      }
      standingAnkle_[side] = world_.positions[ankle];
    }
  }

  Pose solve() {
    // Targets share the trunk: a later one may undo a little of an earlier one.
    const int passes = targets_.size() > 1 ? 4 : 1;
    for (int pass = 0; pass < passes; ++pass) {
      for (const PoseTarget& target : targets_) reach(target);
    }
    for (const PoseTarget& target : targets_) {
      if (!target.rotation) continue;
      const glm::dquat parent = worldRotation(world_, skeleton_.parents[target.joint]);
      pose_.localRotations[target.joint] = toFloat(glm::conjugate(parent) * *target.rotation);
      update();
    }
    return pose_;
  }

 private:
  void update() { forwardKinematicsInto(skeleton_, pose_, world_); }
  glm::dvec3 position(int joint) const { return glm::dvec3(world_.positions[joint]); }

  void reach(const PoseTarget& target) {
    if (target.joint == kHips) {
      pose_.rootPosition = glm::vec3(target.position);
      keepFeet();
      return;
    }
    // A toe is reached by its foot, which keeps its turn.
    const bool isToe = target.joint == kLeftToeBase || target.joint == kRightToeBase;
    const int joint = isToe ? skeleton_.parents[target.joint] : target.joint;
    const Limb* limb = nullptr;
    for (const Limb& l : kLimbs) {
      if (l.end == joint) limb = &l;
    }
    for (int round = 0; round < kRounds; ++round) {
      const glm::dvec3 goal =
          isToe ? target.position - (position(target.joint) - position(joint)) : target.position;
      if (limb != nullptr) bendLimb(skeleton_, *limb, goal, pose_, world_);
      const glm::dvec3 miss = target.position - position(target.joint);
      if (glm::length(miss) < kReachedMeters) break;
      pullTrunk(joint, limb, miss);
      keepFeet();
    }
  }

  // One damped step of the root and the joints above `joint` (the limb itself excepted).
  void pullTrunk(int joint, const Limb* limb, glm::dvec3 miss) {
    const double length = glm::length(miss);
    if (length > kLongestStepMeters) miss *= kLongestStepMeters / length;
    std::vector<int> chain;
    for (int j = skeleton_.parents[joint]; j != kNoParent; j = skeleton_.parents[j]) {
      if (limb == nullptr || (j != limb->upper && j != limb->lower)) chain.push_back(j);
    }
    const Eigen::Index columns = 3 + 3 * Eigen::Index(chain.size());
    Eigen::Matrix<double, 3, Eigen::Dynamic> jacobian(3, columns);
    Eigen::VectorXd readiness(columns);
    jacobian.leftCols<3>().setIdentity();
    readiness.head<3>().setConstant(kRootReadiness);
    const glm::dvec3 end = position(joint);
    for (std::size_t c = 0; c < chain.size(); ++c) {
      for (int axis = 0; axis < 3; ++axis) {
        glm::dvec3 unit(0);
        unit[axis] = 1;
        const glm::dvec3 moved = glm::cross(unit, end - position(chain[c]));
        jacobian.col(3 + 3 * Eigen::Index(c) + axis) << moved.x, moved.y, moved.z;
      }
      readiness.segment<3>(3 + 3 * Eigen::Index(c)).setConstant(readinessOf(chain[c]));
    }
    const Eigen::Matrix<double, Eigen::Dynamic, 3> weighted =
        readiness.asDiagonal() * jacobian.transpose();
    const Eigen::Matrix3d normal = jacobian * weighted + kDamping * Eigen::Matrix3d::Identity();
    const Eigen::VectorXd step =
        weighted * normal.ldlt().solve(Eigen::Vector3d(miss.x, miss.y, miss.z));

    glm::dvec3 shift =
        glm::dvec3(pose_.rootPosition) + glm::dvec3(step[0], step[1], step[2]) - rootHome_;
    const double travelled = glm::length(shift);
    if (travelled > kRootBudgetMeters) shift *= kRootBudgetMeters / travelled;
    pose_.rootPosition = glm::vec3(rootHome_ + shift);
    for (std::size_t c = 0; c < chain.size(); ++c) {
      const Eigen::Index at = 3 + 3 * Eigen::Index(c);
      const glm::dquat turn = turnOf({step[at], step[at + 1], step[at + 2]});
      const glm::dquat parent = worldRotation(world_, skeleton_.parents[chain[c]]);
      glm::quat& local = pose_.localRotations[chain[c]];
      local = toFloat(glm::conjugate(parent) * turn * parent * glm::dquat(local));
    }
    update();
  }

  void keepFeet() {
    update();
    for (int side = 0; side < 2; ++side) {
      if (!stands_[side]) continue;
      const glm::quat foot = forwardKinematics(skeleton_, start_).rotations[kLimbs[side].end];
      bendLimb(skeleton_, kLimbs[side], standingAnkle_[side], pose_, world_);
      const glm::dquat shin = worldRotation(world_, kLimbs[side].lower);
      pose_.localRotations[kLimbs[side].end] = toFloat(glm::conjugate(shin) * glm::dquat(foot));
      update();
    }
  }

  const Skeleton& skeleton_;
  Pose pose_;
  Pose start_;
  glm::dvec3 rootHome_;
  std::span<const PoseTarget> targets_;
  WorldPose world_;
  std::array<bool, 2> stands_{};
  std::array<glm::dvec3, 2> standingAnkle_{};
};

}  // namespace

const Limb& leftLeg() {
  return kLimbs[0];
}
const Limb& rightLeg() {
  return kLimbs[1];
}

void bendLimb(const Skeleton& skeleton, const Limb& limb, const glm::dvec3& target, Pose& pose,
              WorldPose& world) {
  const glm::dvec3 root = world.positions[limb.upper];
  const glm::dvec3 middle = world.positions[limb.lower];
  const glm::dvec3 end = world.positions[limb.end];
  const double upper = glm::length(glm::dvec3(skeleton.offsets[limb.lower]));
  const double lower = glm::length(glm::dvec3(skeleton.offsets[limb.end]));
  const glm::dvec3 wanted = target - root;
  const double wantedLength = glm::length(wanted);
  if (wantedLength < 1e-6) return;
  const glm::dvec3 direction = wanted / wantedLength;
  const double reach =
      std::clamp(wantedLength, std::abs(upper - lower) + 0.01, (upper + lower) * 0.99995);

  // The plane of the bend; a nearly straight limb bends about its hinge.
  const glm::dvec3 across = glm::cross(middle - root, end - middle) / (upper * lower);
  const double bend = glm::length(across);
  glm::dvec3 normal = worldRotation(world, limb.lower) * limb.hinge;
  if (bend > 1e-9) normal = glm::mix(normal, across / bend, smoothstep(0.03, 0.2, bend));
  const glm::dquat swing = turnBetween(end - root, wanted);
  glm::dvec3 pole = glm::cross(direction, swing * normal);
  pole = glm::length(pole) > 1e-9 ? glm::normalize(pole) : swing * glm::normalize(middle - root);

  const double along = (upper * upper + reach * reach - lower * lower) / (2 * reach);
  const double aside = std::sqrt(std::max(upper * upper - along * along, 0.0));
  const glm::dvec3 newMiddle = root + along * direction + aside * pole;
  const glm::dvec3 newEnd = root + reach * direction;

  const glm::dquat oldUpper = worldRotation(world, limb.upper);
  const glm::dquat turnUpper = turnBetween(swing * (middle - root), newMiddle - root) * swing;
  const glm::dquat turnLower =
      turnBetween(turnUpper * (end - middle), newEnd - newMiddle) * turnUpper;
  const glm::dquat newUpper = turnUpper * oldUpper;
  const glm::dquat newLower = turnLower * worldRotation(world, limb.lower);
  const glm::dquat parent = worldRotation(world, skeleton.parents[limb.upper]);
  pose.localRotations[limb.upper] = toFloat(glm::conjugate(parent) * newUpper);
  pose.localRotations[limb.lower] = toFloat(glm::conjugate(newUpper) * newLower);
  if (limb.keepsEndUpright) {
    pose.localRotations[limb.end] =
        toFloat(glm::conjugate(newLower) * worldRotation(world, limb.end));
  }
  forwardKinematicsInto(skeleton, pose, world);
}

Pose reachTargets(const Skeleton& skeleton, const Pose& pose, const glm::vec3& rootHome,
                  std::span<const PoseTarget> targets) {
  return Reacher(skeleton, pose, rootHome, targets).solve();
}

}  // namespace kinescore
