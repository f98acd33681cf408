// A GEM network in training: every step goes through its batch twice, once asked from nothing and once to take noise
// away, and moves along the sum of both losses (gem.md 5.1). What the first pass made of flat samples is the clean
// motion of the second.
#pragma once

#include <memory>
#include <vector>

#include "engine/network/gem/config.h"
#include "engine/network/gem/denoiser.h"
#include "engine/train/flat_learner.h"
#include "engine/train/gem/gem_losses.h"
#include "engine/train/gem/gem_reading.h"
#include "engine/train/training_data.h"

namespace kinescore::gem {

struct GemLearnerOptions {
  int batch = 8, frames = 120;  // samples a step, frames of each at most
  int shards = 1;
  std::uint64_t seed = 1;
  UpdateOptions update;
  double flatShare = 0;         // of the samples, where there is flat data
  double simpleWeight = 1;      // of the plain x0 part, published 1: see GemTrainOptions
};

/// What is trained, with the layers' matrices marked for the optimiser.
[[nodiscard]] std::vector<ParameterSpec> gemParameters(const Config& config);

class GemLearner {
 public:
  GemLearner(const Config& config, const at::Tensor& start, const GemLearnerOptions& options);

  /// `flatData`: clips of which 2D alone is used; may be null.
  StepReport step(const TrainingData& data, const TrainingData* flatData, double share);

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] FlatLearner& flat() { return flat_; }
  /// The running average with the tensors that are not trained: a network's weights.
  [[nodiscard]] ParameterMap averagedWeights() const;

 private:
  struct ShardReport {
    double loss = 0, simple = 0;
  };
  [[nodiscard]] ShardReport runShard(int shard, const TrainingData& data, const TrainingData* flatData);

  Config config_;
  GemLearnerOptions options_;
  FlatLearner flat_;
  ParameterMap constants_;
  BodyKinematics kinematics_;
};

/// Both passes over `count` crops of held-out clips that are the same every time: one look at 17 points without words,
/// and noise taken away with nothing but words.
[[nodiscard]] GemReading readNetwork(const Denoiser& denoiser, const TrainingData& held, int count, int frames);

}  // namespace kinescore::gem
