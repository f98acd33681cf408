// How smoothly what was made anew meets what stands beside it.
#pragma once

#include <vector>

#include "engine/request/take.h"

namespace kinescore {

/// How fast velocities change where frame `seam` takes over from the one before it, against the liveliest moments of the
/// motion itself: mean acceleration of the joints there over the 95th percentile of the other frames'. 1 is as lively.
[[nodiscard]] double joinRatio(const Motion& motion, std::int64_t seam);
/// A join above it is told as a miss.
constexpr double kRoughJoin = 1.5;

/// One line for all joins of what `request` made anew with what it kept; none where it made everything.
[[nodiscard]] std::vector<ReportLine> joinLines(const GenerationRequest& request, const Motion& motion);

}  // namespace kinescore
