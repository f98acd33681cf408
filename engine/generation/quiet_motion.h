// What hardly moves comes to rest. Of sampled motion every limb trembles by about as much whether it is flung or rests: captured
// quiet passages have half of that jerk (docs/quality.md). So each limb is smoothed by how slowly it turns, as a camera's
// stabiliser does, and a fast one is left as it is.
#pragma once

#include <span>

#include "engine/core/ticks.h"

namespace kinescore {

/// Of a limb that stands still the deviation of the Gaussian over time, frames.
constexpr double kRestingFrames = 1.5;
/// Half of it at this speed, a fifth at twice that: entries of a rotation matrix's two columns a second (√2 times radians),
/// and metres a second of hips and root.
constexpr double kRestingTurn = 0.4, kRestingSpeed = 0.1;

/// Smooths root, hips and turns of the frames `made` of world features, [frames][273], not normalised; the others are looked
/// at. Speeds and contacts stay.
void calmQuietLimbs(FrameRange made, std::span<float> worldFeatures);

}  // namespace kinescore
