#include "engine/solve/floor_solve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/motion/kinematics.h"
#include "engine/solve/root_holds.h"
#include "engine/solve/rotation_vector.h"
#include "engine/solve/time_rows.h"

namespace kinescore {
namespace {

// Brought to the floor whole up to the first height, not at all from the second on: there is a step under the foot.
// More than this and who climbs a ladder is drawn back to the floor.
constexpr double kSurelyFloorMeters = 0.05, kSurelyStepMeters = 0.10;
constexpr double kNearlyMeters = 0.005;  // captured soles hang or sink as much
constexpr double kKeyStrength = 10;  // keys are met afterwards: here the figure only comes near
// Against a row's strength of 1: the hips follow over about a third of a second.
constexpr SmoothCurve::Cost kSlowRise{.bend = 400, .slope = 1, .pull = 1e-3};

// How high a foot joint must be for all of its sole points to be on or above y = 0.
double soleHeight(const WorldPose& pose, int joint) {
  double lowest = std::numeric_limits<double>::max();
  for (const SolePoint& point : kSolePoints) {
    if (point.joint != joint) continue;
    lowest = std::min(lowest, double((pose.rotations[joint] * point.offset).y));
  }
  return -lowest;
}

}  // namespace

void standOnFloor(const std::vector<ContactRun>& runs, const std::vector<SolveKey>& keys,
                  const std::vector<SolveTarget>& targets, const std::vector<char>& isFree,
                  Motion& motion) {
  std::vector<WorldPose> worlds(std::size_t(motion.frameCount()));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    forwardKinematicsInto(*motion.skeleton, motion.pose(f), worlds[f]);
  }
  std::vector<CurveRow> rows;
  std::vector<double> wanted;
  for (const ContactRun& run : runs) {
    if (run.place) continue;
    const int joint = kContactJoints[run.contact];
    for (std::int64_t f = run.frames.start; f < run.frames.end; ++f) {
      const double height = double(worlds[f].positions[joint].y) - soleHeight(worlds[f], joint);
      const double share = 1 - smoothstep(kSurelyFloorMeters, kSurelyStepMeters, std::abs(height));
      rows.push_back(rotationRow(motion, ticksOfFrame(f, motion.rate), 1));
      wanted.push_back(share * std::copysign(std::max(std::abs(height) - kNearlyMeters, 0.0), -height));
    }
  }
  if (rows.empty()) return;
  const RootHolds holds = rootHolds(keys, targets, motion, kKeyStrength);
  rows.insert(rows.end(), holds.rows.begin(), holds.rows.end());
  wanted.insert(wanted.end(), holds.wanted[1].begin(), holds.wanted[1].end());
  const std::vector<double> rise = SmoothCurve(isFree, std::move(rows), kSlowRise).through(wanted);
  // The curve may swing on where nothing stands: never farther than something asked for.
  const auto [lowest, highest] = std::minmax_element(wanted.begin(), wanted.end());
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const double moved = std::clamp(rise[f], std::min(*lowest, 0.0), std::max(*highest, 0.0));
    motion.rootPositions[f].y = float(motion.rootPositions[f].y + moved);
  }
}

}  // namespace kinescore
