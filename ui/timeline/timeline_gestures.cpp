// The part of TimelineView that answers the mouse.
#include <cmath>

#include <QContextMenuEvent>
#include <QMenu>
#include <QMouseEvent>

#include "ui/theme/theme.h"
#include "ui/timeline/timeline_menu.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

using Zone = TimelineHit::Zone;

constexpr int kDragStart = 4;   // pixels until a press becomes a drag
constexpr int kSnapPixels = 7;
constexpr std::int64_t kDefaultFalloffFrames = 8;

}  // namespace

Snapper TimelineView::snapper(const std::set<ObjectId>& moving) const {
  return {layout_, session_.timeline(), session_.playback().position(), axis_.ticksOf(kSnapPixels),
          isSnapping_, moving};
}

void TimelineView::showSnap(const SnapResult& snap) {
  overlay_.guide = snap.guide;
  overlay_.guideLabel = snap.label;
  update();
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  finishName(true);
  setFocus(Qt::MouseFocusReason);
  if (drag_ != Drag::Nothing) {
    return;
  }
  pressAt_ = event->pos();
  pressModifiers_ = event->modifiers();
  pressButton_ = event->button();
  pressHit_ = hitAt(pressAt_);
  if (event->button() == Qt::MiddleButton) {
    drag_ = Drag::Pan;
    panLeft_ = axis_.left;
    panScroll_ = scrollY_;
    setCursor(Qt::ClosedHandCursor);
    return;
  }
  if (event->button() == Qt::RightButton) {
    if (pressHit_.clip.value != 0 && !session_.selection().contains(pressHit_.clip)) {
      session_.selection().selectClip(pressHit_.clip);
    }
    return;
  }
  if (event->button() != Qt::LeftButton) {
    return;
  }
  switch (pressHit_.zone) {
    case Zone::AddTrack: addTrackMenu(pressAt_); return;
    case Zone::HeaderFold:
    case Zone::HeaderName:
    case Zone::HeaderMute:
    case Zone::HeaderSolo:
    case Zone::HeaderLock: pressHeader(pressHit_, event->modifiers()); return;
    case Zone::Numbers:
      drag_ = Drag::Scrub;
      session_.playback().pause();
      dragTo(pressAt_, event->modifiers());
      return;
    default: break;
  }
  drag_ = Drag::Pressed;
  if (pressHit_.clip.value != 0) {
    if (event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier)) {
      session_.selection().toggleClip(pressHit_.clip);
    } else if (!session_.selection().contains(pressHit_.clip)) {
      session_.selection().selectClip(pressHit_.clip);
    }
  }
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  if (drag_ == Drag::Nothing) {
    updateHover(event->pos());
    return;
  }
  if (drag_ == Drag::Pressed) {
    if ((event->pos() - pressAt_).manhattanLength() < kDragStart) {
      return;
    }
    beginDrag(event->pos());
  }
  dragTo(event->pos(), event->modifiers());
}

void TimelineView::beginDrag(const QPoint&) {
  const Selection& selection = session_.selection();
  timeStart_ = selection.time();
  dragged_.clear();
  switch (pressHit_.zone) {
    case Zone::ClipBody:
    case Zone::Key:
      dragged_ = selection.clips();
      dragged_.insert(pressHit_.clip);
      gesture_ = std::make_unique<TimelineGesture>(
          session_.document(), pressModifiers_ & Qt::AltModifier
                                   ? tr("Copy clip")
                                   : (pressHit_.zone == Zone::Key ? tr("Move pose") : tr("Move clip")));
      drag_ = Drag::MoveClips;
      setCursor(Qt::ClosedHandCursor);
      break;
    case Zone::ClipStart:
    case Zone::ClipEnd:
    case Zone::HoldEndOfKey:
      dragged_ = {pressHit_.clip};
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Trim clip"));
      drag_ = pressHit_.zone == Zone::ClipStart ? Drag::TrimStart : Drag::TrimEnd;
      break;
    case Zone::PathPoint:
    case Zone::StrengthPoint:
      dragged_ = {pressHit_.clip};
      gesture_ = std::make_unique<TimelineGesture>(
          session_.document(), pressHit_.zone == Zone::PathPoint ? tr("Move path point") : tr("Change strength"));
      drag_ = pressHit_.zone == Zone::PathPoint ? Drag::PathPoint : Drag::StrengthPoint;
      break;
    case Zone::RangeStart:
    case Zone::RangeEnd:
    case Zone::RangeBar:
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Play range"));
      drag_ = pressHit_.zone == Zone::RangeStart ? Drag::RangeStart
              : pressHit_.zone == Zone::RangeEnd ? Drag::RangeEnd
                                                 : Drag::RangeBar;
      break;
    case Zone::SelectTime: drag_ = Drag::SelectTime; break;
    case Zone::HoldStart: drag_ = Drag::HoldStart; break;
    case Zone::HoldEnd: drag_ = Drag::HoldEnd; break;
    case Zone::FalloffIn: drag_ = Drag::FalloffIn; break;
    case Zone::FalloffOut: drag_ = Drag::FalloffOut; break;
    case Zone::SelectionTop: drag_ = Drag::MoveSelection; break;
    default:
      drag_ = Drag::Box;
      boxStart_ = pressModifiers_ & Qt::ShiftModifier ? selection.clips() : std::set<ObjectId>{};
      break;
  }
}

void TimelineView::dragTo(const QPoint& at, Qt::KeyboardModifiers modifiers) {
  const double x = at.x() - places().canvasX;
  const Ticks time = std::max(Ticks{0}, axis_.timeAt(x));
  const Ticks delta = axis_.ticksOf(at.x() - pressAt_.x());
  switch (drag_) {
    case Drag::Scrub: session_.playback().seek(snapper({}).isOn && (modifiers & Qt::ShiftModifier)
                                                   ? snapper({}).snap(time).time
                                                   : time + Ticks{ticksOfFrame(1, session_.rate()).value / 2});
      break;
    case Drag::MoveClips: dragClips(delta, modifiers); break;
    case Drag::TrimStart:
    case Drag::TrimEnd: dragTrim(time, modifiers); break;
    case Drag::PathPoint:
    case Drag::StrengthPoint: dragPoint(at); break;
    case Drag::RangeStart:
    case Drag::RangeEnd: dragRange(time); break;
    case Drag::RangeBar: dragRange(delta); break;
    case Drag::SelectTime:
    case Drag::HoldStart:
    case Drag::HoldEnd:
    case Drag::FalloffIn:
    case Drag::FalloffOut: dragTime(time); break;
    case Drag::MoveSelection: dragTime(delta); break;
    case Drag::Box: dragBox(at, modifiers); break;
    case Drag::Pan:
      scrollTo(panLeft_ - delta, panScroll_ - (at.y() - pressAt_.y()));
      break;
    default: break;
  }
}

void TimelineView::dragClips(Ticks delta, Qt::KeyboardModifiers modifiers) {
  const auto lead = gesture_->start().findClip(pressHit_.clip);
  if (lead == nullptr) {
    return;
  }
  Snapper snap = snapper(dragged_);
  snap.isOn = isSnapping_ && !(modifiers & Qt::ControlModifier);
  const TimeRange wanted{lead->span.start + delta, lead->span.end + delta};
  const SnapResult place = isKey(*lead) ? snap.snap(wanted.start) : snap.snapSpan(wanted);
  const Ticks move = place.time - lead->span.start;
  const std::vector<ObjectId> ids(dragged_.begin(), dragged_.end());
  const bool isCopy = pressModifiers_ & Qt::AltModifier;
  const bool done = gesture_->update([&](const Timeline& start, IdSource& source) {
    return isCopy ? duplicateClips(start, source, ids, move) : moveClips(start, ids, move);
  });
  const std::int64_t frames = nearestFrame(lead->span.start + move, session_.rate()) -
                              nearestFrame(lead->span.start, session_.rate());
  overlay_.dragChip = tr("%1 f").arg(frames > 0 ? QStringLiteral("+%1").arg(frames) : QString::number(frames));
  overlay_.dragChipAt = QPoint(xOf(lead->span.start + move), mapFromGlobal(QCursor::pos()).y());
  if (overlay_.dragChipAt.y() < measure::kRuler + 24 || overlay_.dragChipAt.y() > height()) {
    overlay_.dragChipAt.setY(pressAt_.y());
  }
  showSnap(done ? place : SnapResult{});
}

void TimelineView::dragTrim(Ticks time, Qt::KeyboardModifiers modifiers) {
  const auto clip = gesture_->start().findClip(pressHit_.clip);
  if (clip == nullptr) {
    return;
  }
  Snapper snap = snapper(dragged_);
  snap.isOn = isSnapping_ && !(modifiers & Qt::ControlModifier);
  const SnapResult place = snap.snap(time);
  const Ticks frame = ticksOfFrame(1, session_.rate());
  TimeRange span = clip->span;
  if (drag_ == Drag::TrimStart) {
    span.start = std::min(place.time, span.end - frame);
  } else {
    span.end = std::max(place.time, span.start + frame);
  }
  gesture_->update([&](const Timeline& start, IdSource&) { return trimClip(start, clip->id, span); });
  showSnap(place);
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
      const Ticks from = snapped(std::max(Ticks{0}, axis_.timeAt(pressAt_.x() - places().canvasX)));
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

void TimelineView::dragBox(const QPoint& at, Qt::KeyboardModifiers modifiers) {
  const QRect box = QRect(pressAt_, at).normalized();
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
      if (modifiers & Qt::ControlModifier) {
        clips.erase(item.clip->id);
      } else {
        clips.insert(item.clip->id);
      }
    }
  }
  session_.selection().selectClips(std::move(clips));
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != pressButton_) {
    return;
  }
  const Drag was = drag_;
  const TimelineHit hit = pressHit_;
  endDrag();
  if (was == Drag::Pressed) {
    if (hit.zone == Zone::EmptyTrack || hit.zone == Zone::Below) {
      clickEmpty(hit, pressAt_);
    } else if (hit.zone == Zone::SelectTime) {
      session_.selection().setTime(std::nullopt);
    } else if (hit.zone == Zone::Result && session_.takes().shown()) {
      session_.selection().selectTake(QString::fromStdString(session_.takes().shownId()));
    } else if (hit.clip.value != 0 && !(event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier))) {
      session_.selection().selectClip(hit.clip);
    }
  }
  updateHover(event->pos());
}

void TimelineView::endDrag() {
  drag_ = Drag::Nothing;
  gesture_.reset();
  dragged_.clear();
  overlay_.guide.reset();
  overlay_.guideLabel.clear();
  overlay_.box.reset();
  overlay_.dragChip.clear();
  update();
}

void TimelineView::cancelGesture() {
  if (drag_ == Drag::Nothing) {
    return;
  }
  if (gesture_) {
    gesture_->cancel();
  }
  switch (drag_) {
    case Drag::SelectTime:
    case Drag::HoldStart:
    case Drag::HoldEnd:
    case Drag::FalloffIn:
    case Drag::FalloffOut:
    case Drag::MoveSelection: session_.selection().setTime(timeStart_); break;
    case Drag::Box: session_.selection().selectClips(boxStart_); break;
    default: break;
  }
  endDrag();
}

}  // namespace kinescore
