// GEM's noise schedule: 1,000 cosine steps, of which a sampler walks a subset, and the update of a DDIM step
// (gem.md 4 and appendix B). Tables are in double; what a step uses is rounded to float before any arithmetic, as
// the numbers of the noisiest step are near 20,000 and cancel.
#pragma once

#include <vector>

namespace kinescore::gem {

constexpr int kTrainSteps = 1000;
constexpr int kSamplingSteps = 50;
constexpr int kLastTimestep = kTrainSteps - 1;  // also the one of the regression mode

/// βᵢ and ᾱᵢ of the training steps.
struct NoiseTables {
  std::vector<double> beta, alphaBar;
};
[[nodiscard]] NoiseTables cosineSchedule(int steps = kTrainSteps);

/// Which of the training steps are walked: the range is cut into as many sections as there are counts, and each count
/// spread evenly over its section, both ends included. {50}: 0, 20, 41, …, 999.
[[nodiscard]] std::vector<int> respacedTimesteps(const std::vector<int>& sectionCounts, int steps = kTrainSteps);

/// The tables of a subset, in the same order (index 0: least noise).
struct SamplingTables {
  std::vector<int> timesteps;
  std::vector<double> beta, alphaBar, alphaBarBefore, rootRecip, rootRecipMinusOne;  // √(1/ᾱ), √(1/ᾱ − 1)
};
[[nodiscard]] SamplingTables samplingTables(const NoiseTables& all, std::vector<int> timesteps);

/// The numbers of one update: ε = (a · x − x₀) / b, next x = x₀ · c + d · ε.
struct DdimStep {
  int timestep = 0;
  float rootRecip = 1, rootRecipMinusOne = 0;       // a, b
  float rootAlphaBefore = 1, rootNoiseBefore = 0;   // c, d
};
/// Noisiest first, as they are walked.
[[nodiscard]] std::vector<DdimStep> ddimSteps(int count = kSamplingSteps);
[[nodiscard]] DdimStep ddimStep(const SamplingTables& tables, int index);

/// Shares of signal and noise at a training step: x_t = √ᾱ · x₀ + √(1−ᾱ) · noise.
struct ForwardNoise {
  float signal = 1, noise = 0;
};
[[nodiscard]] ForwardNoise forwardNoise(const NoiseTables& tables, int timestep);

}  // namespace kinescore::gem
