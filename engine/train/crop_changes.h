// What makes more motion out of little: the same motion a little faster or slower, and the legs of one motion under
// the upper body of another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/random.h"
#include "engine/generation/features.h"

namespace kinescore {

/// A pace within ±15 %, or ±7 % where the body flies for part of the frames (a fall takes the time it takes).
/// `values`: the frames it would be taken from.
[[nodiscard]] double drawPace(std::span<const float> values, CounterRandom& random);

/// `frames` frames of world-space features from frame `start` on, `pace` source frames for each, with velocities
/// measured anew. The caller sees to it that the source is long enough.
[[nodiscard]] std::vector<float> atPace(const MotionFeatures& source, std::int64_t start, int frames, double pace);

/// The upper body of `upper` (Spine and all that hangs on it, as turned from the heading) on the hips and legs of
/// `lower`; both [frames][273]. Nothing when the two go together badly: hips of different speed, turning or tilt.
[[nodiscard]] std::optional<std::vector<float>> joinedBodies(std::span<const float> lower, std::span<const float> upper);

}  // namespace kinescore
