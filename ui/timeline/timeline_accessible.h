// The timeline for those who do not see it: the playhead as a slider, tracks as lists of clips and keys, with names, places,
// states and what can be done to them. Made when a screen reader asks.
#pragma once

#include <QAccessible>

namespace kinescore {

class Session;
class TimelineView;

/// Tells Qt how TimelineView is read; again does nothing.
void installTimelineAccess();
/// A selected clip or track, or the playhead, has changed.
void tellSelection(TimelineView& view);
void tellPlayhead(TimelineView& view);

}  // namespace kinescore
