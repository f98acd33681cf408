// How noisy, and which noise levels a sampler walks. A level is named by its log-SNR, ln(α²/σ²),
// with α² + σ² = 1: x = α · clean + σ · noise. All in doubles, on the host, once a run.
#pragma once

#include <vector>

namespace kinescore {

/// The cosine schedule moved towards noise: motion is low-rank, so it takes more noise than pixels
/// do to hide it. Clipped, since the cosine's ends are infinite.
constexpr double kLogSnrShift = -1.4;
constexpr double kLowestLogSnr = -7.0;
constexpr double kHighestLogSnr = 6.0;

/// Log-SNR at time t, 0 (clean) … 1 (noise), clipped to [kLowestLogSnr, kHighestLogSnr].
[[nodiscard]] double logSnrOfTime(double t);
/// The time at which the unclipped schedule has this log-SNR.
[[nodiscard]] double timeOfLogSnr(double logSnr);

/// Shares of signal and noise at a level.
struct NoiseLevel {
  double logSnr = 0;
  double alpha = 1, sigma = 0;
};
[[nodiscard]] NoiseLevel noiseLevel(double logSnr);

enum class SamplingGrid {
  UniformTime,    // t = 1, (n-1)/n … 1/n ("trailing": the first step sees pure noise)
  UniformLogSnr,  // evenly from the lowest to the highest log-SNR
};
/// The levels at which the network is asked, noisiest first; after the last one comes the clean
/// motion itself. Strictly rising log-SNR: levels that the clipping made equal are spread.
[[nodiscard]] std::vector<NoiseLevel> samplingLevels(SamplingGrid grid, int steps);

}  // namespace kinescore
