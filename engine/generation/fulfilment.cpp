#include "engine/generation/fulfilment.h"

#include <algorithm>

#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"
#include "engine/request/path_curve.h"
#include "engine/solve/path_solve.h"

namespace kinescore {
namespace {

/// Nothing is nearer than numbers are.
constexpr double kLeastToleranceMeters = 1e-4;
/// A limb is stretched when its ends are so much of its length apart: a knee or an elbow bent by 20 degrees.
constexpr double kStretchedShare = 0.985;
/// It is stretched towards what lies within 60 degrees of its direction.
constexpr double kTowardsCosine = 0.5;

/// From where it is held to its end.
struct Limb {
  int upper, lower, end;
};
std::optional<Limb> limbEndingIn(int joint) {
  switch (joint) {
    case kLeftHand: return Limb{kLeftArm, kLeftForeArm, kLeftHand};
    case kRightHand: return Limb{kRightArm, kRightForeArm, kRightHand};
    case kLeftFoot: return Limb{kLeftUpLeg, kLeftLeg, kLeftFoot};
    case kRightFoot: return Limb{kRightUpLeg, kRightLeg, kRightFoot};
    default: return std::nullopt;
  }
}

}  // namespace

PoseMiss missOf(const Motion& motion, const PoseKeyRequest& key) {
  const WorldPose want = forwardKinematics(*motion.skeleton, key.pose);
  const WorldPose got = forwardKinematics(*motion.skeleton, evaluate(motion, key.time));
  PoseMiss miss;
  for (int j = 0; j < motion.jointCount(); ++j) {
    const double d = glm::length(glm::dvec3(want.positions[j]) - glm::dvec3(got.positions[j]));
    miss.mean += d / motion.jointCount();
    if (d > miss.worst) {
      miss.worst = d;
      miss.worstJoint = j;
    }
  }
  return miss;
}

double missOf(const Motion& motion, const TargetRequest& target) {
  const WorldPose got = forwardKinematics(*motion.skeleton, evaluate(motion, target.time));
  return glm::length(glm::dvec3(target.position) - glm::dvec3(got.positions[target.joint]));
}

std::optional<double> beyondReach(const Motion& motion, const TargetRequest& target) {
  const std::optional<Limb> limb = limbEndingIn(target.joint);
  if (!limb) return std::nullopt;
  const WorldPose got = forwardKinematics(*motion.skeleton, evaluate(motion, target.time));
  const auto place = [&](int joint) { return glm::dvec3(got.positions[std::size_t(joint)]); };
  const double length = glm::length(place(limb->lower) - place(limb->upper)) + glm::length(place(limb->end) - place(limb->lower));
  const glm::dvec3 along = place(limb->end) - place(limb->upper), missing = glm::dvec3(target.position) - place(limb->end);
  const double miss = glm::length(missing);
  const bool isStretched = glm::length(along) >= kStretchedShare * length;
  const bool isTowards = glm::dot(along, missing) >= kTowardsCosine * glm::length(along) * miss;
  return isStretched && isTowards && miss > 0 ? std::optional(miss) : std::nullopt;
}

std::vector<PathMiss> pathMisses(const Motion& motion, const std::vector<PathRequest>& paths, bool inFull) {
  std::vector<PathMiss> misses;
  std::vector<glm::dvec2> root;
  for (const PathRequest& path : paths) {
    if (path.points.empty() || path.strength <= 0 || (path.strength >= 1) != inFull) continue;
    if (root.empty()) root = smoothedRoot(motion);
    const std::int64_t first = std::max<std::int64_t>(0, frameAtOrAfter(path.points.front().time, motion.rate));
    for (std::int64_t f = first; f < motion.frameCount(); ++f) {
      const Ticks time = ticksOfFrame(f, motion.rate);
      if (time > path.points.back().time) break;
      misses.push_back({f, glm::length(glm::dvec2(evaluatePath(path.points, time).position) - root[std::size_t(f)])});
    }
  }
  return misses;
}

double inTolerances(double meters, double toleranceMeters) { return meters / std::max(toleranceMeters, kLeastToleranceMeters); }

double inTolerances(const PoseMiss& miss, double toleranceMeters) {
  return inTolerances(std::max(miss.mean, miss.worst / kWorstJointShare), toleranceMeters);
}

std::vector<float> missesByFrame(const GenerationRequest& request, const Motion& motion) {
  std::vector<float> misses(std::size_t(motion.frameCount()), 0.f);
  const auto raise = [&](std::int64_t frame, double miss) {
    if (frame >= 0 && frame < motion.frameCount()) misses[std::size_t(frame)] = std::max(misses[std::size_t(frame)], float(miss));
  };
  // A moment is made as wide as one can see it.
  const auto raiseAround = [&](Ticks time, double miss) {
    const std::int64_t at = nearestFrame(time, motion.rate);
    for (std::int64_t f = at - 1; f <= at + 1; ++f) raise(f, miss);
  };
  for (const PoseKeyRequest& key : request.poses) {
    const bool isOurs = int(key.pose.localRotations.size()) == motion.jointCount();
    if (isOurs && key.strength >= 1) raiseAround(key.time, inTolerances(missOf(motion, key), key.toleranceMeters));
  }
  for (const TargetRequest& target : request.targets) {
    if (target.strength >= 1) raiseAround(target.time, inTolerances(missOf(motion, target), target.toleranceMeters));
  }
  for (const PathMiss& miss : pathMisses(motion, request.paths)) raise(miss.frame, inTolerances(miss.meters, kPathToleranceMeters));
  return misses;
}

}  // namespace kinescore
