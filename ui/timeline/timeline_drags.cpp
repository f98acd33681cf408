// The part of TimelineView that edits while something is dragged; each update begins at how it was.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/timeline/time_edit.h"
#include "ui/theme/tokens.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

using Zone = TimelineHit::Zone;

constexpr std::int64_t kDefaultFalloffFrames = 8;

/// "+12 f"
QString framesText(std::int64_t frames) {
  return TimelineView::tr("%1 f").arg(frames > 0 ? QStringLiteral("+%1").arg(frames) : QString::number(frames));
}

}  // namespace

std::optional<ObjectId> TimelineView::trackUnder(const QPoint& at) const {
  const TimelineRow* row = layout_.rowAt(at.y() - measure::kRuler + scrollY_);
  const auto lead = gesture_->start().findClip(pressHit_.clip);
  const auto from = lead ? gesture_->start().findTrack(lead->trackId) : nullptr;
  if (row == nullptr || !row->track || from == nullptr || row->track->kind != from->kind || row->track->locked) {
    return std::nullopt;
  }
  // Clips of several tracks keep their tracks.
  for (const ObjectId id : dragged_) {
    const auto clip = gesture_->start().findClip(id);
    if (clip && clip->trackId != lead->trackId) {
      return std::nullopt;
    }
  }
  return row->track->id == lead->trackId ? std::nullopt : std::optional(row->track->id);
}

void TimelineView::rememberOrigins() {
  origins_.clear();
  constexpr std::size_t kMost = 200;
  for (const ObjectId id : dragged_) {
    const auto clip = session_.timeline().findClip(id);
    const TimelineRow* row = clip ? layout_.rowOf(clip->trackId) : nullptr;
    if (row != nullptr && origins_.size() < kMost) {
      origins_.push_back({clip->trackId, clip->span, rectOf(id).translated(0, -places().rowTop(*row)), isKey(*clip)});
    }
  }
}

void TimelineView::showOrigins() {
  overlay_.cameFrom.clear();
  for (const Origin& origin : origins_) {
    if (const TimelineRow* row = layout_.rowOf(origin.track)) {
      const int left = xOf(origin.span.start), right = xOf(origin.span.end);
      QRect place = origin.place.translated(0, places().rowTop(*row));
      place.moveLeft(origin.isKey ? left - place.width() / 2 : left);
      place.setWidth(origin.isKey ? place.width() : std::max(1, right - left));
      overlay_.cameFrom.push_back(place);
    }
  }
}

void TimelineView::showChip(const QString& words, Ticks at, ObjectId over) {
  overlay_.dragChip = words;
  overlay_.dragChipAt = QPoint(xOf(at), int(lastAt_.y()));
  if (overlay_.dragChipAt.y() < measure::kRuler + 24 || overlay_.dragChipAt.y() > height()) {
    overlay_.dragChipAt.setY(std::max(pressAt_.y(), measure::kRuler + 24));
  }
  if (const QRect clip = over.value != 0 ? rectOf(over) : QRect(); !clip.isEmpty()) {
    overlay_.dragChipAt.setY(clip.top() + 2);  // its name stays to be read
    const int outside = dragChipRect().top();
    overlay_.dragChipAt.ry() += std::max(0, 2 - outside);
  }
}

void TimelineView::dragClips(Ticks delta, const QPoint& at, Qt::KeyboardModifiers modifiers) {
  const auto lead = gesture_->start().findClip(pressHit_.clip);
  if (lead == nullptr) {
    return;
  }
  const bool isCopy = pressModifiers_ & Qt::AltModifier;
  std::optional<ObjectId> track = isCopy || isRippling_ ? std::nullopt : trackUnder(at);
  if (modifiers & Qt::ShiftModifier) {  // along one axis
    const QPoint way = at - pressAt_;
    const bool isAlong = std::abs(way.x()) >= std::abs(way.y());
    track = isAlong ? std::nullopt : track;
    delta = isAlong ? delta : Ticks{0};
  }
  const Snapper snap = snapper(notSnappedTo_, modifiers);
  const TimeRange wanted{lead->span.start + delta, lead->span.end + delta};
  const SnapResult place = isKey(*lead) ? snap.snap(wanted.start) : snap.snapSpan(wanted);
  const Ticks move = place.time - lead->span.start;
  const std::vector<ObjectId> ids(dragged_.begin(), dragged_.end());
  const bool done = gesture_->update([&](const Timeline& start, IdSource& source) {
    return isCopy         ? duplicateClips(start, source, ids, move)
           : isRippling_  ? rippleMove(start, ids, move)
           : track        ? moveClipsToTrack(start, ids, *track, move)
                          : moveClips(start, ids, move);
  });
  showChip(framesText(nearestFrame(lead->span.start + move, session_.rate()) -
                      nearestFrame(lead->span.start, session_.rate())),
           lead->span.start + move, lead->id);
  showOrigins();
  showSnap(done ? place : SnapResult{});
}

void TimelineView::dragSlip(Ticks delta) {
  const auto lead = gesture_->start().findClip(pressHit_.clip);
  if (lead == nullptr) {
    return;
  }
  const std::int64_t frames = nearestFrame(delta, session_.rate());
  const std::vector<ObjectId> ids(dragged_.begin(), dragged_.end());
  gesture_->update([&](const Timeline& start, IdSource&) {
    return slipClips(start, ids, ticksOfFrame(frames, session_.rate()));
  });
  showChip(tr("slip %1").arg(framesText(frames)), lead->span.start, lead->id);
  update();
}

void TimelineView::dragSlide(Ticks delta, Qt::KeyboardModifiers modifiers) {
  const auto lead = gesture_->start().findClip(pressHit_.clip);
  if (lead == nullptr) {
    return;
  }
  const Snapper snap = snapper(notSnappedTo_, modifiers);
  const SnapResult place = snap.snapSpan({lead->span.start + delta, lead->span.end + delta});
  gesture_->update([&](const Timeline& start, IdSource&) {
    return slideClip(start, lead->id, place.time - lead->span.start);
  });
  const auto now = session_.timeline().findClip(lead->id);
  const Ticks start = now ? now->span.start : lead->span.start;
  showChip(tr("slide %1").arg(framesText(nearestFrame(start - lead->span.start, session_.rate()))), start, lead->id);
  showOrigins();
  showSnap(start == place.time ? place : SnapResult{});
}

void TimelineView::dragScale(Ticks time, Qt::KeyboardModifiers modifiers) {
  const Snapper snap = snapper(dragged_, modifiers);
  const SnapResult place = snap.snap(time);
  const Ticks frame = ticksOfFrame(1, session_.rate());
  TimeRange to = scaleFrom_;
  const bool isEnd = pressHit_.zone == Zone::ScaleEnd;
  if (isEnd) {
    to.end = std::max(place.time, to.start + frame);
  } else {
    to.start = std::max(Ticks{0}, std::min(place.time, to.end - frame));
  }
  const std::vector<ObjectId> ids(dragged_.begin(), dragged_.end());
  const bool done = gesture_->update([&](const Timeline& start, IdSource&) { return scaleClips(start, ids, scaleFrom_, to); });
  const double percent = 100 * secondsOf(to.length()) / secondsOf(scaleFrom_.length());
  showChip(tr("%1 %").arg(std::lround(percent)), isEnd ? to.end : to.start);
  showSnap(done ? place : SnapResult{});
}

void TimelineView::dragJoin(Ticks delta) {
  const auto earlier = gesture_->start().findClip(pressHit_.clip), later = gesture_->start().findClip(pressHit_.later);
  if (earlier == nullptr || later == nullptr) {
    return;
  }
  const Ticks before = earlier->span.end - later->span.start;
  const FrameRate rate = session_.rate();
  const Ticks length = std::max(Ticks{0}, ticksOfFrame(nearestFrame(before + delta, rate), rate));
  gesture_->update([&](const Timeline& start, IdSource&) {
    return setJoinLength(start, pressHit_.clip, pressHit_.later, length);
  });
  update();
}

void TimelineView::dragHeader(const QPoint& at) {
  int index = 0;
  const auto tracks = gesture_->start().tracks();
  const TimelineRow* row = layout_.rowAt(std::max(0, at.y() - measure::kRuler + scrollY_));
  if (row == nullptr || !row->track) {
    index = int(tracks.size()) - 1;
  } else {
    const auto& rows = layout_.rows();
    index = int(std::find_if(rows.begin(), rows.end(), [&](const TimelineRow& r) { return &r == row; }) - rows.begin());
    // Over itself it stays; so a tall row does not jump to and fro with a low one.
    const bool isOther = row->track->id != pressHit_.track;
    const TimelineRow* own = layout_.rowOf(pressHit_.track);
    const int inside = at.y() - measure::kRuler + scrollY_ - row->y;
    const bool isDown = own != nullptr && row->y > own->y;
    if (!isOther || (isDown ? inside < row->height - own->height : own != nullptr && inside > own->height)) {
      return;
    }
  }
  gesture_->update([&](const Timeline& start, IdSource&) { return placeTrack(start, pressHit_.track, index); });
}

void TimelineView::dragHeaderEdge(const QPoint& at) {
  const auto before = gesture_->start().findTrack(pressHit_.track);
  const TimelineRow* row = layout_.rowOf(pressHit_.track);
  if (before == nullptr || row == nullptr) {
    return;
  }
  // The height that comes nearest to the mouse.
  const int wanted = at.y() - places().rowTop(*row);
  Track track = *before;
  track.folded = false;
  int nearest = std::numeric_limits<int>::max();
  for (int height = 0; height < 3; ++height) {
    Track offered = track;
    offered.height = height;
    const int distance = std::abs(rowHeight(offered, *row->index) - wanted);
    if (distance < nearest) {
      nearest = distance;
      track.height = height;
    }
  }
  gesture_->update([&](const Timeline& start, IdSource&) { return changeTrack(start, track); });
}

void TimelineView::dragMarker(Ticks time, Qt::KeyboardModifiers modifiers) {
  const auto object = gesture_->start().findObject(pressHit_.marker);
  if (!object) {
    return;
  }
  Marker marker = std::get<Marker>(*object);
  const Ticks before = marker.time;
  const Snapper snap = snapper({marker.id}, modifiers);
  const SnapResult place = snap.snap(time);
  marker.time = place.time;
  gesture_->update([&](const Timeline& start, IdSource&) { return changeMarker(start, marker); });
  showChip(framesText(nearestFrame(place.time, session_.rate()) - nearestFrame(before, session_.rate())), place.time);
  showSnap(place);
}

void TimelineView::dragTrim(Ticks time, Qt::KeyboardModifiers modifiers) {
  const auto clip = gesture_->start().findClip(pressHit_.clip);
  if (clip == nullptr) {
    return;
  }
  const Snapper snap = snapper(notSnappedTo_, modifiers);
  const SnapResult place = snap.snap(time);
  const Ticks frame = ticksOfFrame(1, session_.rate());
  TimeRange span = clip->span;
  if (drag_ == Drag::TrimStart) {
    span.start = std::min(place.time, span.end - frame);
  } else {
    span.end = std::max(place.time, span.start + frame);
  }
  gesture_->update([&](const Timeline& start, IdSource&) {
    return isRippling_ ? rippleTrim(start, clip->id, span) : trimClip(start, clip->id, span);
  });
  showSnap(place);
}

void TimelineView::dragHold(Ticks time, Qt::KeyboardModifiers modifiers) {
  const auto key = gesture_->start().findClip(pressHit_.clip);
  if (key == nullptr) {
    return;
  }
  const SnapResult place = snapper(notSnappedTo_, modifiers).snap(time);
  gesture_->update([&](const Timeline& start, IdSource&) { return holdKey(start, key->id, place.time); });
  const auto now = session_.timeline().findClip(key->id);
  const Ticks end = now ? now->span.end : key->span.end;
  showChip(tr("hold %1 f").arg(std::max<std::int64_t>(1, nearestFrame(end - key->span.start, session_.rate()))), end);
  showSnap(end == place.time ? place : SnapResult{});
}

void TimelineView::dragFound(Ticks time, Ticks delta, Qt::KeyboardModifiers modifiers) {
  const FrameRate rate = session_.rate();
  const Ticks frame = ticksOfFrame(1, rate);
  const auto whole = [&](std::int64_t engineFrame) {
    return ticksOfFrame(nearestFrame(ticksOfFrame(engineFrame, kEngineRate), rate), rate);
  };
  const TimeRange found{whole(pressHit_.found.start), std::max(whole(pressHit_.found.end), whole(pressHit_.found.start) + frame)};
  const Snapper snap = snapper(notSnappedTo_, modifiers);
  TimeRange span = found;
  SnapResult place;
  if (pressHit_.edge == 0) {
    place = snap.snapSpan({found.start + delta, found.end + delta});
    span = {std::max(Ticks{0}, place.time), std::max(Ticks{0}, place.time) + found.length()};
  } else if (pressHit_.edge < 0) {
    place = snap.snap(time);
    span.start = std::max(Ticks{0}, std::min(place.time, span.end - frame));
  } else {
    place = snap.snap(time);
    span.end = std::max(place.time, span.start + frame);
  }
  const bool done = gesture_->update([&](const Timeline& start, IdSource& ids) {
    Result<TimelinePatch> patch =
        plantFoot(start, ids, span, pressHit_.point, kindName(TrackKind::Contact).toStdString());
    if (patch) {
      dragged_ = {patch->changes.back().id};
    }
    return patch;
  });
  notSnappedTo_ = dragged_;  // it does not snap to itself
  showChip(framesText(nearestFrame(span.start - found.start + span.end - found.end, rate) / (pressHit_.edge == 0 ? 2 : 1)),
           pressHit_.edge > 0 ? span.end : span.start);
  showSnap(done ? place : SnapResult{});
}

void TimelineView::dragPoint(const QPoint& at) {
  const auto start = gesture_->start().findClip(pressHit_.clip);
  if (start == nullptr) {
    return;
  }
  Clip clip = *start;
  const auto i = std::size_t(pressHit_.point);
  const Ticks into = axis_.timeAt(at.x() - places().canvasX) - clip.span.start;
  const Ticks frame = ticksOfFrame(1, session_.rate());
  const auto between = [&](Ticks t, Ticks low, Ticks high) { return std::max(low, std::min(t, high)); };
  if (drag_ == Drag::PathPoint) {
    auto& points = std::get<PathCondition>(clip.condition).points;
    const Ticks whole = ticksOfFrame(nearestFrame(clip.span.start + into, session_.rate()), session_.rate());
    points[i].time = between(whole - clip.span.start, points[i - 1].time + frame, points[i + 1].time - frame);
  } else {
    auto& points = clip.strength.points;
    const QRect rect = rectOf(clip.id);
    points[i].value = std::clamp(float(rect.bottom() - 1 - at.y()) / 9.f, 0.f, 1.f);
    const Ticks low = i == 0 ? Ticks{0} : points[i - 1].time + frame;
    const Ticks high = i + 1 == points.size() ? clip.span.length() : points[i + 1].time - frame;
    points[i].time = between(into, low, high);
  }
  gesture_->update([&](const Timeline& timeline, IdSource&) { return changeClip(timeline, clip); });
}

void TimelineView::dragRange(Ticks time) {
  TimelineSettings settings = gesture_->start().settings();
  const FrameRate rate = settings.rate;
  const Ticks frame = ticksOfFrame(1, rate);
  TimeRange& range = settings.playRange;
  if (drag_ == Drag::RangeBar) {
    const Ticks length = range.length();
    Ticks start = ticksOfFrame(nearestFrame(range.start + time, rate), rate);
    start = std::max(Ticks{0}, std::min(start, settings.duration - length));
    range = {start, start + length};
  } else {
    const Ticks at = std::min(snapper({}).snap(time).time, settings.duration);
    if (drag_ == Drag::RangeStart) {
      range.start = std::min(at, range.end - frame);
    } else {
      range.end = std::max(at, range.start + frame);
    }
  }
  gesture_->update([&](const Timeline& start, IdSource&) { return changeSettings(start, settings); });
}

void TimelineView::dragTime(Ticks time) {
  const FrameRate rate = session_.rate();
  const Ticks frame = ticksOfFrame(1, rate);
  const Ticks end = session_.timeline().settings().duration;
  const auto snapped = [&](Ticks t) {
    const SnapResult snap = snapper({}).snap(std::max(Ticks{0}, std::min(t, end)));
    showSnap(snap);
    return std::min(snap.time, end);
  };
  TimeSelection next = timeStart_.value_or(TimeSelection{});
  switch (drag_) {
    case Drag::SelectTime: {
      const Ticks from = snapped(std::max(Ticks{0}, pressTime_));
      const Ticks to = snapped(time);
      next.hold = {std::min(from, to), std::max(from, to)};
      if (next.hold.isEmpty()) {
        next.hold.end = next.hold.start + frame;
      }
      const Ticks falloff = ticksOfFrame(kDefaultFalloffFrames, rate);
      next.falloffIn = std::min(falloff, next.hold.start);
      next.falloffOut = std::min(falloff, std::max(Ticks{0}, end - next.hold.end));
      break;
    }
    case Drag::HoldStart: {
      const Ticks outer = next.hold.start - next.falloffIn;
      next.hold.start = std::max(outer, std::min(snapped(time), next.hold.end - frame));
      next.falloffIn = next.hold.start - outer;
      break;
    }
    case Drag::HoldEnd: {
      const Ticks outer = next.hold.end + next.falloffOut;
      next.hold.end = std::min(outer, std::max(snapped(time), next.hold.start + frame));
      next.falloffOut = outer - next.hold.end;
      break;
    }
    case Drag::FalloffIn: next.falloffIn = std::max(Ticks{0}, next.hold.start - snapped(time)); break;
    case Drag::FalloffOut: next.falloffOut = std::max(Ticks{0}, snapped(time) - next.hold.end); break;
    case Drag::MoveSelection: {
      const TimeRange span = next.span();
      Ticks move = ticksOfFrame(nearestFrame(span.start + time, rate), rate) - span.start;
      move = std::max(-span.start, std::min(move, end - span.end));
      next.hold.start += move;
      next.hold.end += move;
      break;
    }
    default: return;
  }
  session_.selection().setTime(next);
}

void TimelineView::dragTakeRange(Ticks time, Qt::KeyboardModifiers modifiers) {
  const SnapResult snap = snapper({}, modifiers).snap(time);
  showSnap(snap);
  const FrameRate rate = session_.rate();
  const auto frameTime = [&](Ticks at) { return ticksOfFrame(nearestFrame(at, rate), rate); };
  const TimeRange all{Ticks{0}, session_.timeline().settings().duration};
  const Ticks a = std::clamp(frameTime(pressTime_), all.start, all.end), b = std::clamp(frameTime(snap.time), all.start, all.end);
  overlay_.swiped.reset();
  if (a != b) {
    overlay_.swiped = TimeRange{std::min(a, b), std::max(a, b)};
    showChip(tr("Frames %1–%2 from take %3")
                 .arg(nearestFrame(overlay_.swiped->start, rate))
                 .arg(nearestFrame(overlay_.swiped->end, rate) - 1)
                 .arg(overlay_.swipedTake),
             b);
  }
  update();
}

void TimelineView::dragBox(const QPoint& at) {
  // The corner stays on what it was put on, also when the canvas scrolls.
  const QPoint corner(xOf(pressTime_), pressRowsY_ - scrollY_ + measure::kRuler);
  const QRect box = QRect(corner, at).normalized();
  overlay_.box = box;
  std::set<ObjectId> clips = boxStart_;
  const TimelineGeometry g = places();
  const TimeRange range{axis_.timeAt(box.left() - g.canvasX), axis_.timeAt(box.right() + 1 - g.canvasX)};
  std::vector<VisibleItem> items;
  for (const TimelineRow& row : layout_.rows()) {
    if (row.kind != RowKind::Track || g.rowTop(row) > box.bottom() || g.rowTop(row) + row.height < box.top()) {
      continue;
    }
    items.clear();
    row.index->collect(range, Ticks{0}, items);
    for (const VisibleItem& item : items) {
      const bool isInLane = isKey(*item.clip) || clipRect(scene(), row, *item.clip, item.lane).intersects(box);
      if (!isInLane) {
        continue;
      }
      if (pressModifiers_ & Qt::ControlModifier) {
        clips.erase(item.clip->id);
      } else {
        clips.insert(item.clip->id);
      }
    }
  }
  session_.selection().selectClips(std::move(clips));
}

}  // namespace kinescore
