#include "engine/train/optimizer.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace kinescore {
namespace {

// Steps as large as AdamW's usual ones, whose root mean square is about this share of the rate.
constexpr double kUsualStep = 0.2;

void stepMatrix(const ParameterSpec& spec, const OptimizerArrays& arrays, double rate, const OptimizerOptions& options) {
  at::NoGradGuard noGradients;
  const auto view = [&](const at::Tensor& flat) { return flat.narrow(0, spec.offset, spec.count()).view(spec.shape); };
  const at::Tensor value = view(arrays.values), slope = view(arrays.gradients), momentum = view(arrays.first);
  momentum.lerp_(slope, 1 - options.momentum);
  const at::Tensor direction = orthogonalised(slope.lerp(momentum, options.momentum));  // looks one step ahead
  value.mul_(1 - rate * options.weightDecay);
  value.add_(direction, -rate * kUsualStep * std::sqrt(double(std::max(spec.shape[0], spec.shape[1]))));
}

void stepRun(std::int64_t from, std::int64_t count, bool decays, const OptimizerArrays& arrays, double rate,
             std::int64_t step, const OptimizerOptions& options) {
  at::NoGradGuard noGradients;
  const auto view = [&](const at::Tensor& flat) { return std::vector<at::Tensor>{flat.narrow(0, from, count)}; };
  std::vector<at::Tensor> values = view(arrays.values), slopes = view(arrays.gradients), first = view(arrays.first),
                          second = view(arrays.second), counts = {at::full({}, float(step + 1))};
  at::_fused_adamw_(values, slopes, first, second, {}, counts, rate, options.beta1, options.beta2,
                    decays ? options.weightDecay : 0, 1e-8, false, false);
}

// Multiplications of one matrix' five iterations.
double workOf(const ParameterSpec& spec) {
  const double narrow = double(std::min(spec.shape[0], spec.shape[1]));
  return 5 * narrow * narrow * (2.0 * double(std::max(spec.shape[0], spec.shape[1])) + narrow);
}

}  // namespace

at::Tensor orthogonalised(const at::Tensor& matrix) {
  // a·x + b·x³ + c·x⁵, steep at 0: the coefficients of the publication
  constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
  constexpr int kIterations = 5;
  const bool isTall = matrix.size(0) > matrix.size(1);
  at::Tensor x = isTall ? matrix.t().contiguous() : matrix;
  // summed in double: the same on any number of threads
  x = x / (std::sqrt(x.square().sum(at::kDouble).item<double>()) + 1e-7);
  for (int i = 0; i < kIterations; ++i) {
    const at::Tensor square = at::mm(x, x.t());
    x = at::addmm(x, at::addmm(square, square, square, b, c), x, a, 1.0);
  }
  return isTall ? x.t() : x;
}

std::vector<std::function<void()>> optimizerStep(const std::vector<ParameterSpec>& specs,
                                                 const OptimizerArrays& arrays, double rate, std::int64_t step,
                                                 const OptimizerOptions& options, int bins) {
  struct Job {
    double work;
    std::function<void()> run;
  };
  constexpr double kWorkOfANumber = 12;  // AdamW's, in multiplications
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < specs.size();) {
    const ParameterSpec& spec = specs[i];
    if (spec.isHidden) {
      jobs.push_back({workOf(spec), [&spec, &arrays, rate, &options] { stepMatrix(spec, arrays, rate, options); }});
      ++i;
      continue;
    }
    std::size_t end = i;
    std::int64_t count = 0;
    for (; end < specs.size() && !specs[end].isHidden && specs[end].decays == spec.decays; ++end) {
      count += specs[end].count();
    }
    jobs.push_back({kWorkOfANumber * double(count), [&spec, count, &arrays, rate, step, &options] {
                      stepRun(spec.offset, count, spec.decays, arrays, rate, step, options);
                    }});
    i = end;
  }
  std::stable_sort(jobs.begin(), jobs.end(), [](const Job& x, const Job& y) { return x.work > y.work; });
  std::vector<std::vector<std::function<void()>>> filled(bins);
  std::vector<double> load(bins, 0);
  for (Job& job : jobs) {
    const auto least = std::min_element(load.begin(), load.end()) - load.begin();
    load[least] += job.work;
    filled[least].push_back(std::move(job.run));
  }
  std::vector<std::function<void()>> result;
  for (auto& bin : filled) {
    result.push_back([bin = std::move(bin)] {
      for (const auto& run : bin) run();
    });
  }
  return result;
}

}  // namespace kinescore
