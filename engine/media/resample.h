// Another sample rate: band-limited interpolation with a Kaiser-windowed sinc (J. O. Smith, "Digital audio resampling",
// CCRMA), with the two filters that resampy publishes, because music features are defined with them.
#pragma once

#include <span>
#include <vector>

namespace kinescore {

/// Best: 50 zero crossings, for what comes from outside. Fast: 24, where the upper part of the band is not needed.
enum class ResampleQuality { Best, Fast };

/// `samples` at `fromRate` to `toRate`: ceil(size · toRate / fromRate) samples, the first at the same instant. Both
/// rates are at least 1.
[[nodiscard]] std::vector<float> resample(std::span<const float> samples, int fromRate, int toRate,
                                          ResampleQuality quality = ResampleQuality::Best);

}  // namespace kinescore
