// How a value at a time depends on the frames around it: the weights that evaluate() uses.
#pragma once

#include "engine/core/ticks.h"
#include "engine/motion/motion.h"
#include "engine/solve/smooth_curve.h"

namespace kinescore {

/// Joint rotations: slerp between two frames, to first order a weighted sum.
[[nodiscard]] CurveRow rotationRow(const Motion& motion, Ticks time, double strength);
/// The root's position: cubic Hermite through four frames.
[[nodiscard]] CurveRow rootRow(const Motion& motion, Ticks time, double strength);

/// A time in frames, clamped to the motion.
[[nodiscard]] double framePositionOf(const Motion& motion, Ticks time);

}  // namespace kinescore
