// What single clicks, double clicks, the name field and the menus of the timeline do.
#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>

#include "ui/document/clip_adding.h"
#include "ui/document/library_clips.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_menu.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

using Zone = TimelineHit::Zone;

}  // namespace


void TimelineView::clickEmpty(const TimelineHit& hit, const QPoint& at) {
  const auto track = hit.track.value != 0 ? session_.timeline().findTrack(hit.track) : nullptr;
  if (track && addsOnClick(*track)) {
    addOnClick(*track, std::max(Ticks{0}, axis_.timeAt(at.x() - places().canvasX)));
    return;
  }
  session_.selection().selectNothing();
}

bool TimelineView::addsOnClick(const Track& track) const {
  if (pressModifiers_ & (Qt::ShiftModifier | Qt::ControlModifier)) {
    return false;
  }
  switch (track.kind) {
    case TrackKind::Text:
    case TrackKind::PartText: return true;
    // Elsewhere the first click lets go of what is selected.
    case TrackKind::Pose:
    case TrackKind::Audio:
    case TrackKind::Video: return session_.selection().clips().empty() && !track.locked;
    default: return false;
  }
}

void TimelineView::addOnClick(const Track& track, Ticks time) {
  if (track.kind == TrackKind::Pose) {
    session_.playback().pause();
    session_.playback().seek(time);
    session_.pinPose(track.id);
  } else if (track.kind == TrackKind::Audio || track.kind == TrackKind::Video) {
    Q_EMIT fileWanted(track.id, time);
  } else {
    addClipAt(track.id, time);
  }
}

void TimelineView::dragEnterEvent(QDragEnterEvent* event) {
  if (holdsClip(*event->mimeData())) {
    event->acceptProposedAction();
    return;
  }
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile() && mediaKindOf(url.toLocalFile().toStdString())) {
      event->acceptProposedAction();
      return;
    }
  }
}

void TimelineView::dropEvent(QDropEvent* event) {
  if (dropClip(*event)) {
    event->acceptProposedAction();
    return;
  }
  const TimelineHit hit = hitAt(event->position().toPoint());
  const double x = event->position().x() - places().canvasX;
  const Ticks time = x < 0 ? Ticks{0} : snapper({}).snap(std::max(Ticks{0}, axis_.timeAt(x))).time;
  for (const QUrl& url : event->mimeData()->urls()) {
    const std::filesystem::path file = url.toLocalFile().toStdString();
    if (url.isLocalFile() && mediaKindOf(file)) {
      addMediaAt(session_, hit.track, time, file);
    }
  }
  event->acceptProposedAction();
}

void TimelineView::editMarkerName(ObjectId id) {
  finishName(true);
  const auto object = session_.timeline().findObject(id);
  if (object && std::holds_alternative<Marker>(*object)) {
    openEditor(id, {markerRect(id).right() + 2, 3, 150, 22}, std::get<Marker>(*object).name,
               QStringLiteral("markerEditor"));
    nameEditor_->setAccessibleName(tr("Marker"));
  }
}

void TimelineView::editTrackName(ObjectId id) {
  finishName(true);
  const TimelineRow* row = layout_.rowOf(id);
  if (row != nullptr) {
    const int middle = places().rowTop(*row) + row->height / 2;
    openEditor(id, {42, middle - 12, headerButton(id, Zone::HeaderMute).left() - 46, 24}, row->track->name,
               QStringLiteral("trackEditor"));
    nameEditor_->setAccessibleName(tr("Track"));
  }
}

void TimelineView::openEditor(ObjectId object, const QRect& place, const std::string& words, const QString& name) {
  nameEditor_ = new QLineEdit(QString::fromStdString(words), this);
  nameEditor_->setObjectName(name);
  nameEditor_->setFont(uiFont(12));
  const int left = std::min(place.left(), width() - 184);
  nameEditor_->setGeometry(left, place.top(), std::min(place.width(), width() - left - 4), place.height());
  nameEditor_->setMaxLength(500);
  edited_ = object;
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
  finishPrompt(keep);
  if (nameEditor_ == nullptr) {
    return;
  }
  QLineEdit* editor = nameEditor_;
  nameEditor_ = nullptr;
  const QString words = editor->text().simplified();
  editor->hide();
  editor->deleteLater();
  const auto object = session_.timeline().findObject(edited_);
  if (object && keep && std::holds_alternative<Marker>(*object)) {
    Marker marker = std::get<Marker>(*object);
    marker.name = words.toStdString();
    session_.document().edit(tr("Rename marker"), changeMarker(session_.timeline(), marker));
  } else if (object && keep && std::holds_alternative<Track>(*object) && !words.isEmpty()) {
    Track track = std::get<Track>(*object);
    track.name = words.toStdString();
    session_.document().edit(tr("Rename track"), changeTrack(session_.timeline(), track));
  }
  setFocus();
  redraw();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) {
    return;
  }
  TimelineHit hit = hitAt(event->pos());
  // The first click put the playhead, and its flag, on the marker.
  if (const auto marker = hit.zone == Zone::Playhead ? markerAt(event->pos()) : std::nullopt) {
    hit = {.zone = Zone::Marker, .marker = *marker};
  }
  const auto clip = hit.clip.value != 0 ? session_.timeline().findClip(hit.clip) : nullptr;
  if (hit.zone == Zone::Marker) {
    endDrag();
    editMarkerName(hit.marker);
    return;
  }
  if (hit.zone == Zone::HeaderName || hit.zone == Zone::HeaderEdge) {
    endDrag();
    editTrackName(hit.track);
    return;
  }
  if (clip == nullptr) {
    mousePressEvent(event);
    return;
  }
  endDrag();
  if (hit.zone == Zone::Join) {
    return;
  }
  if (std::holds_alternative<TextCondition>(clip->condition)) {
    editName(clip->id);
  } else {
    session_.playback().pause();
    session_.playback().seek(clip->span.start);
  }
}

void TimelineView::pressHeader(const TimelineHit& hit, Qt::KeyboardModifiers modifiers) {
  if (hit.zone == Zone::HeaderName || hit.zone == Zone::HeaderEdge) {
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
  fillAddTrackMenu(menu, session_);
  menu.exec(mapToGlobal(QPoint(at.x(), measure::kRuler)));
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
  if (drag_ != Drag::Nothing) {
    return;
  }
  // From the keyboard it is the menu of what is selected.
  const bool isByKey = event->reason() == QContextMenuEvent::Keyboard;
  const QPoint at = isByKey ? selectedPlace() : event->pos();
  TimelineHit hit = hitAt(at);
  if (const auto marker = hit.zone == Zone::Playhead ? markerAt(at) : std::nullopt) {
    hit = {.zone = Zone::Marker, .marker = *marker};  // else it could not be reached under the flag
  }
  const Ticks time = std::max(Ticks{0}, axis_.timeAt(at.x() - places().canvasX));
  QMenu menu(this);
  fillTimelineMenu(menu, session_, *this, hit, time);
  if (!menu.isEmpty()) {
    menu.exec(isByKey ? mapToGlobal(at) : event->globalPos());
  }
}

QPoint TimelineView::selectedPlace() const {
  if (const auto clip = session_.selection().singleClip()) {
    return rectOf(*clip).intersected(rect()).center();
  }
  const QRect row = rowRect(session_.selection().track());
  return row.isEmpty() ? QPoint(xOf(session_.playback().position()), measure::kRuler + 2)
                       : QPoint(measure::kTrackHeaders / 2, row.center().y());
}

}  // namespace kinescore
