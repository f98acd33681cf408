// Poses that are taken from what the shown take does: its key moments, and the two ends of a loop. Each is one step of
// the history.
#pragma once

#include "ui/document/session.h"

namespace kinescore {

/// Pins the take's key moments within the time selection, else the play range (keyFramesOf), on the first unlocked pose
/// track. What is pinned at such a moment, or within two frames of it, stays as it is. How many were pinned; 0 with a
/// sentence from the session when there is no take.
int makePosesFromTake(Session& session);

/// The time selection, else the play range, ends as it begins: the take's first frame in it is pinned there and once
/// more at its end, carried to where the take has got to and is turned to by then (who goes less than 30 cm ends on the
/// spot); the frames after them are leaned towards, so that the speed goes on. It becomes the play range and is looped;
/// the pose at its end is the next round's and is not played itself. False with a sentence from the session where that cannot be.
bool makeLoop(Session& session);

}  // namespace kinescore
