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
constexpr double kFine = 0.1;   // of the mouse's way, while Ctrl is held
constexpr int kSnapPixels = 7;
constexpr int kScrollMargin = 24, kMostScroll = 40;  // pixels, and pixels a step

}  // namespace

Snapper TimelineView::snapper(const std::set<ObjectId>& moving, Qt::KeyboardModifiers modifiers) const {
  return {layout_, session_.timeline(), session_.playback().position(), axis_.ticksOf(kSnapPixels),
          isSnapping_ && !(modifiers & Qt::ControlModifier), moving, snapTargets_, &session_.heard()};
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
  pressAt_ = mouseAt_ = event->pos();
  lastAt_ = pressAt_;
  pressTime_ = axis_.timeAt(pressAt_.x() - places().canvasX);
  pressRowsY_ = pressAt_.y() - measure::kRuler + scrollY_;
  pressPlayhead_ = session_.playback().position();
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
    case Zone::ResultFold: showTakeLanes(!areTakeLanesShown_); return;
    case Zone::Display: setTimeDisplay(TimeDisplay((int(display_) + 1) % 3)); return;
    case Zone::HeaderName:
    case Zone::HeaderEdge:
      pressHeader(pressHit_, event->modifiers());
      drag_ = Drag::Pressed;
      return;
    case Zone::HeaderFold:
    case Zone::HeaderMute:
    case Zone::HeaderSolo:
    case Zone::HeaderLock: pressHeader(pressHit_, event->modifiers()); return;
    case Zone::Numbers:
      drag_ = Drag::Scrub;
      session_.playback().pause();
      dragTo(pressAt_, event->modifiers());
      return;
    case Zone::Playhead:
      drag_ = Drag::Scrub;
      session_.playback().pause();
      return;
    default: break;
  }
  drag_ = Drag::Pressed;
  if (isBoxNext_) {
    pressHit_ = {Zone::EmptyTrack, {}, {}, -1};
  } else if (pressHit_.clip.value != 0 && pressHit_.zone != Zone::Join) {
    const bool picks = !(event->modifiers() & Qt::AltModifier);  // with Alt they say what a drag does
    if (picks && event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier)) {
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
    beginDrag();
  }
  lastAt_ = dragPlace(event->pos(), event->modifiers());
  lastModifiers_ = event->modifiers();
  dragTo(lastAt_, lastModifiers_);
  watchEdges(lastAt_.toPoint());
}

QPointF TimelineView::dragPlace(const QPoint& mouse, Qt::KeyboardModifiers modifiers) {
  // Pressed with Ctrl it says what the drag does.
  const bool isBySight = drag_ == Drag::Box || drag_ == Drag::Pan || drag_ == Drag::Header || drag_ == Drag::HeaderEdge;
  const bool isFine = modifiers & Qt::ControlModifier && !(pressModifiers_ & Qt::ControlModifier) && !isBySight;
  const QPointF place = lastAt_ + QPointF(mouse - mouseAt_) * (isFine ? kFine : 1);
  mouseAt_ = mouse;
  return place;
}

DragTool TimelineView::toolOf(Qt::KeyboardModifiers modifiers) const {
  if (!(modifiers & Qt::AltModifier)) {
    return tool_;
  }
  return modifiers & Qt::ShiftModifier ? DragTool::Slip : (modifiers & Qt::ControlModifier ? DragTool::Slide : DragTool::Move);
}

void TimelineView::beginClipDrag() {
  const Selection& selection = session_.selection();
  dragged_ = selection.clips();
  dragged_.insert(pressHit_.clip);
  const DragTool tool = pressHit_.zone == Zone::Key ? DragTool::Move : toolOf(pressModifiers_);
  const bool isCopy = tool == DragTool::Move && pressModifiers_ & Qt::AltModifier;
  QString name = pressHit_.zone == Zone::Key ? tr("Move pose") : tr("Move clip");
  drag_ = Drag::MoveClips;
  notSnappedTo_ = dragged_;
  const auto ignoreTracks = [&](bool onlyBehind) {
    for (const ObjectId id : std::set<ObjectId>(dragged_)) {
      const auto clip = session_.timeline().findClip(id);
      if (clip == nullptr) {
        continue;
      }
      for (const auto& other : session_.timeline().clipsOf(clip->trackId)) {
        if (!onlyBehind || other->span.start >= clip->span.start) {
          notSnappedTo_.insert(other->id);
        }
      }
    }
  };
  if (tool == DragTool::Slip) {
    drag_ = Drag::Slip;
    name = tr("Slip clip");
  } else if (tool == DragTool::Slide) {
    drag_ = Drag::Slide;
    name = tr("Slide clip");
    dragged_ = {pressHit_.clip};
    ignoreTracks(false);
  } else if (isCopy) {
    name = tr("Copy clip");
  } else if (isRippling_) {
    name = tr("Ripple move");
    ignoreTracks(true);
  }
  origins_.clear();
  if (drag_ == Drag::Slide || (drag_ == Drag::MoveClips && !isCopy)) {  // the others stay where they are
    rememberOrigins();
  }
  gesture_ = std::make_unique<TimelineGesture>(session_.document(), name);
  setCursor(Qt::ClosedHandCursor);
}

void TimelineView::beginDrag() {
  const Selection& selection = session_.selection();
  timeStart_ = selection.time();
  dragged_.clear();
  switch (pressHit_.zone) {
    case Zone::ClipBody:
    case Zone::Key: beginClipDrag(); break;
    case Zone::HoldEndOfKey:
      dragged_ = {pressHit_.clip};
      notSnappedTo_ = dragged_;
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Hold pose"));
      drag_ = Drag::HoldKey;
      break;
    case Zone::ClipStart:
    case Zone::ClipEnd:
      dragged_ = {pressHit_.clip};
      notSnappedTo_ = dragged_;
      if (const auto clip = session_.timeline().findClip(pressHit_.clip); isRippling_ && clip) {
        for (const auto& other : session_.timeline().clipsOf(clip->trackId)) {
          if (other->span.start > clip->span.start) {
            notSnappedTo_.insert(other->id);
          }
        }
      }
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), isRippling_ ? tr("Ripple trim") : tr("Trim clip"));
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
    case Zone::ScaleStart:
    case Zone::ScaleEnd:
      dragged_ = selection.clips();
      scaleFrom_ = selectedSpan_.value_or(TimeRange{});
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Scale clips"));
      drag_ = Drag::Scale;
      break;
    case Zone::Join:
      dragged_ = {pressHit_.clip, pressHit_.later};
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Change join"));
      drag_ = Drag::JoinLength;
      break;
    case Zone::HeaderName:
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Move track"));
      drag_ = Drag::Header;
      setCursor(Qt::ClosedHandCursor);
      break;
    case Zone::FoundContact:
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Plant foot"));
      drag_ = Drag::PlantFoot;
      setCursor(pressHit_.edge == 0 ? Qt::ClosedHandCursor : Qt::SizeHorCursor);
      break;
    case Zone::HeaderEdge:
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Track height"));
      drag_ = Drag::HeaderEdge;
      break;
    case Zone::Marker:
      gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Move marker"));
      drag_ = Drag::MoveMarker;
      break;
    case Zone::TakeLane:
      drag_ = Drag::TakeRange;
      overlay_.swipedLane = takeLaneRect(pressHit_.take->id);
      overlay_.swipedTake = pressHit_.take->number;
      break;
    case Zone::SelectTime: drag_ = Drag::SelectTime; break;
    case Zone::HoldStart: drag_ = Drag::HoldStart; break;
    case Zone::HoldEnd: drag_ = Drag::HoldEnd; break;
    case Zone::FalloffIn: drag_ = Drag::FalloffIn; break;
    case Zone::FalloffOut: drag_ = Drag::FalloffOut; break;
    case Zone::SelectionTop: drag_ = Drag::MoveSelection; break;
    default:
      drag_ = Drag::Box;
      boxStart_ = pressModifiers_ & (Qt::ShiftModifier | Qt::ControlModifier) ? selection.clips() : std::set<ObjectId>{};
      break;
  }
}

void TimelineView::dragTo(const QPointF& place, Qt::KeyboardModifiers modifiers) {
  const QPoint at = place.toPoint();
  const double x = place.x() - places().canvasX;
  const Ticks time = std::max(Ticks{0}, axis_.timeAt(x));
  const Ticks delta = axis_.timeAt(x) - pressTime_;  // also when the canvas scrolled meanwhile
  switch (drag_) {
    case Drag::Scrub: session_.playback().seek(snapper({}).isOn && (modifiers & Qt::ShiftModifier)
                                                   ? snapper({}).snap(time).time
                                                   : time + Ticks{ticksOfFrame(1, session_.rate()).value / 2});
      break;
    case Drag::MoveClips: dragClips(delta, at, modifiers); break;
    case Drag::Slip: dragSlip(delta); break;
    case Drag::Slide: dragSlide(delta, modifiers); break;
    case Drag::Scale: dragScale(time, modifiers); break;
    case Drag::JoinLength: dragJoin(delta); break;
    case Drag::Header: dragHeader(at); break;
    case Drag::HeaderEdge: dragHeaderEdge(at); break;
    case Drag::PlantFoot: dragFound(time, delta, modifiers); break;
    case Drag::HoldKey: dragHold(time, modifiers); break;
    case Drag::MoveMarker: dragMarker(time, modifiers); break;
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
    case Drag::TakeRange: dragTakeRange(time, modifiers); break;
    case Drag::Box: dragBox(at); break;
    case Drag::Pan:
      scrollTo(panLeft_ - axis_.ticksOf(at.x() - pressAt_.x()), panScroll_ - (at.y() - pressAt_.y()));
      break;
    default: break;
  }
  // A key may have deleted what the mouse holds.
  session_.selection().keepExisting(session_.timeline());
}

void TimelineView::watchEdges(const QPoint& at) {
  const bool scrolls = drag_ != Drag::Nothing && drag_ != Drag::Pressed && drag_ != Drag::Pan && drag_ != Drag::StrengthPoint &&
                       drag_ != Drag::JoinLength && drag_ != Drag::Header && drag_ != Drag::HeaderEdge;
  const bool alsoDown = drag_ == Drag::Box || drag_ == Drag::MoveClips;
  const TimelineGeometry g = places();
  // The further out, the faster.
  const auto speed = [](int place, int low, int high) {
    const int over = place < low ? place - low : (place > high ? place - high : 0);
    return std::clamp(over, -kMostScroll, kMostScroll);
  };
  scrollStep_ = {speed(at.x(), g.canvasX + kScrollMargin, g.width - kScrollMargin),
                 alsoDown ? speed(at.y(), g.rowsY, g.height) : 0};
  if (!scrolls || scrollStep_.isNull()) {
    autoScroll_.stop();
  } else if (!autoScroll_.isActive()) {
    autoScroll_.start();
  }
}

void TimelineView::scrollByItself() {
  const Ticks left = axis_.left;
  const int top = scrollY_;
  scrollTo(axis_.left + axis_.ticksOf(scrollStep_.x()), scrollY_ + scrollStep_.y());
  if (axis_.left != left || scrollY_ != top) {
    dragTo(lastAt_, lastModifiers_);
  }
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != pressButton_) {
    return;
  }
  const Drag was = drag_;
  const TimelineHit hit = pressHit_;
  if (was == Drag::PlantFoot) {
    session_.selection().selectClips(dragged_);
  }
  const std::optional<TimeRange> swiped = was == Drag::TakeRange ? overlay_.swiped : std::nullopt;
  endDrag();
  if (swiped && hit.take) {
    Q_EMIT takeOverWanted(QString::fromStdString(hit.take->id), swiped->start, swiped->end);
  }
  if (was == Drag::Pressed) {
    if (hit.zone == Zone::EmptyTrack || hit.zone == Zone::Below) {
      clickEmpty(hit, pressAt_);
    } else if (hit.zone == Zone::TakeLane) {
      session_.selection().selectTake(QString::fromStdString(hit.take->id));
    } else if (hit.zone == Zone::SelectTime) {
      session_.selection().setTime(std::nullopt);
    } else if (hit.zone == Zone::Marker) {
      if (const auto marker = session_.timeline().findObject(hit.marker)) {
        session_.playback().pause();
        session_.playback().seek(std::get<Marker>(*marker).time);
      }
    } else if ((hit.zone == Zone::Result || hit.zone == Zone::FoundContact) && session_.takes().shown()) {
      askWhy(hit, pressAt_.x());
    } else if (hit.clip.value != 0 && hit.zone != Zone::Join && !(event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier))) {
      session_.selection().selectClip(hit.clip);
    }
  }
  session_.selection().keepExisting(session_.timeline());
  updateHover(event->pos());
}

void TimelineView::endDrag() {
  drag_ = Drag::Nothing;
  autoScroll_.stop();
  isBoxNext_ = false;
  gesture_.reset();
  dragged_.clear();
  notSnappedTo_.clear();
  overlay_.guide.reset();
  overlay_.guideLabel.clear();
  overlay_.box.reset();
  overlay_.swiped.reset();
  overlay_.dragChip.clear();
  overlay_.cameFrom.clear();
  origins_.clear();
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
    case Drag::Scrub: session_.playback().seek(pressPlayhead_); break;
    case Drag::Pan: scrollTo(panLeft_, panScroll_); break;
    default: break;
  }
  session_.selection().keepExisting(session_.timeline());
  endDrag();
}

}  // namespace kinescore
