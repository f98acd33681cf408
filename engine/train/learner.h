// Trains the Kinescore network: what a step shows it and what it is blamed for. A shard has its own random stream
// (flat_learner.h says what else makes the bits).
#pragma once

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/generation/features.h"
#include "engine/network/kinescore_network.h"
#include "engine/network/weights.h"
#include "engine/train/condition_draws.h"
#include "engine/train/flat_learner.h"
#include "engine/train/losses.h"
#include "engine/train/training_data.h"

namespace kinescore {

struct LearnerOptions {
  int batch = 16, frames = 96;   // together the frames of a step; crops are 48 … frames long
  int shards = 2;
  std::uint64_t seed = 1;
  UpdateOptions update;
  double dropout = 0.05;
  DrawOptions draws;
  bool coarse = false;             // loud noise alone, blamed for its numbers alone: see ModelParts::coarse
  bool besideCoarse = false;       // a coarse network is asked while the noise is loud, and for estimates: that is left to it
};

class Learner {
 public:
  Learner(const ModelParts& start, const LearnerOptions& options);
  ~Learner();

  /// One step; `share` in 0 … 1 is how much of the run is done (for the learning rate). With `mixed`, every
  /// second crop is drawn from that.
  StepReport step(const TrainingData& data, double share, const TrainingData* mixed = nullptr);

  [[nodiscard]] const ModelParts& parts() const { return parts_; }
  [[nodiscard]] at::Tensor averaged() const { return flat_.averaged(); }
  [[nodiscard]] LearnerProgress& progress() { return flat_.progress(); }
  [[nodiscard]] const LearnerOptions& options() const { return options_; }
  [[nodiscard]] FlatLearner& flat() { return flat_; }
  /// The network on the running average.
  [[nodiscard]] KinescoreNetwork averagedNetwork() const;

 private:
  struct Shard;
  void runShard(Shard& shard, const TrainingData& data, const TrainingData* mixed);

  FlatLearner flat_;
  ModelParts parts_;  // its values are the flat ones
  LearnerOptions options_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

/// Features of a sample's crop noised to a level, as training does it: α · clean + σ · noise.
[[nodiscard]] at::Tensor noised(const at::Tensor& clean, const at::Tensor& logSnr, CounterRandom& random);

/// Statistics and prior of a data set, from crops as training sees them.
void measureData(const TrainingData& data, std::uint64_t seed, FeatureStatistics& statistics, MotionPrior& prior);

}  // namespace kinescore
