// The menus of the right mouse button on the timeline.
#pragma once

#include <QMenu>

#include "ui/timeline/timeline_view.h"

namespace kinescore {

/// An entry for each kind of track.
void fillAddTrackMenu(QMenu& menu, Session& session);
void fillTimelineMenu(QMenu& menu, Session& session, TimelineView& view, const TimelineHit& hit, Ticks time);

}  // namespace kinescore
