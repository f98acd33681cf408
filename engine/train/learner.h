// The part of training that owns numbers: parameters, gradients, moments and the running average. One
// step splits its batch over shards; each shard has its own thread, gradients and random stream, so
// the bits depend on the number of shards and never on the number of threads.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/generation/features.h"
#include "engine/network/kinescore_network.h"
#include "engine/network/weights.h"
#include "engine/train/condition_draws.h"
#include "engine/train/losses.h"
#include "engine/train/optimizer.h"
#include "engine/train/training_data.h"

namespace kinescore {

struct LearnerOptions {
  int batch = 16, frames = 96;   // together the frames of a step; crops are 48 … frames long
  int shards = 2;
  std::uint64_t seed = 1;
  double learningRate = 5e-4, lastLearningRate = 2e-5;
  int warmUp = 300;
  OptimizerOptions optimizer;
  double clip = 1;
  double averageDecay = 0.9995;
  double dropout = 0.05;
  DrawOptions draws;
  bool coarse = false;             // loud noise alone, blamed for its numbers alone: see ModelParts::coarse
};

struct StepReport {
  double loss = 0;          // weighted sum of the parts
  double featureLoss = 0;   // plain x0 part, all noise levels
  double gradient = 0;      // norm before clipping
  bool skipped = false;     // not finite or 10 × the median gradient
};

/// Everything a checkpoint holds beside the flat arrays.
struct LearnerProgress {
  std::int64_t step = 0;
  std::deque<double> gradients;  // of the last 100 steps
  double hours = 0;
};

class Learner {
 public:
  Learner(const ModelParts& start, const LearnerOptions& options);
  ~Learner();

  /// One step; `share` in 0 … 1 is how much of the run is done (for the learning rate). With `mixed`, every
  /// second crop is drawn from that.
  StepReport step(const TrainingData& data, double share, const TrainingData* mixed = nullptr);

  [[nodiscard]] const ModelParts& parts() const { return parts_; }
  [[nodiscard]] at::Tensor averaged() const { return averaged_; }
  [[nodiscard]] LearnerProgress& progress() { return progress_; }
  [[nodiscard]] const LearnerOptions& options() const { return options_; }
  /// values, average, both moments: the arrays a checkpoint stores, by name.
  [[nodiscard]] std::map<std::string, at::Tensor> arrays();
  /// The network on the running average.
  [[nodiscard]] KinescoreNetwork averagedNetwork() const;

 private:
  struct Shard;
  void runShard(Shard& shard, const TrainingData& data, const TrainingData* mixed);
  void waitForAll();
  void update(double share, StepReport& report);

  ModelParts parts_;
  LearnerOptions options_;
  LearnerProgress progress_;
  at::Tensor averaged_, first_, second_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

/// Features of a sample's crop noised to a level, as training does it: α · clean + σ · noise.
[[nodiscard]] at::Tensor noised(const at::Tensor& clean, const at::Tensor& logSnr, CounterRandom& random);

/// Statistics and prior of a data set, from crops as training sees them.
void measureData(const TrainingData& data, std::uint64_t seed, FeatureStatistics& statistics, MotionPrior& prior);

}  // namespace kinescore
