#include "engine/media/onsets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace kinescore {

std::vector<float> onsetStrength(std::span<const float> decibels, int bands, int delay) {
  const int frames = int(decibels.size()) / bands;
  std::vector<float> strength(frames);
  for (int f = 1; f < frames; ++f) {
    if (f + delay >= frames) break;
    const float* now = decibels.data() + std::size_t(f) * bands;
    const float* before = now - bands;
    float rise = 0;
    for (int b = 0; b < bands; ++b) rise += std::max(0.0f, now[b] - before[b]);
    strength[f + delay] = rise / float(bands);
  }
  return strength;
}

PeakRules usualPeakRules(double framesPerSecond) {
  const int short_ = int(0.03 * framesPerSecond), long_ = int(0.10 * framesPerSecond);
  return {short_, 1, long_, long_ + 1, short_, 0.07f};
}

std::vector<int> pickPeaks(std::span<const float> strength, const PeakRules& rules) {
  if (strength.empty()) return {};
  const auto [low, high] = std::minmax_element(strength.begin(), strength.end());
  const float range = *high - *low;
  if (!(range > 0)) return {};
  std::vector<float> scaled;
  for (const float value : strength) scaled.push_back((value - *low) / (range + std::numeric_limits<float>::min()));

  const int frames = int(scaled.size());
  std::vector<int> peaks;
  int last = -1 - rules.apart;
  for (int n = 0; n < frames; ++n) {
    const auto part = [&](int before, int after) {
      return std::span(scaled).subspan(std::max(0, n - before), std::min(frames, n + after) - std::max(0, n - before));
    };
    const auto around = part(rules.beforeMax, rules.afterMax), mean = part(rules.beforeMean, rules.afterMean);
    const double average = std::accumulate(mean.begin(), mean.end(), 0.0) / double(mean.size());
    const bool isGreatest = scaled[n] >= *std::max_element(around.begin(), around.end());
    if (!isGreatest || scaled[n] <= 0 || scaled[n] < average + rules.above || n <= last + rules.apart) continue;
    peaks.push_back(n);
    last = n;
  }
  return peaks;
}

}  // namespace kinescore
