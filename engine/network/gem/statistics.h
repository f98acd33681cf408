// What GEM's motion vector and camera velocity are measured in: constants of the program, in no checkpoint
// (gem.md 2.3 and appendix A).
#pragma once

#include <array>

#include "engine/network/gem/motion_vector.h"

namespace kinescore::gem {

/// x = normalised · deviation + mean, channel by channel.
struct MotionStatistics {
  MotionVector mean{}, deviation{};
};

/// The published ones. Deviations below 1 count as 1, so that all but six are 1.
[[nodiscard]] const MotionStatistics& publishedStatistics();
/// Raw deviations as they take effect.
[[nodiscard]] MotionVector effectiveDeviations(const MotionVector& raw);

[[nodiscard]] MotionVector normalizedVector(const MotionVector& x, const MotionStatistics& statistics);
[[nodiscard]] MotionVector denormalizedVector(const MotionVector& x, const MotionStatistics& statistics);

/// Of the raw 6D camera velocity; the identity normalises to zero.
constexpr SixD kCameraVelocityMean = {1, 0, 0, 0, 1, 0};
constexpr SixD kCameraVelocityDeviation = {0.001f, 0.1f, 0.1f, 0.1f, 0.001f, 0.1f};
[[nodiscard]] SixD normalizedCameraVelocity(const SixD& raw);

/// The camera head's output is scaled and moved by these; s is then kept at or above the smallest.
constexpr std::array<float, kCameraChannels> kCameraMean = {1.0606f, -0.0027f, 0.2702f};
constexpr std::array<float, kCameraChannels> kCameraDeviation = {0.1784f, 0.0956f, 0.0764f};
constexpr float kSmallestCameraScale = 0.25f;

}  // namespace kinescore::gem
