#include "engine/network/gem/schedule.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace kinescore::gem {
namespace {

double cosineAlphaBar(double u) {
  const double c = std::cos((u + 0.008) / 1.008 * M_PI / 2);
  return c * c;
}

}  // namespace

NoiseTables cosineSchedule(int steps) {
  NoiseTables tables;
  double alphaBar = 1;
  for (int i = 0; i < steps; ++i) {
    const double beta =
        std::min(1 - cosineAlphaBar(double(i + 1) / steps) / cosineAlphaBar(double(i) / steps), 0.999);
    alphaBar *= 1 - beta;
    tables.beta.push_back(beta);
    tables.alphaBar.push_back(alphaBar);
  }
  return tables;
}

std::vector<int> respacedTimesteps(const std::vector<int>& sectionCounts, int steps) {
  const int sections = int(sectionCounts.size());
  assert(sections > 0);
  std::vector<int> timesteps;
  int start = 0;
  for (int i = 0; i < sections; ++i) {
    const int size = steps / sections + (i < steps % sections ? 1 : 0);
    const int count = sectionCounts[i];
    assert(count > 0 && count <= size);
    const double stride = count == 1 ? 1 : double(size - 1) / (count - 1);
    double at = 0;  // added up, since a product rounds differently
    for (int k = 0; k < count; ++k, at += stride) timesteps.push_back(start + int(std::nearbyint(at)));
    start += size;
  }
  return timesteps;
}

SamplingTables samplingTables(const NoiseTables& all, std::vector<int> timesteps) {
  SamplingTables tables;
  tables.timesteps = std::move(timesteps);
  double before = 1, product = 1;
  for (const int t : tables.timesteps) {
    const double beta = 1 - all.alphaBar[t] / before;
    before = all.alphaBar[t];
    tables.beta.push_back(beta);
    tables.alphaBarBefore.push_back(product);
    product *= 1 - beta;
    tables.alphaBar.push_back(product);
    tables.rootRecip.push_back(std::sqrt(1 / product));
    tables.rootRecipMinusOne.push_back(std::sqrt(1 / product - 1));
  }
  return tables;
}

DdimStep ddimStep(const SamplingTables& tables, int index) {
  const float before = float(tables.alphaBarBefore[index]);
  return {tables.timesteps[index], float(tables.rootRecip[index]), float(tables.rootRecipMinusOne[index]),
          std::sqrt(before), std::sqrt(1.0f - before)};
}

std::vector<DdimStep> ddimSteps(int count) {
  const SamplingTables tables = samplingTables(cosineSchedule(), respacedTimesteps({count}));
  std::vector<DdimStep> steps;
  for (int k = count - 1; k >= 0; --k) steps.push_back(ddimStep(tables, k));
  return steps;
}

ForwardNoise forwardNoise(const NoiseTables& tables, int timestep) {
  const double alphaBar = tables.alphaBar[timestep];
  return {float(std::sqrt(alphaBar)), float(std::sqrt(1 - alphaBar))};
}

}  // namespace kinescore::gem
