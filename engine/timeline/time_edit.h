// Edits that reach further than the clip they are asked for: what is inside it (scale, slip), its
// neighbours (slide), everything behind it (ripple). Pure functions like those of edit.h.
//
// Ripple works on the tracks of the clips it is asked for, and only there: a sound that was laid
// against the picture stays when a prompt gets shorter. Keys without length take no room, so
// deleting one closes nothing.
#pragma once

#include <span>

#include "engine/timeline/patch.h"

namespace kinescore {

/// `from` becomes `to`, and the clips in it keep their places in proportion, on whole frames of the
/// project. Strength curves and paths go along; video and references play faster or slower, sound
/// does not: it is cut or goes on. Single keys keep their length, and no clip gets shorter than a frame.
[[nodiscard]] Result<TimelinePatch> scaleClips(const Timeline&, std::span<const ObjectId> clips, TimeRange from,
                                               TimeRange to);
/// The span stays, what plays in it comes `delta` later: the in point of sound, video and references
/// (not before their beginning), the points of a path. Clips with nothing inside are left out; when
/// that is all of them it is refused.
[[nodiscard]] Result<TimelinePatch> slipClips(const Timeline&, std::span<const ObjectId> clips, Ticks delta);
/// The clip moves and the neighbours that touch or overlap it are trimmed along, so that no gap opens
/// and joins keep their length. It stops where a neighbour would be shorter than a frame.
[[nodiscard]] Result<TimelinePatch> slideClip(const Timeline&, ObjectId clip, Ticks delta);

/// Two clips that overlap (a join) or touch: their overlap becomes `length`, its middle stays. 0 is a
/// hard cut; neither clip gets shorter than a frame.
[[nodiscard]] Result<TimelinePatch> setJoinLength(const Timeline&, ObjectId earlier, ObjectId later, Ticks length);

/// The clips and everything that begins after the first of them on their tracks; stops at 0.
[[nodiscard]] Result<TimelinePatch> rippleMove(const Timeline&, std::span<const ObjectId> clips, Ticks delta);
/// A clip gets another length and what begins after it on its track follows. A new start leaves the
/// clip where it is: what was cut off in front is closed.
[[nodiscard]] Result<TimelinePatch> rippleTrim(const Timeline&, ObjectId clip, TimeRange span);
/// Deletes, and what follows on the same tracks closes the gap. Time that a remaining clip fills is
/// no gap.
[[nodiscard]] Result<TimelinePatch> rippleDelete(const Timeline&, std::span<const ObjectId> clips);
/// Opens `length` at `at` on these tracks: clips that begin there or later move, one that lies over it
/// is split. Holds and keys are not split.
[[nodiscard]] Result<TimelinePatch> makeRoom(const Timeline&, IdSource&, std::span<const ObjectId> tracks, Ticks at,
                                             Ticks length);

}  // namespace kinescore
