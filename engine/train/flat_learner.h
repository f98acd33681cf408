// The part of training that every network shares: a flat array of parameters with its gradients, moments and running
// average, and the step that moves them. A batch is split over shards; each shard has its own thread and gradients, so
// the bits depend on the number of shards and never on the number of threads.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/network/worker.h"
#include "engine/train/optimizer.h"

namespace kinescore {

struct UpdateOptions {
  double learningRate = 5e-4, lastLearningRate = 2e-5;  // a cosine from one to the other
  int warmUp = 300;
  OptimizerOptions optimizer;
  double clip = 1;               // of the gradient's norm
  double averageDecay = 0.9995;  // of the running average, a step
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

class FlatLearner {
 public:
  FlatLearner(std::vector<ParameterSpec> specs, const at::Tensor& start, const UpdateOptions& options, int shards);

  [[nodiscard]] const std::vector<ParameterSpec>& specs() const { return specs_; }
  [[nodiscard]] const at::Tensor& values() const { return values_; }
  [[nodiscard]] const at::Tensor& averaged() const { return averaged_; }
  [[nodiscard]] int shards() const { return int(gradients_.size()); }
  [[nodiscard]] LearnerProgress& progress() { return progress_; }
  [[nodiscard]] const LearnerProgress& progress() const { return progress_; }
  /// values, average, both moments: the arrays a checkpoint stores, by name.
  [[nodiscard]] std::map<std::string, at::Tensor> arrays();

  /// Leaves over the values, whose gradients add up in this shard's.
  [[nodiscard]] ParameterMap leavesOf(int shard);
  void clearGradients(int shard) { gradients_[std::size_t(shard)].zero_(); }
  /// All shards side by side; throws what one of them threw once all are done.
  void onShards(const std::function<void(int shard)>& work);
  /// Moves the values along the sum of all gradients and counts the step; `report` is told of the gradient and
  /// whether the step was left out. `share` in 0 … 1: how much of the run is done.
  void update(double share, StepReport& report);

 private:
  void move(double share, StepReport& report);
  void waitForAll();

  std::vector<ParameterSpec> specs_;
  UpdateOptions options_;
  LearnerProgress progress_;
  at::Tensor values_, averaged_, first_, second_;
  std::vector<at::Tensor> gradients_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace kinescore
