// What a take says about itself: which keys, targets, paths and contacts were kept, which were missed by how much and where,
// where feet slide, and how smooth the joins are.
#pragma once

#include <vector>

#include "engine/request/take.h"
#include "engine/solve/solver.h"

namespace kinescore {

/// What is measured of a whole motion, whichever parts of it were made anew: measures and tolerances are those of
/// fulfilment.h and foot_report.h.
[[nodiscard]] std::vector<ReportLine> measuredLines(const GenerationRequest& request, const Motion& motion);

/// The same with the figures of the solve. The figures of keys are of those within what was made anew, from `before` the
/// solve to `after` it; those of path and feet are the solver's.
[[nodiscard]] TakeReport reportOf(const GenerationRequest& request, const Motion& before, const Motion& after,
                                  const SolveFigures& figures);

/// "left knee", "chest" …: how a person names a joint of kinescore22.
[[nodiscard]] const char* spokenJoint(int joint);

}  // namespace kinescore
