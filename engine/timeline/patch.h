// An edit as data: which objects were there before and which after. There is one apply and one
// inverse; the undo stack, the journal's line, the clipboard and the random-edit test use the same
// patch.
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/timeline/timeline.h"

namespace kinescore {

struct ObjectChange {
  ObjectId id;
  std::optional<TimelineObject> before;  // absent: the object is created
  std::optional<TimelineObject> after;   // absent: it is deleted
  bool operator==(const ObjectChange&) const = default;
};

struct TimelinePatch {
  std::vector<ObjectChange> changes;  // in order
  bool operator==(const TimelinePatch&) const = default;
  [[nodiscard]] bool isEmpty() const { return changes.empty(); }
};

/// Fails, changing nothing, when a `before` is not what stands there, a clip's track is missing or
/// of the wrong kind, or a span is empty.
[[nodiscard]] Result<Timeline> apply(const Timeline& timeline, const TimelinePatch& patch);
[[nodiscard]] TimelinePatch inverse(const TimelinePatch& patch);
/// Two patches as one, `second` made on the result of `first` (for gestures).
[[nodiscard]] TimelinePatch merged(const TimelinePatch& first, const TimelinePatch& second);

/// JSON of a patch and of one object; unknown fields survive both ways.
[[nodiscard]] std::string writePatch(const TimelinePatch& patch);
[[nodiscard]] Result<TimelinePatch> readPatch(std::string_view json);

}  // namespace kinescore
