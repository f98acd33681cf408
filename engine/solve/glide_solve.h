// A figure that glides while its feet should stand: farther than legs can make good, so the whole
// figure stays back instead.
#pragma once

#include <vector>

#include "engine/solve/contact_runs.h"
#include "engine/solve/solver.h"

namespace kinescore {

/// Shifts the root so that feet which would slide more than a few centimetres while they stand,
/// stay. Keys keep their roots, and at targets the figure is where it was. Changes frames where
/// `isFree` is set and no others.
void stopGliding(const std::vector<ContactRun>& runs, const std::vector<SolveKey>& keys,
                 const std::vector<SolveTarget>& targets, const std::vector<char>& isFree,
                 Motion& motion);

}  // namespace kinescore
