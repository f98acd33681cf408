// Motion as the evaluators see it: joint positions by kinematics, seen from the figure, its root's speed, and
// differences from frame to frame, all without what is faster than 8 Hz. A captured motion's noise and a
// network's tremor would otherwise tell them apart from each other, and both from the action.
#pragma once

#include <span>
#include <vector>

#include "engine/generation/features.h"

namespace kinescore {

constexpr int kEvaluatorPositions = 3 * kJointCount22;
/// Values a frame: positions (m) about the smoothed root in the heading's space, their speeds (m/s), the root's
/// speed in that space (m/s), its height (m), the turn's speed (rad/s).
constexpr int kEvaluatorInputs = 2 * kEvaluatorPositions + 4;

/// [frames][kEvaluatorInputs], not normalised, from features in any space. 30 Hz.
[[nodiscard]] std::vector<float> evaluatorInput(const MotionFeatures& features);

/// Mean of every channel, one deviation for each of the four kinds.
struct EvaluatorStatistics {
  std::vector<float> mean, deviation;  // [kEvaluatorInputs]
  void normalise(std::span<float> values) const;
};
[[nodiscard]] EvaluatorStatistics evaluatorStatistics(std::span<const std::vector<float>> motions);

/// What passes below 8 Hz, no frame later than it came; the ends are held. `values` at 30 Hz.
[[nodiscard]] std::vector<double> lowPassed(std::span<const double> values);

}  // namespace kinescore
