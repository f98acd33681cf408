// Keys and targets met at their own times: what is missing at each time spreads over the frames
// around it as the calmest curve that is zero 12 frames away.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/solve/solver.h"

namespace kinescore {

constexpr int kFalloffFrames = 12;

/// Changes frames where `isFree` is set and no others. Targets pull the root no farther than an
/// arm's length from where it is in `home`. Adds to `iterations`.
void meetKeysAndTargets(const std::vector<SolveKey>& keys, const std::vector<SolveTarget>& targets,
                        const Motion& home, const std::vector<char>& isFree, std::stop_token stop,
                        Motion& motion, int& iterations);

}  // namespace kinescore
