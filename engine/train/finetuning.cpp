#include "engine/train/finetuning.h"

#include <cassert>

#include "engine/network/weights.h"
#include "engine/train/training_start.h"

namespace kinescore {

Result<TrainSummary> finetuneBy(const TrainOnce& train, const TrainOptions& options) {
  assert(!options.startFrom.empty() && options.mixedWith && options.coarseFor.empty());
  const auto base = loadModel(options.startFrom);
  if (!base) return base.error();
  if (!base->parts.coarse) return train(options);

  TrainOptions loud = options;
  loud.output = options.output / kLoudFolder;
  loud.startFrom.clear();
  loud.coarseFor = options.startFrom;
  loud.coarseStart = CoarseStart::GoOn;
  loud.hours = options.hours / 2;
  loud.steps = (options.steps + 1) / 2;
  const Result<TrainSummary> first = train(loud);
  if (!first || first->stopped) return first;

  TrainOptions quiet = options;
  quiet.startFrom = first->weights;
  quiet.hours = options.hours - loud.hours;
  quiet.steps = options.steps - loud.steps;
  if (quiet.hours <= 0 && quiet.steps <= 0) return first;
  Result<TrainSummary> second = train(quiet);
  if (!second) return second;
  second->steps += first->steps;
  second->hours += first->hours;
  return second;
}

Result<TrainSummary> finetuneKinescore(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop) {
  // one library and one source of embeddings for both
  return trainOnLibraryOf(options, [&](const Library& library, const SentenceEncoder& encoder, const std::function<void()>& onEmbedded) {
    return finetuneBy([&](const TrainOptions& once) { return trainOn(library, encoder, once, progress, stop, onEmbedded); }, options);
  });
}

}  // namespace kinescore
