// How far a motion is off what it was asked for exactly: one measure and one tolerance for the sentences of a report and for
// the colours under the timeline, so that they never say two things.
#pragma once

#include <optional>
#include <vector>

#include "engine/request/request.h"

namespace kinescore {

/// How far the smoothed root (solve/path_solve.h) may be off a path, at each frame of it.
constexpr double kPathToleranceMeters = 0.05;
/// A whole pose is kept when its joints are within the tolerance on average and the worst within twice of it.
constexpr double kWorstJointShare = 2.0;

/// Of a pose over its joints, at its own time through evaluate(); metres.
struct PoseMiss {
  double mean = 0, worst = 0;
  int worstJoint = 0;
};
[[nodiscard]] PoseMiss missOf(const Motion& motion, const PoseKeyRequest& key);
[[nodiscard]] double missOf(const Motion& motion, const TargetRequest& target);

/// How far a target lies beyond a limb that is stretched towards it; nothing for other joints than hands and feet, and where
/// the limb could still reach farther.
[[nodiscard]] std::optional<double> beyondReach(const Motion& motion, const TargetRequest& target);

struct PathMiss {
  std::int64_t frame = 0;
  double meters = 0;
};
/// Of every path at each frame that it covers, path after path; of those followed in full or of the weaker ones.
[[nodiscard]] std::vector<PathMiss> pathMisses(const Motion& motion, const std::vector<PathRequest>& paths, bool inFull = true);

/// The same in tolerances: above 1 it is missed.
[[nodiscard]] double inTolerances(const PoseMiss& miss, double toleranceMeters);
[[nodiscard]] double inTolerances(double meters, double toleranceMeters);

/// [frames] how far each frame is off the worst of what is asked of it in full (poses, targets, paths), in tolerances: above
/// 1 something is missed there; 0 where nothing is asked. A pose counts at the frame nearest to it and the frames beside.
[[nodiscard]] std::vector<float> missesByFrame(const GenerationRequest& request, const Motion& motion);

}  // namespace kinescore
