#include "engine/train/flat_learner.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace kinescore {
namespace {

constexpr std::size_t kGradientMemory = 100;
constexpr double kOutlier = 10;

}  // namespace

FlatLearner::FlatLearner(std::vector<ParameterSpec> specs, const at::Tensor& start, const UpdateOptions& options,
                         int shards)
    : specs_(std::move(specs)), options_(options) {
  values_ = start.clone();
  averaged_ = values_.clone();
  first_ = at::zeros_like(values_);
  second_ = at::zeros_like(values_);
  for (int i = 0; i < shards; ++i) {
    gradients_.push_back(at::zeros_like(values_));
    workers_.push_back(std::make_unique<Worker>());
  }
}

std::map<std::string, at::Tensor> FlatLearner::arrays() {
  return {{"values", values_}, {"average", averaged_}, {"first", first_}, {"second", second_}};
}

ParameterMap FlatLearner::leavesOf(int shard) {
  return trainableViews(specs_, values_, gradients_[std::size_t(shard)]);
}

void FlatLearner::onShards(const std::function<void(int shard)>& work) {
  for (int i = 0; i < shards(); ++i) workers_[std::size_t(i)]->start([&work, i] { work(i); });
  waitForAll();
}

// All of them, also when one failed: they look at the caller's variables.
void FlatLearner::waitForAll() {
  std::exception_ptr failure;
  for (auto& worker : workers_) {
    try {
      worker->wait();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

void FlatLearner::update(double share, StepReport& report) {
  move(share, report);
  ++progress_.step;
}

void FlatLearner::move(double share, StepReport& report) {
  at::NoGradGuard noGradients;
  const at::Tensor& gradients = gradients_[0];
  for (std::size_t i = 1; i < gradients_.size(); ++i) gradients.add_(gradients_[i]);
  // summed row by row in double, so that the bits do not depend on how the sum is split over threads
  report.gradient = std::sqrt(gradients.square().sum(at::kDouble).item<double>());

  auto& history = progress_.gradients;
  if (!std::isfinite(report.gradient) || !std::isfinite(report.loss)) {
    report.skipped = true;
    return;
  }
  if (history.size() >= kGradientMemory / 4) {
    std::vector<double> sorted(history.begin(), history.end());
    std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
    report.skipped = report.gradient > kOutlier * sorted[sorted.size() / 2];
  }
  history.push_back(report.gradient);
  if (history.size() > kGradientMemory) history.pop_front();
  if (report.skipped) return;

  const double n = double(progress_.step);
  const double warm = std::min(1.0, (n + 1) / std::max(1, options_.warmUp));
  const double cosine = 0.5 * (1 + std::cos(M_PI * std::clamp(share, 0.0, 1.0)));
  const double rate =
      warm * (options_.lastLearningRate + (options_.learningRate - options_.lastLearningRate) * cosine);
  if (report.gradient > options_.clip) gradients.mul_(options_.clip / report.gradient);
  const double decay = std::min(options_.averageDecay, (1 + n) / (20 + n));

  const OptimizerArrays arrays{values_, gradients, first_, second_};
  const auto bins = optimizerStep(specs_, arrays, rate, progress_.step, options_.optimizer, shards());
  for (std::size_t i = 0; i < bins.size(); ++i) workers_[i]->start(bins[i]);
  waitForAll();
  averaged_.lerp_(values_, 1 - decay);
}

}  // namespace kinescore
