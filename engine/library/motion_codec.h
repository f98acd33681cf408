// Motions of kinescore22 as small integers that compress well: rotation vectors in steps of
// 1.95e-4 rad (worst error 0.0097°), roots in steps of 0.2 mm, each channel predicted from its own
// past and split into byte planes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

constexpr double kRotationStep = 1.95e-4;  // radians
constexpr double kRootStep = 2e-4;         // metres
/// Roots farther than this from the origin cannot be written.
constexpr double kMaxRootDistance = 1e5;

/// Bytes that `frames` frames in `clips` clips take before compression.
[[nodiscard]] std::size_t encodedMotionBytes(std::int64_t frames, std::int64_t clips);

[[nodiscard]] std::string encodeMotions(std::span<const Motion* const> motions);

/// `frames` of each clip; `bytes` must be exactly encodedMotionBytes long.
[[nodiscard]] Result<std::vector<Motion>> decodeMotions(std::string_view bytes,
                                                        std::span<const std::int64_t> frames);

}  // namespace kinescore
