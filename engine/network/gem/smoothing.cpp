#include "engine/network/gem/smoothing.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace kinescore::gem {

std::vector<float> gaussianTaps() {
  constexpr int kRadius = 12;
  constexpr double kSigma = 3;
  std::vector<double> weights;
  double sum = 0;
  for (int k = -kRadius; k <= kRadius; ++k) {
    weights.push_back(std::exp(-0.5 * k * k / (kSigma * kSigma)));
    sum += weights.back();
  }
  std::vector<float> taps;
  for (const double weight : weights) taps.push_back(float(weight / sum));
  return taps;
}

std::vector<float> boxTaps(int frames) { return std::vector<float>(std::size_t(frames), 1.0f / float(frames)); }

std::vector<float> smoothed(std::span<const float> values, std::span<const float> taps) {
  assert(taps.size() % 2 == 1);
  const auto last = std::ptrdiff_t(values.size()) - 1, radius = std::ptrdiff_t(taps.size() / 2);
  std::vector<float> result(values.size());
  for (std::ptrdiff_t t = 0; t <= last; ++t) {
    double sum = 0;
    for (std::ptrdiff_t k = -radius; k <= radius; ++k) {
      sum += double(taps[std::size_t(k + radius)]) * values[std::size_t(std::clamp<std::ptrdiff_t>(t + k, 0, last))];
    }
    result[std::size_t(t)] = float(sum);
  }
  return result;
}

}  // namespace kinescore::gem
