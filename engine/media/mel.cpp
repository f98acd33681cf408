#include "engine/media/mel.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace kinescore {
namespace {

constexpr double kHertzPerMel = 200.0 / 3, kLogFrom = 1000, kLogFromMel = kLogFrom / kHertzPerMel;
const double kLogStep = std::log(6.4) / 27;

double melOf(double hertz) {
  return hertz < kLogFrom ? hertz / kHertzPerMel : kLogFromMel + std::log(hertz / kLogFrom) / kLogStep;
}
double hertzOf(double mel) {
  return mel < kLogFromMel ? mel * kHertzPerMel : kLogFrom * std::exp(kLogStep * (mel - kLogFromMel));
}

}  // namespace

MelBank::MelBank(int rate, int fftSize, int bands, double lowest, double highest) : rows_(bands) {
  std::vector<double> edges(bands + 2);
  const double from = melOf(lowest), to = melOf(highest);
  for (int i = 0; i < bands + 2; ++i) edges[i] = hertzOf(from + (to - from) * i / (bands + 1));
  for (int b = 0; b < bands; ++b) {
    const double low = edges[b], middle = edges[b + 1], high = edges[b + 2];
    for (int bin = 0; bin <= fftSize / 2; ++bin) {
      const double hertz = double(bin) * rate / fftSize;
      const double weight = std::min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      if (weight <= 0) continue;
      if (rows_[b].weights.empty()) rows_[b].first = bin;
      rows_[b].weights.push_back(float(weight * 2 / (high - low)));
    }
  }
}

void MelBank::apply(std::span<const float> bins, std::span<float> out) const {
  assert(out.size() == rows_.size());
  for (std::size_t b = 0; b < rows_.size(); ++b) {
    const float* from = bins.data() + rows_[b].first;
    double sum = 0;
    for (std::size_t i = 0; i < rows_[b].weights.size(); ++i) sum += double(rows_[b].weights[i]) * from[i];
    out[b] = float(sum);
  }
}

void toDecibels(std::span<float> power) {
  constexpr float kQuietest = 1e-10f, kRange = 80;
  float loudest = -100;
  for (float& value : power) {
    value = 10 * std::log10(std::max(kQuietest, value));
    loudest = std::max(loudest, value);
  }
  for (float& value : power) value = std::max(value, loudest - kRange);
}

}  // namespace kinescore
