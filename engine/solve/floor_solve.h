// A figure whose standing feet hang above the floor, or sink into it, is lowered or raised as a
// whole: legs alone would have to stretch or crouch for it.
#pragma once

#include <vector>

#include "engine/solve/contact_runs.h"
#include "engine/solve/solver.h"

namespace kinescore {

/// Shifts the root up and down, slowly, so that standing soles come to y = 0. A foot that stands
/// farther from the floor than a low step is meant to stand there. Keys keep their roots, and at
/// targets the figure is where it was. Changes frames where `isFree` is set and no others.
void standOnFloor(const std::vector<ContactRun>& runs, const std::vector<SolveKey>& keys,
                  const std::vector<SolveTarget>& targets, const std::vector<char>& isFree,
                  Motion& motion);

}  // namespace kinescore
