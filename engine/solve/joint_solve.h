// Root, hips, knees and ankles weighed together over all frames, so that none of them has to make
// good alone what a standing foot, the floor, a swing or a limit asks for.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/solve/contact_runs.h"
#include "engine/solve/solver.h"

namespace kinescore {

struct JointSolveProblem {
  std::vector<ContactRun> runs;             // those to be held
  const std::vector<SolveKey>* keys;        // the figure is not moved at their times
  const std::vector<SolveTarget>* targets;  // hips, and legs that are named, likewise
  bool keepsAboveFloor = true;
  bool clearsSwing = true;   // swinging feet are lifted to where three in four captured ones are
  bool followsPath = false;  // the root keeps its place over the floor
};

/// Gauss-Newton over the unknowns of solver.h. Changes frames where `isFree` is set and no others.
/// Adds to `iterations`.
void solveJointly(const JointSolveProblem& problem, const std::vector<char>& isFree,
                  std::stop_token stop, Motion& motion, int& iterations);

}  // namespace kinescore
