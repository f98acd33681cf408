// The frames that tell what a motion does: where it starts, stops, and rests or turns in between.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/motion/motion.h"

namespace kinescore {

struct KeyFrameSpacing {
  double leastSeconds = 0.4;  // two of them are never nearer
  double mostSeconds = 1.5;   // nor further apart
};

/// Extremes of the motion within `range` (frames of it, cut to what there is), in order: its first and last frame, and
/// between them those where the joints move least (local minima of their mean speed in the world), since there a limb
/// ends its way. Empty for an empty range.
[[nodiscard]] std::vector<std::int64_t> keyFramesOf(const Motion& motion, FrameRange range, KeyFrameSpacing spacing = {});

}  // namespace kinescore
