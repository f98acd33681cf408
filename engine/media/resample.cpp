#include "engine/media/resample.h"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

namespace kinescore {
namespace {

constexpr int kMostPhases = 4096;  // beyond, weights are interpolated between two neighbours

struct Filter {
  int zeros;
  double rolloff, beta;
};
constexpr Filter kBest{50, 0.9173473712608761, 12.984585};
constexpr Filter kFast{24, 0.8682120388377784, 9.903222};

double sinc(double x) {
  return std::abs(x) < 1e-12 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

/// At `t` zero crossings of the slower rate from the middle.
double weightOf(const Filter& filter, double t) {
  const double share = t / filter.zeros;
  if (std::abs(share) >= 1) return 0;
  const double taper =
      std::cyl_bessel_i(0.0, filter.beta * std::sqrt(1 - share * share)) / std::cyl_bessel_i(0.0, filter.beta);
  return filter.rolloff * sinc(filter.rolloff * t) * taper;
}

/// For each of some positions between two samples the weights of the samples around: row p for a position p / phases.
class WeightTable {
 public:
  WeightTable(const Filter& filter, double ratio, int phases) : phases_(phases) {
    const double scale = std::min(1.0, ratio);
    reach_ = int(std::ceil(filter.zeros / scale));
    weights_.resize(std::size_t(phases + 1) * width());
    for (int p = 0; p <= phases; ++p) {
      for (int k = 0; k < width(); ++k) {
        const double distance = k - (reach_ - 1) - double(p) / phases;
        weights_[std::size_t(p) * width() + k] = float(scale * weightOf(filter, distance * scale));
      }
    }
  }
  [[nodiscard]] int width() const { return 2 * reach_; }
  /// The first of `width` samples lies so many before the one at or before the position.
  [[nodiscard]] int before() const { return reach_ - 1; }
  /// Sum of weights times samples, with silence outside [0, size).
  [[nodiscard]] float sumAt(std::span<const float> samples, std::int64_t first, int phase) const {
    const std::int64_t from = std::max<std::int64_t>(0, -first);
    const std::int64_t to = std::min<std::int64_t>(width(), std::int64_t(samples.size()) - first);
    if (to <= from) return 0;
    const float* weights = weights_.data() + std::size_t(phase) * width();
    return Eigen::Map<const Eigen::VectorXf>(weights + from, to - from)
        .dot(Eigen::Map<const Eigen::VectorXf>(samples.data() + first + from, to - from));
  }

 private:
  int phases_, reach_ = 0;
  std::vector<float> weights_;
};

}  // namespace

std::vector<float> resample(std::span<const float> samples, int fromRate, int toRate, ResampleQuality quality) {
  assert(fromRate >= 1 && toRate >= 1);
  if (fromRate == toRate) return {samples.begin(), samples.end()};
  const int common = std::gcd(fromRate, toRate);
  const std::int64_t up = toRate / common, down = fromRate / common;
  const auto size = std::int64_t((std::int64_t(samples.size()) * up + down - 1) / down);
  const int phases = int(std::min<std::int64_t>(up, kMostPhases));
  const WeightTable table(quality == ResampleQuality::Best ? kBest : kFast, double(toRate) / fromRate, phases);
  std::vector<float> out(size);
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t sample = i * down / up, rest = i * down % up;
    const std::int64_t first = sample - table.before();
    const double position = double(rest) * phases / double(up);
    const int phase = int(position);
    const auto share = float(position - phase);
    float value = table.sumAt(samples, first, phase);
    if (share > 0) value += share * (table.sumAt(samples, first, phase + 1) - value);
    out[i] = value;
  }
  return out;
}

}  // namespace kinescore
