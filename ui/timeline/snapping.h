// Where an edge jumps to while it is dragged: the playhead, clip edges, keys, markers, the play range,
// and always a whole frame.
#pragma once

#include <optional>
#include <set>

#include <QString>

#include "ui/timeline/timeline_layout.h"

namespace kinescore {

struct SnapResult {
  Ticks time;
  /// Where the guide stands and what it met; nothing when only the frame was met.
  std::optional<Ticks> guide;
  QString label;
};

struct Snapper {
  const TimelineLayout& layout;
  const Timeline& timeline;
  Ticks playhead;
  Ticks within;               // how near counts as met
  bool isOn = true;           // off: whole frames only
  std::set<ObjectId> moving;  // never snap to themselves

  [[nodiscard]] SnapResult snap(Ticks time) const;
  /// Start and end of something that moves; whichever meets something nearer leads.
  [[nodiscard]] SnapResult snapSpan(TimeRange span) const;
};

}  // namespace kinescore
