// Limbs whose turn about their own axis the capture left open, or got wrong by half a turn.
#pragma once

#include "engine/retarget/mapped_clip.h"

namespace kinescore {

/// Feet solved upside down, and thighs with the knee on the wrong side, are turned by half about
/// their own axis: for as long as that makes the clip smooth, not frame by frame.
void mendHalfTurns(MappedClip& clip);

/// Captures put the pronation into the wrist or into the elbow as they like: forearm and hand get
/// half each, which is how a forearm looks. The hand keeps its place in the world.
void sharePronation(MappedClip& clip);

}  // namespace kinescore
