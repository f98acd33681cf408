// A motion as the network sees it: 273 numbers a frame at 30 Hz, and back.
//
//   0…2     smoothed root x, y, z (xz: Gaussian σ 0.4 s over Hips; y: Hips' own height smoothed alike)
//   3…4     heading (cos, sin): yaw of hips + chest, unwrapped, σ 0.15 s, held where the trunk is far
//           from upright
//   5…70    22 joint positions: x, z minus the smoothed root's, y absolute; turned into the heading space
//   71…202  22 world rotations seen from the heading space, 6D (first two columns of the matrix)
//   203…268 22 joint velocities, m/s, turned into the heading space
//   269…272 contacts, 0 or 1
//
// Root and heading are given in the window's space: a point on the floor and a turn about +Y (WindowSpace).
// All other channels do not depend on it, so a crop is a slice with five channels re-expressed.
#pragma once

#include <span>
#include <vector>

#include <glm/vec2.hpp>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

constexpr int kFeatureCount = 273;
constexpr int kRootChannel = 0, kHeadingChannel = 3, kPositionChannel = 5, kRotationChannel = 71,
              kVelocityChannel = 203, kContactChannel = 269;

/// Where a window's origin lies in the world: window +Z points along `heading` (about +Y from +Z).
struct WindowSpace {
  glm::vec2 originXz{0};
  float heading = 0;

  [[nodiscard]] glm::vec3 windowFromWorld(const glm::vec3& p) const;
  [[nodiscard]] glm::vec3 worldFromWindow(const glm::vec3& p) const;
  [[nodiscard]] glm::quat windowFromWorldTurn() const;
};

/// Features in world space (WindowSpace{}), not normalised. [frames][273]
struct MotionFeatures {
  std::int64_t frames = 0;
  std::vector<float> values;  // [frames][kFeatureCount]
};
[[nodiscard]] MotionFeatures featuresFromMotion(const Motion& motion);

/// The space of one frame of world-space features: its smoothed root on the floor and its heading.
[[nodiscard]] WindowSpace spaceOfFrame(std::span<const float> worldFrame);  // [273]
/// Root and heading channels of world-space features into `space`, in place, and back.
void moveToWindow(std::span<float> values, const WindowSpace& space);    // [frames][273]
void moveToWorld(std::span<float> values, const WindowSpace& space);

/// Pose out of rotations, root out of smoothed root + Hips position; contacts by hysteresis
/// (0.6/0.4, at least 4 frames). Also gives the raw contact channel for the solver.
[[nodiscard]] Motion motionFromFeatures(std::span<const float> worldValues);

/// Mean per channel and deviation per group (floored; model.md §2); root xz 1 m, height 0.25 m.
struct FeatureStatistics {
  std::vector<float> mean, deviation;  // [273]
  void normalise(std::span<float> values) const;    // [frames][273]
  void denormalise(std::span<float> values) const;
};
[[nodiscard]] FeatureStatistics measureStatistics(std::span<const MotionFeatures> windows);

}  // namespace kinescore
