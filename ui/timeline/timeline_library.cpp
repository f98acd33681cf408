// The part of TimelineView that takes clips of the library: dropped on a prompt, on a track of references, anywhere.
#include <QDragMoveEvent>
#include <QMimeData>

#include "ui/document/library_clips.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {

void TimelineView::setLibrary(const ClipLibrary* library) {
  library_ = library;
  if (library != nullptr) {
    connect(library, &ClipLibrary::stateChanged, this, &TimelineView::redraw);
  }
  redraw();
}

bool TimelineView::isGone(const Clip& clip) const {
  const auto* reference = std::get_if<ReferenceCondition>(&clip.condition);
  return reference != nullptr && library_ != nullptr && !library_->knows(reference->clipId);
}

SnapResult TimelineView::dropPlace(const QPoint& at) const {
  const double x = at.x() - places().canvasX;
  return x < 0 ? SnapResult{} : snapper({}).snap(std::max(Ticks{0}, axis_.timeAt(x)));
}

void TimelineView::showDrop(const QPoint& at) {
  const TimelineHit hit = hitAt(at);
  if (takesPins(session_, hit.clip)) {
    showSnap({});
    overlay_.dragChip = tr("pin to the prompt");
  } else {
    const SnapResult place = dropPlace(at);
    showSnap(place);
    overlay_.guide = place.time;
    overlay_.dragChip = tr("reference at %1").arg(nearestFrame(place.time, session_.rate()));
  }
  overlay_.dragChipAt = at + QPoint(-14, -14);  // above the picture under the mouse
  if (hovered_ != hit.clip) {
    hovered_ = hit.clip;
    redraw();
  }
  update();
}

void TimelineView::forgetDrop() {
  showSnap({});
  overlay_.dragChip.clear();
  hovered_ = {};
  redraw();
}

void TimelineView::dragMoveEvent(QDragMoveEvent* event) {
  if (holdsClip(*event->mimeData())) {
    showDrop(event->position().toPoint());
  }
  event->acceptProposedAction();
}

void TimelineView::dragLeaveEvent(QDragLeaveEvent*) { forgetDrop(); }

bool TimelineView::dropClip(const QDropEvent& event) {
  const auto clip = clipIn(*event.mimeData());
  if (!clip) {
    return false;
  }
  forgetDrop();
  const QPoint at = event.position().toPoint();
  const TimelineHit hit = hitAt(at);
  if (takesPins(session_, hit.clip)) {
    if (pinClip(session_, *clip, hit.clip)) {
      session_.selection().selectClip(hit.clip);
      Q_EMIT clipPinned(QString::fromStdString(clip->id), clip->title, hit.clip);
    }
  } else {
    placeClip(session_, *clip, dropPlace(at).time, hit.track);
  }
  return true;
}

}  // namespace kinescore
