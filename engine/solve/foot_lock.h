// Feet that stand, stand still: toes and ankles are pinned where they rest, legs bent to follow,
// the hips lowered or drawn after a leg that would not reach. Keys and targets keep their places.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/solve/contact_runs.h"
#include "engine/solve/solver.h"

namespace kinescore {

struct FootLockProblem {
  std::vector<ContactRun> runs;             // those to be held
  const std::vector<SolveKey>* keys;        // their poses are not moved at their times
  const std::vector<SolveTarget>* targets;  // of legs and hips likewise
  bool keepsAboveFloor = true;  // soles are lifted out of y = 0
  bool clearsSwing = true;      // swinging toes keep a little above the floor
  bool followsPath = false;     // hips go after short legs by rising and sinking alone
};

/// Changes frames where `isFree` is set and no others. Adds to `iterations`.
void lockFeet(const FootLockProblem& problem, const std::vector<char>& isFree, std::stop_token stop,
              Motion& motion, int& iterations);

}  // namespace kinescore
