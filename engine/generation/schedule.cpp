#include "engine/generation/schedule.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace kinescore {

double logSnrOfTime(double t) {
  assert(t >= 0 && t <= 1);
  const double unclipped = -2.0 * std::log(std::tan(0.5 * std::numbers::pi * t)) + kLogSnrShift;
  return std::clamp(unclipped, kLowestLogSnr, kHighestLogSnr);
}

double timeOfLogSnr(double logSnr) {
  return std::atan(std::exp(-0.5 * (logSnr - kLogSnrShift))) * 2.0 / std::numbers::pi;
}

NoiseLevel noiseLevel(double logSnr) {
  return {logSnr, std::sqrt(1.0 / (1.0 + std::exp(-logSnr))), std::sqrt(1.0 / (1.0 + std::exp(logSnr)))};
}

std::vector<NoiseLevel> samplingLevels(SamplingGrid grid, int steps) {
  assert(steps > 0);
  std::vector<double> logSnrs;
  for (int i = 0; i < steps; ++i) {
    if (grid == SamplingGrid::UniformTime) {
      logSnrs.push_back(logSnrOfTime(double(steps - i) / steps));
    } else {
      const double along = steps == 1 ? 0.0 : double(i) / (steps - 1);
      logSnrs.push_back(kLowestLogSnr + along * (kHighestLogSnr - kLowestLogSnr));
    }
  }
  // Many steps reach into the clipped ends, where steps would be of no length: spread such a run
  // evenly up to the first level that differs (or down from the last one that does).
  const auto firstInside = std::find_if(logSnrs.begin(), logSnrs.end(), [](double l) { return l > kLowestLogSnr; });
  const auto lowRun = firstInside - logSnrs.begin();
  const double inside = firstInside == logSnrs.end() ? kHighestLogSnr : *firstInside;
  for (std::ptrdiff_t i = 1; i < lowRun; ++i) {
    logSnrs[i] = kLowestLogSnr + (inside - kLowestLogSnr) * double(i) / double(lowRun);
  }
  const auto firstHighest = std::find_if(logSnrs.begin(), logSnrs.end(), [](double l) { return l >= kHighestLogSnr; });
  const auto highRun = logSnrs.end() - firstHighest;
  if (highRun > 1) {
    const double below = firstHighest == logSnrs.begin() ? kLowestLogSnr : *(firstHighest - 1);
    for (std::ptrdiff_t i = 0; i < highRun; ++i) {
      firstHighest[i] = below + (kHighestLogSnr - below) * double(i + 1) / double(highRun);
    }
  }
  std::vector<NoiseLevel> levels;
  for (double l : logSnrs) levels.push_back(noiseLevel(l));
  return levels;
}

}  // namespace kinescore
