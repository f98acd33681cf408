// Goes on from weights on a user's own clips. Of weights with two networks both learn, one after the other: the one for loud
// noise decides what is done, the other how it is done (ModelParts::coarse).
#pragma once

#include <functional>

#include "engine/train/trainer.h"

namespace kinescore {

/// The folder of a run in which the network for loud noise learns.
constexpr const char* kLoudFolder = "loud";

/// options.startFrom and options.mixedWith are given; half of the hours or steps for each of two networks, the one for loud
/// noise first, in a folder of its own inside the run's. Starting again goes on with both. A stop saves what there is, and
/// the summary names weights that can be used.
[[nodiscard]] Result<TrainSummary> finetuneKinescore(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop);

/// The same by any way to train once.
using TrainOnce = std::function<Result<TrainSummary>(const TrainOptions& options)>;
[[nodiscard]] Result<TrainSummary> finetuneBy(const TrainOnce& train, const TrainOptions& options);

}  // namespace kinescore
