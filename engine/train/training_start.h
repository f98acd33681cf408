// What every training run begins with: options that make sense, a library, and words as vectors.
#pragma once

#include <functional>

#include "engine/train/trainer.h"

namespace kinescore {

/// An end is given and a step holds something.
[[nodiscard]] Status checkRun(const TrainOptions& options);
[[nodiscard]] Status makeRunFolder(const TrainOptions& options);

/// What to do with a library and an encoder of its captions; `onEmbedded` is to be called once all went through it.
using LibraryTraining = std::function<Result<TrainSummary>(const Library& library, const SentenceEncoder& encoder,
                                                           const std::function<void()>& onEmbedded)>;
/// Opens the options' library and the shipped text encoder, whose answers are kept in the run's folder.
[[nodiscard]] Result<TrainSummary> trainOnLibraryOf(const TrainOptions& options, const LibraryTraining& training);

/// What torch throws becomes an error.
[[nodiscard]] Result<TrainSummary> withoutThrowing(const std::function<Result<TrainSummary>()>& training);

}  // namespace kinescore
