// What a take says about itself: which keys, targets, paths and contacts were kept, which were missed by how much and where,
// where feet slide, and how smooth the joins are.
#pragma once

#include <vector>

#include "engine/request/take.h"
#include "engine/solve/solver.h"

namespace kinescore {

/// What is measured of a whole motion, whichever parts of it were made anew, and which prompts were too faint to show.
/// Measures and tolerances are those of fulfilment.h and foot_report.h.
[[nodiscard]] std::vector<ReportLine> measuredLines(const GenerationRequest& request, const Motion& motion);

/// What is said of a target with some strength, in measuredLines too.
[[nodiscard]] ReportLine lineOf(const TargetRequest& target, const Motion& motion);

/// The same with the figures of the solve. The figures of keys are of those within what was made anew, from `before` the
/// solve to `after` it; those of path and feet are the solver's.
[[nodiscard]] TakeReport reportOf(const GenerationRequest& request, const Motion& before, const Motion& after,
                                  const SolveFigures& figures);

/// A prompt that is nowhere stronger hardly changes what the figure does.
constexpr float kFaintStrength = 0.3f;

/// "left knee", "chest" …: how a person names a joint of kinescore22.
[[nodiscard]] const char* spokenJoint(int joint);

}  // namespace kinescore
