// How noisy, and which noise levels a sampler walks. A level is named by its log-SNR, ln(α²/σ²),
// with α² + σ² = 1: x = α · clean + σ · noise. All in doubles, on the host, once a run.
#pragma once

#include <vector>

namespace kinescore {

/// Log-SNR falls evenly with time. The noisy end lies far below where a single number drowns: all 268 pose
/// channels of a window move together, and over 192 frames the slowest of their principal directions has
/// 4,700 times the power of the noise's unit (measured on the library). At −7 it is still four times as loud as
/// the noise: a sampler that starts there takes its pose from the noise, and no text can change it. At −12 it has
/// sunk to a thirtieth of the noise.
constexpr double kLowestLogSnr = -12.0;
constexpr double kHighestLogSnr = 6.0;
/// Where a walk ends, its last step left out (trailing). Nearer to clean motion every step takes detail away instead of
/// adding it, since what the network sees is a little smoother than motion is (docs/quality.md).
constexpr double kWalkEndLogSnr = 4.0;

/// Log-SNR at time t, 0 (clean) … 1 (noise), and back.
[[nodiscard]] double logSnrOfTime(double t);
[[nodiscard]] double timeOfLogSnr(double logSnr);

/// Shares of signal and noise at a level.
struct NoiseLevel {
  double logSnr = 0;
  double alpha = 1, sigma = 0;
};
[[nodiscard]] NoiseLevel noiseLevel(double logSnr);

enum class SamplingGrid {
  UniformTime,    // from the lowest level on in even steps, the one onto the walk's end left out ("trailing")
  UniformLogSnr,  // evenly from the lowest to the highest log-SNR
};
/// The levels at which the network is asked, noisiest first; after the last one comes the clean
/// motion itself.
[[nodiscard]] std::vector<NoiseLevel> samplingLevels(SamplingGrid grid, int steps);

}  // namespace kinescore
