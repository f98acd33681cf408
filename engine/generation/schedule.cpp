#include "engine/generation/schedule.h"

#include <cassert>
#include <cmath>

namespace kinescore {

double logSnrOfTime(double t) {
  assert(t >= 0 && t <= 1);
  return kHighestLogSnr + t * (kLowestLogSnr - kHighestLogSnr);
}

double timeOfLogSnr(double logSnr) { return (kHighestLogSnr - logSnr) / (kHighestLogSnr - kLowestLogSnr); }

NoiseLevel noiseLevel(double logSnr) {
  return {logSnr, std::sqrt(1.0 / (1.0 + std::exp(-logSnr))), std::sqrt(1.0 / (1.0 + std::exp(logSnr)))};
}

std::vector<NoiseLevel> samplingLevels(SamplingGrid grid, int steps) {
  assert(steps > 0);
  std::vector<double> logSnrs;
  for (int i = 0; i < steps; ++i) {
    if (grid == SamplingGrid::UniformTime) {
      logSnrs.push_back(kLowestLogSnr + double(i) / steps * (kWalkEndLogSnr - kLowestLogSnr));
    } else {
      const double along = steps == 1 ? 0.0 : double(i) / (steps - 1);
      logSnrs.push_back(kLowestLogSnr + along * (kHighestLogSnr - kLowestLogSnr));
    }
  }
  std::vector<NoiseLevel> levels;
  for (double l : logSnrs) levels.push_back(noiseLevel(l));
  return levels;
}

}  // namespace kinescore
