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
constexpr double kNewClipSeconds = 2;
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

void TimelineView::clickEmpty(const TimelineHit& hit, const QPoint& at) {
  const auto track = hit.track.value != 0 ? session_.timeline().findTrack(hit.track) : nullptr;
  const bool writes = track && (track->kind == TrackKind::Text || track->kind == TrackKind::PartText);
  if (writes && !(pressModifiers_ & (Qt::ShiftModifier | Qt::ControlModifier))) {
    addClipAt(hit.track, std::max(Ticks{0}, axis_.timeAt(at.x() - places().canvasX)));
    return;
  }
  session_.selection().selectNothing();
}

void TimelineView::addClipAt(ObjectId track, Ticks time) {
  const FrameRate rate = session_.rate();
  const Ticks start = snapper({}).snap(ticksOfFrame(frameAt(time, rate), rate)).time;
  Ticks end = start + ticksFromSeconds(kNewClipSeconds);
  // As long as it fits before the next one.
  const Ticks least = ticksOfFrame(nearestFrame(ticksFromSeconds(0.5), rate), rate);
  for (const auto& other : session_.timeline().clipsOf(track)) {
    if (other->span.start > start) {
      end = std::max(start + least, std::min(end, other->span.start));
      break;
    }
  }
  Clip clip;
  clip.trackId = track;
  clip.span = {start, ticksOfFrame(nearestFrame(end, rate), rate)};
  clip.condition = TextCondition{};
  newClip_ = std::make_unique<TimelineGesture>(session_.document(), tr("Add prompt"));
  ObjectId added;
  const bool done = newClip_->update([&](const Timeline& timeline, IdSource& ids) {
    Result<TimelinePatch> patch = addClip(timeline, ids, clip);
    if (patch) {
      added = patch->changes.front().id;
    }
    return patch;
  });
  if (!done) {
    newClip_.reset();
    return;
  }
  session_.selection().selectClip(added);
  editName(added);
}

void TimelineView::editName(ObjectId id) {
  finishName(true);
  const auto clip = session_.timeline().findClip(id);
  const auto* text = clip ? std::get_if<TextCondition>(&clip->condition) : nullptr;
  if (text == nullptr) {
    return;
  }
  const auto track = session_.timeline().findTrack(clip->trackId);
  if (clip->locked || (track && track->locked)) {
    Q_EMIT session_.problem(tr("This prompt is locked; unlock it to change its words."));
    return;
  }
  const QRect rect = rectOf(id);
  const int left = std::max(rect.left(), places().canvasX) + 5;
  const int room = std::max(180, rect.right() - left - 2);
  nameEditor_ = new QLineEdit(QString::fromStdString(text->prompt), this);
  nameEditor_->setObjectName(QStringLiteral("promptEditor"));
  nameEditor_->setAccessibleName(tr("Prompt"));
  nameEditor_->setPlaceholderText(tr("What happens here?"));
  nameEditor_->setFont(uiFont(12));
  nameEditor_->setGeometry(std::min(left, width() - 184), rect.top() - 2, std::min(room, width() - left - 4), 24);
  nameEditor_->setMaxLength(500);
  editedClip_ = id;
  connect(nameEditor_, &QLineEdit::returnPressed, this, [this] { finishName(true); });
  connect(nameEditor_, &QLineEdit::editingFinished, this, [this] { finishName(true); });
  nameEditor_->installEventFilter(this);
  nameEditor_->show();
  nameEditor_->setFocus();
  nameEditor_->selectAll();
  redraw();
}

bool TimelineView::eventFilter(QObject* object, QEvent* event) {
  if (object == nameEditor_ && (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride)) {
    if (static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
      event->accept();
      if (event->type() == QEvent::KeyPress) {
        finishName(false);
      }
      return true;
    }
  }
  return QWidget::eventFilter(object, event);
}

void TimelineView::finishName(bool keep) {
  if (nameEditor_ == nullptr) {
    return;
  }
  QLineEdit* editor = nameEditor_;
  nameEditor_ = nullptr;
  const QString words = editor->text().simplified();
  editor->hide();
  editor->deleteLater();
  const auto clip = session_.timeline().findClip(editedClip_);
  const bool isNew = newClip_ != nullptr;
  if (clip != nullptr && keep && !(isNew && words.isEmpty())) {
    Clip renamed = *clip;
    std::get<TextCondition>(renamed.condition).prompt = words.toStdString();
    if (isNew) {
      // The clip appears with its words: one step of the history.
      newClip_->update([&](const Timeline& timeline, IdSource& ids) { return addClip(timeline, ids, renamed); });
    } else if (renamed != *clip) {
      session_.document().edit(tr("Change prompt"), changeClip(session_.timeline(), renamed));
    }
  } else if (isNew) {
    newClip_->cancel();
  }
  newClip_.reset();
  setFocus();
  redraw();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) {
    return;
  }
  const TimelineHit hit = hitAt(event->pos());
  const auto clip = hit.clip.value != 0 ? session_.timeline().findClip(hit.clip) : nullptr;
  if (clip == nullptr) {
    mousePressEvent(event);
    return;
  }
  endDrag();
  if (std::holds_alternative<TextCondition>(clip->condition)) {
    editName(clip->id);
  } else {
    session_.playback().pause();
    session_.playback().seek(clip->span.start);
  }
}

void TimelineView::pressHeader(const TimelineHit& hit, Qt::KeyboardModifiers modifiers) {
  if (hit.zone == Zone::HeaderName) {
    session_.selection().selectTrack(hit.track);
    return;
  }
  changeTrackFlag(hit.track, hit.zone, modifiers & Qt::AltModifier);
}

void TimelineView::changeTrackFlag(ObjectId id, Zone zone, bool allOthers) {
  const QString name = zone == Zone::HeaderMute   ? tr("Mute track")
                       : zone == Zone::HeaderSolo ? tr("Solo track")
                       : zone == Zone::HeaderLock ? tr("Lock track")
                                                  : tr("Fold track");
  const auto flag = [&](Track& track) -> bool& {
    return zone == Zone::HeaderMute   ? track.muted
           : zone == Zone::HeaderSolo ? track.soloed
           : zone == Zone::HeaderLock ? track.locked
                                      : track.folded;
  };
  const auto pressed = session_.timeline().findTrack(id);
  if (pressed == nullptr) {
    return;
  }
  Track first = *pressed;
  const bool value = !flag(first);
  const GestureId gesture = session_.document().newGesture();
  for (const auto& track : session_.timeline().tracks()) {
    if ((track->id == id) != allOthers) {
      Track changed = *track;
      flag(changed) = value;
      session_.document().edit(name, changeTrack(session_.timeline(), changed), gesture);
    }
  }
}

void TimelineView::addTrackMenu(const QPoint& at) {
  QMenu menu(this);
  for (const TrackKind kind : {TrackKind::Text, TrackKind::Pose, TrackKind::Path}) {
    menu.addAction(icon(kindIcon(kind), kindColor(kind)), kindName(kind), this, [this, kind] {
      session_.document().edit(tr("Add track"), addTrack(session_.timeline(), session_.document().ids(), kind,
                                                         kindName(kind).toStdString()));
    });
  }
  menu.exec(mapToGlobal(QPoint(at.x(), measure::kRuler)));
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
  if (drag_ != Drag::Nothing) {
    return;
  }
  const TimelineHit hit = hitAt(event->pos());
  const Ticks time = std::max(Ticks{0}, axis_.timeAt(event->pos().x() - places().canvasX));
  QMenu menu(this);
  fillTimelineMenu(menu, session_, *this, hit, time);
  if (!menu.isEmpty()) {
    menu.exec(event->globalPos());
  }
}

}  // namespace kinescore
