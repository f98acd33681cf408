// Defects of the capture itself, mended before anything is measured on it.
#pragma once

#include "engine/motion/motion.h"

namespace kinescore {

/// A joint that jumps away for one or two frames and comes back is put between its neighbours.
/// Returns the number of joint-frames changed.
int removeSpikes(Motion& motion);

/// Replaces the frames inside (first, last) by a smooth way from one to the other, all joints and
/// the root.
void bridgeFrames(Motion& motion, std::int64_t first, std::int64_t last);

}  // namespace kinescore
