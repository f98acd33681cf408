// Where a re-solved run of frames meets frames that stay: position and speed join.
#pragma once

#include "engine/solve/solver.h"

namespace kinescore {

/// Frames outside `free` are not touched. A join that already moves like the motion around it stays
/// as it is.
void joinAtBorders(const FrameRange& free, Motion& motion);

}  // namespace kinescore
