// How toes travel: high enough to clear the floor, or through it. Says what the skate figure hides,
// which counts a toe only below a height.
#pragma once

#include <vector>

#include "engine/motion/motion.h"

namespace kinescore {

/// Metres above the floor of toes that move faster than 1 m/s over it, a value a frame and foot.
[[nodiscard]] std::vector<float> fastToeHeights(const Motion& motion);

/// Share 0 … 1 of a list, by linear interpolation; 0 for an empty one.
[[nodiscard]] double quantileOf(std::vector<float> values, double share);

}  // namespace kinescore
