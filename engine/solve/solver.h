// After the network: what was asked for exactly is met exactly, with as little change as possible.
//
// In order, each changing frames of `free` only:
//   1. borders of a free range join in position and speed;
//   2. the smoothed root follows the path;
//   3. a figure that hangs above the floor or sinks into it comes to stand on it as a whole;
//   4. keys and targets are met at their own times, corrections fading to nothing over 12 frames on
//      the calmest curve;
//   5. root, hips, knees and ankles are weighed together by Gauss-Newton (at most 6 steps, windows
//      of 512 frames): with x the correction of root, hips' turn, and each leg's thigh, knee and
//      foot (20 numbers a frame, turns as rotation vectors), the minimum over all frames of
//        sum (x / p)^2 [Huber for turns] + (x' / v)^2 + (x'' / a)^2     stay near the network's
//          + (foot against shin)^2                                      pose, speed, acceleration
//          + sum over standing feet of slide^2 [Huber] + height^2
//          + one-sided: soles in the floor, swings lower than captured ones, straight or folded
//            knees, ankles out of range
//          + x = 0 at the times of keys and targets, x = 0 outside `free`,
//      where each deviation is that of joint_solve.cpp. Neighbouring frames are coupled by x', x''
//      and slides alone, so the normal equations are banded in blocks (block_band.h);
//   6. keys and targets are met again, what 5 took from them being tenths of a millimetre.
// The method is that of spacetime constraints (Witkin and Kass 1988; Gleicher 1997, "Motion editing
// with spacetime constraints"), with Huber's weights (1964) as iteratively reweighted squares.
// Figures: docs/solver.md. Deterministic, one thread, about 45 ms for 10 s of motion.
#pragma once

#include <functional>
#include <glm/vec2.hpp>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

struct SolveKey {
  Ticks time;  // met at this time through evaluate(), not at the nearest frame
  Pose pose;   // kinescore22, world
  float weight = 1;
};
struct SolveTarget {
  Ticks time;
  int joint = 0;
  glm::vec3 position{0};  // world, metres
  std::optional<glm::quat> rotation;
  float weight = 1;
};
struct SolvePathSample {
  std::int64_t frame = 0;
  glm::vec2 position{0};  // x, z of the smoothed root, world
  std::optional<float> heading;
  float weight = 1;
};
struct SolveContact {
  FrameRange frames;
  int contact = 0;  // index in kContactJoints
  std::optional<glm::vec3> place;
};

struct SolveProblem {
  Motion motion;                            // kinescore22, 30 Hz; `contacts` may be empty
  std::vector<float> contactProbabilities;  // [frames][4] from the network, or empty
  std::vector<SolveKey> keys;
  std::vector<SolveTarget> targets;
  std::vector<SolvePathSample> path;
  std::vector<SolveContact> contacts;  // asked for
  std::optional<FrameRange> free;      // absent: all frames may change
  bool footLock = true;
  bool swingClearance = true;  // swinging feet are lifted to where most captured ones are
};

struct SolveFigures {
  double keyMeanMeters = 0, keyWorstMeters = 0;  // joints, after
  double keyWorstBeforeMeters = 0;
  double targetMeanMeters = 0, targetWorstMeters = 0;
  double pathMeanMeters = 0, pathWorstMeters = 0;
  double skateBefore = 0, skateAfter = 0;  // mm a frame, contacts from positions (model.md §8)
  double largestChangeMeters = 0;
  int iterations = 0;
};
struct SolveResult {
  Motion motion;  // with contacts filled in
  SolveFigures figures;
};

[[nodiscard]] Result<SolveResult> solve(SolveProblem problem, std::stop_token stop = {});

/// Foot skate by positions: toe lower than 5 cm in both frames, floor y = 0; mean mm a frame over
/// those frames and the share of them faster than 0.5 m/s. Left and right toes together.
struct FootSkate {
  double meanMillimetersPerFrame = 0;
  double fastShare = 0;
  double lowToeShare = 0;  // of all frames and feet
};
[[nodiscard]] FootSkate measureFootSkate(const Motion& motion);

}  // namespace kinescore
