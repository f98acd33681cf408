// Trains the retrieval tower (engine/library/retrieval_tower.h) on the captioned train clips of a library
// and their mirror images: InfoNCE between sentences and the motion they tell about, both ways. Minutes on
// one core; no torch. Clips of other splits are never looked at.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>

#include "engine/library/caption_index.h"
#include "engine/library/retrieval_tower.h"

namespace kinescore {

struct TowerTrainOptions {
  std::filesystem::path run;      // folder of the checkpoint; the same again goes on with it
  std::int64_t steps = 2000;
  int batch = 128;
  std::uint64_t seed = 1;
  double learningRate = 1e-3, weightDecay = 0.05;
  double temperature = 0.07;
};

struct TowerTrainStatus {
  std::int64_t step = 0, steps = 0;
  double loss = 0;                // mean since the last call; ln(batch) knows nothing
  double secondsLeft = -1;
};

struct TowerTrainSummary {
  TowerParameters parameters;
  std::int64_t step = 0;
  double loss = 0;
  int captions = 0;               // learned from
  bool stopped = false;           // asked to; the checkpoint is saved
};

/// Blocks. Every draw is a function of seed, step and place in the batch, so a run that was stopped and went
/// on ends with the same bits. A checkpoint of other data or another batch is an error.
[[nodiscard]] Result<TowerTrainSummary> trainTower(const Library& library, const SentenceVector& vectorOf,
                                                   const TowerTrainOptions& options,
                                                   const std::function<void(const TowerTrainStatus&)>& progress,
                                                   std::stop_token stop);

}  // namespace kinescore
