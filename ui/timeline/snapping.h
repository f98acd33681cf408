// Where an edge jumps to while it is dragged: the playhead, clip edges, keys, markers, the play range,
// beats, and always a whole frame.
#pragma once

#include <optional>
#include <set>

#include <QString>

#include "engine/request/heard_clips.h"
#include "ui/timeline/timeline_layout.h"

namespace kinescore {

/// What may be snapped to.
struct SnapTargets {
  bool playhead = true, clips = true, keys = true, markers = true, range = true, beats = true;
};

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
  std::set<ObjectId> moving;  // clips and markers; they never snap to themselves
  SnapTargets to = {};
  const HeardClips* heard = nullptr;  // whose beats count; null: only typed tempos

  [[nodiscard]] SnapResult snap(Ticks time) const;
  /// Start and end of something that moves; whichever meets something nearer leads.
  [[nodiscard]] SnapResult snapSpan(TimeRange span) const;

 private:
  /// The beat nearest to `time` of the sound clips there.
  [[nodiscard]] std::optional<Ticks> beatNear(Ticks time) const;
};

}  // namespace kinescore
