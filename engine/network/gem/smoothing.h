// Filters over time that GEM uses on trajectories and boxes. Beyond both ends the first and the last value go on.
#pragma once

#include <span>
#include <vector>

namespace kinescore::gem {

/// Weights of a Gaussian of σ 3 frames, cut at 12 frames to each side; they sum to 1 (gem.md, appendix C).
[[nodiscard]] std::vector<float> gaussianTaps();
/// Of as many frames as there are taps (odd), equal.
[[nodiscard]] std::vector<float> boxTaps(int frames);

/// One value a frame in, one a frame out.
[[nodiscard]] std::vector<float> smoothed(std::span<const float> values, std::span<const float> taps);

}  // namespace kinescore::gem
