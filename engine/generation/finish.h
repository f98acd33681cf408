// What comes after a network, whichever it was: the frames it made stand in the base, the solver
// meets what was asked for exactly, everything outside is the base bit for bit, and the report says
// how it went.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/generation/beat_warp.h"
#include "engine/request/take.h"

namespace kinescore {

/// The frames that were made, kinescore22 at 30 Hz, as the network has them.
struct RawPerformance {
  FrameRange made;                   // of the performance; without a range of the request all of it
  Motion motion;                     // [made], with contacts
  std::vector<float> contactScores;  // [made][4] about 0 … 1, order kContactJoints
};

/// Of world features of the whole performance, [frames][kFeatureCount].
[[nodiscard]] RawPerformance rawPerformanceOf(std::span<const float> worldFeatures,
                                              FrameRange made);

/// The whole performance: the made frames as they are, all others the base's.
[[nodiscard]] Motion wholeOf(const GenerationRequest& request, const RawPerformance& raw);

/// How the accents lie on the beats, for the report.
[[nodiscard]] ReportLine beatLine(const BeatsKept& kept);

struct FinishedPerformance {
  std::shared_ptr<const Motion> motion;  // the whole performance
  TakeReport report;
};

/// Error: Cancelled.
[[nodiscard]] Result<FinishedPerformance> finishPerformance(const GenerationRequest& request,
                                                            const RawPerformance& raw,
                                                            std::stop_token stop);

}  // namespace kinescore
