// What the edits share: refusals, looking up what may be changed, patches of one object. Only the
// files of engine/timeline include this.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/timeline/patch.h"

namespace kinescore::editing {

[[nodiscard]] Error refuse(std::string sentence);
[[nodiscard]] Error noSuch(const char* what);

[[nodiscard]] ObjectChange created(TimelineObject object);
[[nodiscard]] ObjectChange deleted(TimelineObject object);
/// Empty when nothing differs.
[[nodiscard]] TimelinePatch changedTo(TimelineObject before, TimelineObject after);

/// The patch, if it can be applied; an edit never hands out one that cannot.
[[nodiscard]] Result<TimelinePatch> tried(const Timeline&, TimelinePatch patch);
/// The same, and no pose key lies on another one: nothing is replaced silently.
[[nodiscard]] Result<TimelinePatch> withKeysApart(const Timeline&, TimelinePatch patch);

[[nodiscard]] Result<std::shared_ptr<const Track>> unlockedTrack(const Timeline&, ObjectId id);
[[nodiscard]] Result<std::shared_ptr<const Clip>> unlockedClip(const Timeline&, ObjectId id);
/// Each once, all there and unlocked.
[[nodiscard]] Result<std::vector<std::shared_ptr<const Clip>>> unlockedClips(const Timeline&,
                                                                             std::span<const ObjectId> ids);
[[nodiscard]] std::string titleOf(const Clip& clip);
[[nodiscard]] bool isPoseKey(const Clip& clip);

[[nodiscard]] TimeRange movedBy(TimeRange span, Ticks delta);
/// The furthest a group can move to the left is to 0.
[[nodiscard]] Ticks stoppedAtZero(const std::vector<std::shared_ptr<const Clip>>& clips, Ticks delta);
[[nodiscard]] Ticks scaled(Ticks length, double factor);
/// A clip begins `by` later; what is inside keeps its place in the document.
void shiftInside(Clip& clip, Ticks by);
/// The change of a clip that begins and ends `by` later.
[[nodiscard]] ObjectChange moved(const Clip& clip, Ticks by);

}  // namespace kinescore::editing
