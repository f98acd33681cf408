// A walk made by rule: feet that stand exactly still on the floor, so that every millimetre they
// slide afterwards was somebody's doing.
#pragma once

#include <algorithm>
#include <cmath>
#include <glm/gtc/quaternion.hpp>
#include <vector>

#include "engine/motion/kinematics.h"
#include "engine/solve/pose_ik.h"

namespace kinescore::test {

constexpr int kCycleFrames = 30;
constexpr int kStanceFrames = 18;
constexpr float kWalkSpeed = 0.8f;  // m/s

inline Motion walk(int frames) {
  Motion motion;
  motion.resize(frames);
  motion.contacts.assign(std::size_t(frames) * 4, 0);
  const float stride = kWalkSpeed * kCycleFrames / 30.0f;
  for (int f = 0; f < frames; ++f) {
    const float phase = 2 * 3.14159265f * float(f) / kCycleFrames;
    Pose pose = restPose(*motion.skeleton);
    pose.rootPosition = {0.01f * std::sin(phase), 0.92f + 0.01f * std::cos(2 * phase),
                         kWalkSpeed * float(f) / 30.0f};
    pose.localRotations[kSpine] = glm::angleAxis(0.06f * std::sin(phase), glm::vec3(0, 1, 0));
    for (int side = 0; side < 2; ++side) {
      const float sign = side == 0 ? 1.0f : -1.0f;
      const float swing = 0.35f * std::sin(phase) * sign;
      pose.localRotations[side == 0 ? kLeftArm : kRightArm] =
          glm::angleAxis(swing, glm::vec3(1, 0, 0)) *
          glm::angleAxis(-1.3f * sign, glm::vec3(0, 0, 1));
      pose.localRotations[side == 0 ? kLeftForeArm : kRightForeArm] =
          glm::angleAxis(-0.4f * sign, glm::vec3(0, 1, 0));
    }
    WorldPose world = forwardKinematics(*motion.skeleton, pose);
    for (int side = 0; side < 2; ++side) {
      const int shifted = f + (side == 0 ? 0 : kCycleFrames / 2);
      const int cycle = shifted / kCycleFrames;
      const int within = shifted % kCycleFrames;
      const float startFrame = float(cycle * kCycleFrames - (side == 0 ? 0 : kCycleFrames / 2));
      const float middle = kWalkSpeed * (startFrame + kStanceFrames / 2.0f) / 30.0f;
      const bool stands = within < kStanceFrames;
      const float u =
          stands ? 0.0f : float(within - kStanceFrames + 1) / (kCycleFrames - kStanceFrames + 1);
      const glm::dvec3 ankle(side == 0 ? 0.09 : -0.09,
                             0.075 + 0.12 * std::sin(3.14159265 * u) * std::sin(3.14159265 * u),
                             middle + stride * u * u * (3 - 2 * u));
      bendLimb(*motion.skeleton, side == 0 ? leftLeg() : rightLeg(), ankle, pose, world);
      // bendLimb keeps the foot as it was: level.
      if (stands) motion.contacts[f * 4 + 2 * side] = motion.contacts[f * 4 + 2 * side + 1] = 1;
    }
    motion.setPose(f, pose);
  }
  return motion;
}

/// Mean over joints of the third difference at each frame, metres; 0 at the ends.
inline std::vector<double> jerks(const Motion& motion) {
  const std::vector<glm::vec3> p = worldPositions(motion);
  const int joints = motion.jointCount();
  std::vector<double> out(std::size_t(motion.frameCount()), 0.0);
  for (std::int64_t f = 2; f + 1 < motion.frameCount(); ++f) {
    for (int j = 0; j < joints; ++j) {
      const auto at = [&](std::int64_t n) { return p[std::size_t(f + n) * joints + j]; };
      out[f] += glm::length(at(1) - 3.0f * at(0) + 3.0f * at(-1) - at(-2)) / joints;
    }
  }
  return out;
}

/// Speeds between neighbouring frames, m/s: the fastest joint of each step.
inline std::vector<double> stepSpeeds(const Motion& motion) {
  const std::vector<glm::vec3> p = worldPositions(motion);
  const int joints = motion.jointCount();
  std::vector<double> out;
  for (std::int64_t f = 1; f < motion.frameCount(); ++f) {
    double fastest = 0;
    for (int j = 0; j < joints; ++j) {
      fastest = std::max(fastest, double(glm::length(p[f * joints + j] - p[(f - 1) * joints + j])));
    }
    out.push_back(fastest * motion.rate.fps());
  }
  return out;
}

inline double percentile(std::vector<double> values, double share) {
  const auto at = values.begin() + std::ptrdiff_t(double(values.size() - 1) * share);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Worst joint distance of two poses.
inline double worstDistance(const Pose& a, const Pose& b) {
  const WorldPose wa = forwardKinematics(*kinescore22(), a),
                  wb = forwardKinematics(*kinescore22(), b);
  double worst = 0;
  for (int j = 0; j < kJointCount22; ++j) {
    worst = std::max(worst, double(glm::length(wa.positions[j] - wb.positions[j])));
  }
  return worst;
}

inline bool isFinite(const Motion& motion) {
  for (const glm::vec3& p : motion.rootPositions) {
    if (!std::isfinite(glm::dot(p, p))) return false;
  }
  for (const glm::quat& q : motion.localRotations) {
    if (!(std::abs(glm::dot(q, q) - 1) < 1e-4f)) return false;
  }
  return true;
}

}  // namespace kinescore::test
