// Trains a small GEM network on a motion library: `kinescore train --arch gem`. Nothing of torch shows here.
//
// The run's folder is that of the Kinescore network (trainer.h) without contact sheets. latest.safetensors has the names
// and shapes of a published GEM, so that the engine performs with it (gem_generator.h); its notes say that its words go
// through the engine's own text encoder. What the library has nothing of - music, speech, pictures - is in the network
// and untrained.
#pragma once

#include "engine/network/gem/config.h"
#include "engine/train/trainer.h"

namespace kinescore {

struct GemTrainOptions {
  /// Of these the network, prompts, mixed clips, references, dropout, coarse network and start are not GEM's.
  TrainOptions run;
  gem::Config network = {gem::Wiring::Full, 128, 4, 8, 4, 120};
  double seenClips = 0;    // share of the clips of which nothing is used but what a camera sees of them in 2D
  /// Of the plain x0 part. As published (1) the terms of positions outweigh it by hundreds: in a short run joints get to
  /// their places on limbs that are twisted.
  double simpleWeight = 1;
  double seenSamples = 0;  // share of a step's samples that are drawn from those; 0: they are left out
};

/// Blocks. A stop saves a checkpoint and is no failure. Errors: those of trainKinescore, and sizes that do not fit.
[[nodiscard]] Result<TrainSummary> trainGem(const GemTrainOptions& options, const TrainProgress& progress,
                                            std::stop_token stop);
/// The same over a library in memory and any source of sentence embeddings.
[[nodiscard]] Result<TrainSummary> trainGemOn(const Library& library, const SentenceEncoder& encoder,
                                              const GemTrainOptions& options, const TrainProgress& progress,
                                              std::stop_token stop, const std::function<void()>& onEmbedded = {});

/// The newest weights of a run's folder with their card, to another place.
[[nodiscard]] Status exportTrainedGem(const std::filesystem::path& output, const std::filesystem::path& weights);

}  // namespace kinescore
