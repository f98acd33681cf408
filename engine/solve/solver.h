// After the network: what was asked for exactly is met exactly, with as little change as possible.
//
// In order: borders of a free range join in position and speed; the root follows the path; a figure
// that hangs above the floor or sinks into it comes to stand on it, one that glides on standing
// feet stays back; keys and targets are met at their own times, corrections fading to nothing over
// 12 frames on the calmest curve; standing feet are pinned, swinging ones kept off the floor. Every
// correction is a curve over frames that is zero, with zero slope, outside `free`. Deterministic,
// one thread, about 10 ms for 10 s of motion.
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

/// How feet, legs and hips are brought together.
enum class SolveMethod {
  Chain,  // one correction after the other
  Joint,  // all weighed together
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
  bool swingClearance = true;  // fast toes are lifted to where captured ones are
  SolveMethod method = SolveMethod::Joint;
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
