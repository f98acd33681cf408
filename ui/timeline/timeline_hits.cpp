// The part of TimelineView that knows what is under the mouse.
#include <algorithm>
#include <cmath>

#include "ui/document/clip_adding.h"
#include "ui/theme/tokens.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {

using namespace timeline_measure;
using Zone = TimelineHit::Zone;

TimelineHit TimelineView::hitAt(const QPoint& at) const {
  const TimelineGeometry g = places();
  if (at.x() < g.canvasX) {
    return hitHeader(at);
  }
  if (at.y() < g.rowsY) {
    return hitRuler(at);
  }
  const TimelineRow* row = layout_.rowAt(at.y() - g.rowsY + scrollY_);
  if (row == nullptr) {
    return {Zone::Below, {}, {}, -1};
  }
  if (row->kind == RowKind::TakeLane) {
    TimelineHit hit{Zone::TakeLane, {}, {}, -1};
    hit.take = row->take;
    return hit;
  }
  if (row->kind != RowKind::Track) {
    const auto found = row->kind == RowKind::FoundContacts ? hitFound(at, *row) : std::nullopt;
    return found ? *found : TimelineHit{Zone::Result, {}, {}, -1};
  }
  return hitTrack(at, *row);
}

std::optional<ObjectId> TimelineView::markerAt(const QPoint& at) const {
  for (const auto& marker : session_.timeline().markers()) {
    if (std::abs(xOf(marker->time) - at.x()) <= 6 && at.y() > kRangeBarHeight && at.y() < kNumbersTop) {
      return marker->id;
    }
  }
  return std::nullopt;
}

TimelineHit TimelineView::hitRuler(const QPoint& at) const {
  const auto isNear = [&](Ticks time, int reach) { return std::abs(xOf(time) - at.x()) <= reach; };
  TimelineHit hit;
  if (at.y() <= kRangeBarHeight) {
    const TimeRange& range = session_.timeline().settings().playRange;
    hit.zone = isNear(range.start, 7)     ? Zone::RangeStart
               : isNear(range.end, 7)     ? Zone::RangeEnd
               : range.contains(axis_.timeAt(at.x() - places().canvasX)) ? Zone::RangeBar
                                          : Zone::Nothing;
    return hit;
  }
  if (const auto& selected = session_.selection().time(); selected && at.y() <= 26) {
    const TimeSelection* time = &*selected;
    const TimeRange span = time->span();
    if (isNear(time->hold.start, 4) && at.y() < kSelectionBottom) {
      hit.zone = Zone::HoldStart;
    } else if (isNear(time->hold.end, 4) && at.y() < kSelectionBottom) {
      hit.zone = Zone::HoldEnd;
    } else if (isNear(span.start, 6) && at.y() > 14) {
      hit.zone = Zone::FalloffIn;
    } else if (isNear(span.end, 6) && at.y() > 14) {
      hit.zone = Zone::FalloffOut;
    }
    if (hit.zone != Zone::Nothing) {
      return hit;
    }
  }
  for (const bool isEnd : {true, false}) {
    if (scaleTab(isEnd).contains(at)) {
      hit.zone = isEnd ? Zone::ScaleEnd : Zone::ScaleStart;
      return hit;
    }
  }
  if (playheadFlag(scene(), session_.playback().position()).contains(at)) {
    hit.zone = Zone::Playhead;
    return hit;
  }
  if (const auto marker = markerAt(at)) {
    hit.zone = Zone::Marker;
    hit.marker = *marker;
    return hit;
  }
  const auto& time = session_.selection().time();
  if (time && at.y() <= kSelectionBottom && at.x() > xOf(time->hold.start) && at.x() < xOf(time->hold.end)) {
    hit.zone = Zone::SelectionTop;
    return hit;
  }
  hit.zone = at.y() <= kSelectionBottom ? Zone::SelectTime : Zone::Numbers;
  return hit;
}

QRect TimelineView::headerButton(ObjectId track, Zone zone) const {
  const TimelineRow* row = layout_.rowOf(track);
  if (row == nullptr) {
    return {};
  }
  const int place = zone == Zone::HeaderMute ? 0 : (zone == Zone::HeaderSolo ? 1 : 2);
  const int left = measure::kTrackHeaders - kHeaderButtonsRight - 3 * kHeaderButton - 2 * kHeaderButtonGap;
  return {left + place * (kHeaderButton + kHeaderButtonGap), places().rowTop(*row) + row->height / 2 - 9,
          kHeaderButton, 18};
}

TimelineHit TimelineView::hitHeader(const QPoint& at) const {
  const TimelineGeometry g = places();
  TimelineHit hit;
  if (at.y() < g.rowsY) {
    hit.zone = at.x() < 80 ? Zone::AddTrack : (displayButton().contains(at) ? Zone::Display : Zone::Nothing);
    return hit;
  }
  const TimelineRow* row = layout_.rowAt(at.y() - g.rowsY + scrollY_);
  if (row != nullptr && row->kind == RowKind::Result && at.x() < 24 && !takeLanes().empty()) {
    hit.zone = Zone::ResultFold;
  }
  if (row == nullptr || !row->track) {
    return hit;
  }
  hit.track = row->track->id;
  if (g.rowTop(*row) + row->height - at.y() <= kHeaderEdge) {
    hit.zone = Zone::HeaderEdge;
    return hit;
  }
  hit.zone = at.x() < 24 ? Zone::HeaderFold : Zone::HeaderName;
  for (const Zone zone : {Zone::HeaderMute, Zone::HeaderSolo, Zone::HeaderLock}) {
    if (headerButton(hit.track, zone).adjusted(-1, -2, 2, 2).contains(at)) {
      hit.zone = zone;
    }
  }
  return hit;
}

std::optional<TimelineHit> TimelineView::hitJoin(const QPoint& at, const TimelineRow& row) const {
  if (row.track->kind != TrackKind::Text || row.track->folded) {
    return std::nullopt;
  }
  // All that lie over this time, from the earliest; joins are of neighbours.
  const Ticks time = axis_.timeAt(at.x() - places().canvasX);
  std::vector<VisibleItem> items;
  row.index->collect({time, time + Ticks{1}}, Ticks{0}, items);
  std::sort(items.begin(), items.end(),
            [](const VisibleItem& a, const VisibleItem& b) { return a.span.start < b.span.start; });
  for (std::size_t i = 1; i < items.size(); ++i) {
    const TimeRange join{items[i].span.start, std::min(items[i - 1].span.end, items[i].span.end)};
    const QRectF chip = joinChip(scene(), row, join, std::max(items[i - 1].lane, items[i].lane));
    if (chip.contains(at)) {
      TimelineHit hit{Zone::Join, row.track->id, items[i - 1].clip->id, -1};
      hit.later = items[i].clip->id;
      return hit;
    }
  }
  return std::nullopt;
}

TimelineHit TimelineView::hitKey(double x, const TimelineRow& row) const {
  TimelineHit hit{Zone::EmptyTrack, row.track->id, {}, -1};
  // The nearest key within reach, the later one of two at the same distance. What pulls it into a hold, or a hold
  // longer, stands right of it.
  constexpr double kReach = kKeyRadius + 3;
  double best = kReach;
  TimelineHit pull = hit;
  for (int lane = 0; lane < row.index->laneCount(); ++lane) {
    const auto key = row.index->findAt(lane, axis_.timeAt(x - kPullRight), axis_.timeAt(x + kReach));
    if (key == nullptr) {
      continue;
    }
    const double from = axis_.xOf(key->span.start), to = axis_.xOf(key->span.end);
    const bool isHold = key->span.length() > ticksOfFrame(1, session_.rate());
    const double pulledFrom = isHold && to - from > 12 ? to - kEdge : from + kReach;
    if (x > pulledFrom && x <= std::max(from + kPullRight, to + kEdge)) {
      pull = {Zone::HoldEndOfKey, row.track->id, key->id, -1};
    } else if (std::abs(from - x) <= best || (isHold && x > from && x < to)) {
      hit.zone = Zone::Key;
      hit.clip = key->id;
      best = std::abs(from - x);
    }
  }
  return hit.zone == Zone::Key ? hit : pull;
}

namespace {

/// -1 at the start of a bar, 1 at its end, 0 between.
int edgeAt(const QRect& bar, int x) {
  const int inside = bar.width() < 24 ? 3 : kEdge;
  return bar.width() < 8 ? 0 : (x - bar.left() < inside ? -1 : (bar.right() - x < inside ? 1 : 0));
}

/// Thin bars are met a little around them, too.
bool isOnBar(const QRect& bar, const QPoint& at) { return bar.adjusted(-1, -2, 1, 1).contains(at); }

}  // namespace

TimelineHit TimelineView::hitContacts(const QPoint& at, const TimelineRow& row) const {
  const double x = at.x() - places().canvasX;
  const TimelineScene s = scene();
  for (int lane = 0; lane < row.index->laneCount(); ++lane) {
    const auto clip = row.index->findAt(lane, axis_.timeAt(x - 1), axis_.timeAt(x + 1));
    const QRect bar = clip ? clipRect(s, row, *clip, lane) : QRect();
    if (clip && isOnBar(bar, at)) {
      const int edge = edgeAt(bar, at.x());
      return {edge < 0 ? Zone::ClipStart : (edge > 0 ? Zone::ClipEnd : Zone::ClipBody), row.track->id, clip->id, -1};
    }
  }
  const auto found = row.showsFound ? hitFound(at, row) : std::nullopt;
  return found ? *found : TimelineHit{Zone::EmptyTrack, row.track->id, {}, -1};
}

std::optional<TimelineHit> TimelineView::hitFound(const QPoint& at, const TimelineRow& row) const {
  if (!summary_) {
    return std::nullopt;
  }
  const TimelineScene s = scene();
  const std::int64_t frame = frameAt(axis_.timeAt(at.x() - s.geometry.canvasX), kEngineRate);
  for (int contact = 0; contact < int(summary_->contacts.size()); ++contact) {
    const auto& runs = summary_->contacts[std::size_t(contact)];
    const auto run = std::lower_bound(runs.begin(), runs.end(), frame,
                                      [](const FrameRange& r, std::int64_t f) { return r.end <= f; });
    if (run == runs.end()) {
      continue;
    }
    const QRect bar = foundBarRect(s, row, *run, contact);
    if (isOnBar(bar, at)) {
      TimelineHit hit{Zone::FoundContact, row.track ? row.track->id : ObjectId{}, {}, contact};
      hit.found = *run;
      hit.edge = edgeAt(bar, at.x());
      return hit;
    }
  }
  return std::nullopt;
}

TimelineHit TimelineView::hitTrack(const QPoint& at, const TimelineRow& row) const {
  const TimelineGeometry g = places();
  const double x = at.x() - g.canvasX;
  TimelineHit hit{Zone::EmptyTrack, row.track->id, {}, -1};
  const TimelineScene s = scene();
  if (row.track->kind == TrackKind::Pose) {
    return hitKey(x, row);
  }
  if (row.track->kind == TrackKind::Contact) {
    return hitContacts(at, row);
  }
  if (const auto join = hitJoin(at, row)) {
    return *join;
  }
  const int lane = row.track->folded ? 0 : (at.y() - g.rowTop(row) - 2) / std::max(1, row.laneHeight);
  // A trim handle is met on both sides of the edge.
  auto clip = row.index->findAt(lane, axis_.timeAt(x - 1), axis_.timeAt(x + 1));
  if (clip == nullptr) {
    clip = row.index->findAt(lane, axis_.timeAt(x - 3), axis_.timeAt(x + 3));
  }
  if (clip == nullptr) {
    return hit;
  }
  const QRect rect = clipRect(s, row, *clip, lane);
  hit.clip = clip->id;
  hit.zone = Zone::ClipBody;
  if (const auto* path = std::get_if<PathCondition>(&clip->condition); path != nullptr) {
    for (std::size_t i = 0; i < path->points.size(); ++i) {
      // The first and last stand on the edges and are reached from inside.
      if (std::abs(rect.left() + axis_.widthOf(path->points[i].time) - at.x()) <= 6 && i > 0 &&
          i + 1 < path->points.size()) {
        hit.zone = Zone::PathPoint;
        hit.point = int(i);
        return hit;
      }
    }
  }
  if (session_.selection().contains(clip->id) && rect.height() >= 24) {
    for (std::size_t i = 0; i < clip->strength.points.size(); ++i) {
      const EnvelopePoint& point = clip->strength.points[i];
      const double px = rect.left() + axis_.widthOf(point.time);
      const double py = rect.bottom() - 1 - 9 * double(point.value);
      if (std::abs(px - at.x()) <= 5 && std::abs(py - at.y()) <= 5) {
        hit.zone = Zone::StrengthPoint;
        hit.point = int(i);
        return hit;
      }
    }
  }
  const int inside = rect.width() < 24 ? 3 : kEdge;
  if (rect.width() >= 8 && at.x() - rect.left() < inside) {
    hit.zone = Zone::ClipStart;
  } else if (rect.width() >= 8 && rect.right() - at.x() < inside) {
    hit.zone = Zone::ClipEnd;
  }
  return hit;
}

bool TimelineView::isUnmetContact(const Clip& clip) const {
  const auto* contact = std::get_if<ContactCondition>(&clip.condition);
  if (contact == nullptr || !summary_ || session_.isStale(clip)) {
    return false;
  }
  const auto& unmet = summary_->unmetContacts;
  return std::find(unmet.begin(), unmet.end(), std::pair(contact->contact, std::max(Ticks{0}, clip.span.start))) != unmet.end();
}

QString TimelineView::staleWords() const {
  const auto& stale = session_.staleSpans();
  if (!summaryOf_ || !stale || stale->empty()) {
    return {};
  }
  QStringList spans;
  for (const TimeRange& span : *stale) {
    spans << tr("%1 to %2").arg(frameAt(span.start, session_.rate())).arg(frameAtOrAfter(span.end, session_.rate()) - 1);
  }
  const QStringList names = session_.staleNames(4);
  const QString what = names.isEmpty() ? tr("Changed since take %1").arg(summaryOf_->number)
                                       : tr("Changed since take %1: %2").arg(summaryOf_->number).arg(names.join(tr(", ")));
  return what + u'\n' + tr("Generate makes frames %1 anew.").arg(spans.join(tr(", ")));
}

QRect TimelineView::resultColumnRect(std::int64_t frame) const {
  const QRect row = workRect();
  if (!summary_ || row.isEmpty()) {
    return {};
  }
  const double origin = axis_.xOf({0});
  const int column = int(std::floor((axis_.xOf(ticksOfFrame(frame, kEngineRate)) - origin) / kResultColumn));
  return {row.left() + int(origin) + column * kResultColumn, row.top(), kResultColumn, std::min(row.height(), 21)};
}

void TimelineView::askWhy(const TimelineHit& hit, int x) {
  session_.selection().selectTake(QString::fromStdString(session_.takes().shownId()));
  if (!summary_) {
    return;
  }
  const double at = x - places().canvasX;
  const std::int64_t pointed = frameAt(axis_.timeAt(at), kEngineRate);
  if (hit.zone == Zone::FoundContact) {
    const auto& slides = summary_->slides[std::size_t(hit.point)];
    const auto slide = std::find_if(slides.begin(), slides.end(), [&](FrameRange s) { return s.contains(pointed); });
    Q_EMIT whyWanted(slide == slides.end() ? pointed : slide->start, hit.found, slide != slides.end(), hit.point);
    return;
  }
  // A column speaks of its worst frame.
  const FrameRange column = resultColumn(axis_, int(std::floor((at - axis_.xOf({0})) / kResultColumn)));
  std::int64_t worst = pointed;
  bool isMissed = false;
  const auto frames = std::int64_t(summary_->fulfilment.size());
  for (std::int64_t f = std::max<std::int64_t>(0, column.start); f < std::min(column.end, frames); ++f) {
    if (!column.contains(worst) || worst >= frames || summary_->fulfilment[std::size_t(f)] < summary_->fulfilment[std::size_t(worst)]) {
      worst = f;
    }
    isMissed = isMissed || summary_->missed[std::size_t(f)];
  }
  // What is said of another time is no reason for it.
  const std::int64_t reach = nearestFrame(ticksFromSeconds(0.5), kEngineRate);
  Q_EMIT whyWanted(worst, FrameRange{column.start - reach, column.end + reach}, isMissed, -1);
}

void TimelineView::updateHover(const QPoint& at) {
  const TimelineHit hit = hitAt(at);
  if (hit.clip != hovered_ || hit.marker != hoveredMarker_) {
    hovered_ = hit.clip;
    hoveredMarker_ = hit.marker;
    redraw();
  }
  const auto track = hit.track.value != 0 ? session_.timeline().findTrack(hit.track) : nullptr;
  const auto clip = hit.clip.value != 0 ? session_.timeline().findClip(hit.clip) : nullptr;
  const bool isLocked = (track && track->locked) || (clip && clip->locked);
  Qt::CursorShape cursor = Qt::ArrowCursor;
  switch (hit.zone) {
    case Zone::RangeStart:
    case Zone::RangeEnd:
    case Zone::HoldStart:
    case Zone::HoldEnd:
    case Zone::FalloffIn:
    case Zone::ScaleStart:
    case Zone::ScaleEnd:
    case Zone::Playhead:
    case Zone::FalloffOut: cursor = Qt::SizeHorCursor; break;
    case Zone::Numbers: cursor = Qt::SplitHCursor; break;
    case Zone::SelectTime: cursor = Qt::CrossCursor; break;
    case Zone::RangeBar:
    case Zone::SelectionTop: cursor = Qt::OpenHandCursor; break;
    case Zone::ClipBody:
      cursor = isLocked                    ? Qt::ForbiddenCursor
               : tool_ == DragTool::Move   ? Qt::OpenHandCursor
               : tool_ == DragTool::Slip   ? Qt::SplitHCursor
                                           : Qt::SizeHorCursor;
      break;
    case Zone::Key: cursor = isLocked ? Qt::ForbiddenCursor : Qt::OpenHandCursor; break;
    case Zone::ClipStart:
    case Zone::ClipEnd:
    case Zone::HoldEndOfKey:
    case Zone::Join:
    case Zone::PathPoint: cursor = isLocked ? Qt::ForbiddenCursor : Qt::SizeHorCursor; break;
    case Zone::StrengthPoint: cursor = isLocked ? Qt::ForbiddenCursor : Qt::SizeAllCursor; break;
    case Zone::HeaderEdge: cursor = Qt::SizeVerCursor; break;
    case Zone::FoundContact: cursor = hit.edge == 0 ? Qt::OpenHandCursor : Qt::SizeHorCursor; break;
    case Zone::EmptyTrack:
      cursor = !track || isLocked || !addsOnClick(*track)                                    ? Qt::ArrowCursor
               : track->kind == TrackKind::Text || track->kind == TrackKind::PartText ? Qt::IBeamCursor
                                                                                      : Qt::DragCopyCursor;
      break;
    case Zone::TakeLane: cursor = Qt::SizeHorCursor; break;
    case Zone::ResultFold:
    case Zone::Marker:
    case Zone::Display:
    case Zone::AddTrack:
    case Zone::HeaderMute:
    case Zone::HeaderSolo:
    case Zone::HeaderLock:
    case Zone::HeaderFold: cursor = Qt::PointingHandCursor; break;
    default: break;
  }
  setCursor(cursor);
  // Names that are too long to read, and why a dot stands at a corner.
  QString tip;
  if (hit.zone == Zone::Join) {
    tip = tr("Drag to change the length of the join");
  } else if (hit.zone == Zone::Result && summary_) {
    tip = tr("Click to see why it is so in the report of take %1").arg(session_.takes().shown()->number);
  } else if (hit.zone == Zone::FoundContact) {
    tip = tr("%1, found in take %2. Drag it to ask for it.").arg(footPartName(hit.point)).arg(session_.takes().shown()->number);
  } else if (hit.zone == Zone::HoldEndOfKey) {
    tip = tr("Drag to hold the pose for a time");
  } else if (clip) {
    tip = clipTitle(*clip);
    if (isUnmetContact(*clip)) {
      tip += QStringLiteral("\n") + tr("Asked for, not met in take %1").arg(session_.takes().shown()->number);
    }
    if (session_.isStale(*clip)) {
      tip += QStringLiteral("\n") + tr("Changed since take %1").arg(session_.takes().shown()->number);
    }
  } else if (hit.zone == Zone::HeaderEdge) {
    tip = tr("Drag to make the track lower or taller");
  } else if (hit.zone == Zone::HeaderMute) {
    tip = tr("Mute  (Shift+M)");
  } else if (hit.zone == Zone::HeaderSolo) {
    tip = tr("Solo  (Shift+S)");
  } else if (hit.zone == Zone::HeaderLock) {
    tip = tr("Lock  (Shift+L)");
  } else if (hit.zone == Zone::Marker) {
    const auto marker = session_.timeline().findObject(hit.marker);
    tip = marker ? QString::fromStdString(std::get<Marker>(*marker).name) : QString();
  } else if (hit.zone == Zone::ScaleStart || hit.zone == Zone::ScaleEnd) {
    tip = tr("Drag to scale the selected clips in time");
  } else if (hit.zone == Zone::Display) {
    tip = tr("Show time as %1").arg(displayName(TimeDisplay((int(display_) + 1) % 3)).toLower());
  } else if (hit.zone == Zone::ResultFold) {
    tip = areTakeLanesShown_ ? tr("Fold the takes") : tr("Other takes, to take frames over from");
  } else if (hit.zone == Zone::TakeLane) {
    tip = tr("Drag to take these frames over from take %1; only the joins are made anew").arg(hit.take->number);
  } else if (hit.zone == Zone::Result) {
    tip = staleWords();
  } else if (hit.zone == Zone::SelectTime) {
    tip = tr("Drag to select the part to make anew");
  }
  setToolTip(tip);
}

}  // namespace kinescore
