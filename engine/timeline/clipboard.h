// Clips on their way through the clipboard, within a project or from one to another. What is copied
// is a patch that would create the clips and the tracks they lay on, so that its text says all that
// another project needs to know.
//
//   clipboard.setText(writePatch(copyClips(timeline, ids)));
//   pasteClips(timeline, ids, *readPatch(clipboard.text()), playhead, PasteMode::Over);
#pragma once

#include <span>

#include "engine/timeline/patch.h"

namespace kinescore {

/// Empty when none of the clips is there.
[[nodiscard]] TimelinePatch copyClips(const Timeline&, std::span<const ObjectId> clips);
[[nodiscard]] bool holdsClips(const TimelinePatch& copied);

/// Over: beside what is there. Ripple: what begins later on the tracks pasted to makes room.
enum class PasteMode { Over, Ripple };

/// The first of the copied clips starts at `at`. Each goes to the track it came from; when that is gone
/// or locked, to one of its kind, by name if possible and a different one for each copied track; when
/// there is none, to a new one. Locked clips arrive unlocked.
[[nodiscard]] Result<TimelinePatch> pasteClips(const Timeline&, IdSource&, const TimelinePatch& copied, Ticks at,
                                               PasteMode mode);

}  // namespace kinescore
