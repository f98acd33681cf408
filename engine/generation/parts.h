// A performance of which several parts are made anew: one after the other, each beside what the one before left, all
// other frames the base's bit for bit. Works with every model, since each part is a request of its own.
#pragma once

#include "engine/generation/motion_generator.h"

namespace kinescore {

/// What the generator answers for `request`; with kept frames within its range once for each of its parts. The report
/// measures the whole once and has what else each part says; its errors are the largest of the parts'. Promises of MotionGenerator::generate hold.
[[nodiscard]] Result<GeneratedMotion> generateInParts(MotionGenerator& generator, const GenerationRequest& request,
                                                      const ProgressSink& progress, std::stop_token stop);

}  // namespace kinescore
