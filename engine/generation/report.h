// What a take says about itself: which keys, targets and paths were kept, and which were missed by
// how much and where.
#pragma once

#include "engine/request/take.h"
#include "engine/solve/solver.h"

namespace kinescore {

/// Measured at each key's own time through evaluate(). Keys outside a re-solved range are no
/// business of this take. Figures of path and feet are the solver's.
[[nodiscard]] TakeReport reportOf(const GenerationRequest& request, const Motion& before, const Motion& after,
                                  const SolveFigures& figures);

/// "left knee", "chest" …: how a person names a joint of kinescore22.
[[nodiscard]] const char* spokenJoint(int joint);

}  // namespace kinescore
