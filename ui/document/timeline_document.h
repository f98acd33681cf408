// The timeline being edited: the one place where patches are applied in the window, with undo,
// gestures and the journal's hook. Knows no widget.
//
//   document.edit(tr("Delete prompt"), deleteClips(document.timeline(), ids));
//
//   TimelineGesture drag(document, tr("Move prompt"));
//   drag.update([&](const Timeline& start, IdSource&) { return moveClips(start, ids, delta); });
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <QObject>
#include <QString>
#include <QUndoStack>

#include "engine/timeline/edit.h"
#include "engine/timeline/patch.h"

namespace kinescore {

/// Edits of one gesture become one step of the history.
using GestureId = int;
constexpr GestureId kNoGesture = 0;

class TimelineDocument : public QObject {
  Q_OBJECT

 public:
  TimelineDocument(Timeline timeline, std::unique_ptr<IdSource> ids, QObject* parent = nullptr);

  [[nodiscard]] const Timeline& timeline() const { return timeline_; }
  /// Grows with every change, also by undo.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  [[nodiscard]] QUndoStack& undoStack() { return undoStack_; }
  [[nodiscard]] const QUndoStack& undoStack() const { return undoStack_; }
  [[nodiscard]] IdSource& ids() { return *ids_; }

  /// Applies and remembers an edit. False, and refused() is told, when there is no patch or it does
  /// not fit; an edit that changes nothing leaves no step.
  bool edit(const QString& name, const Result<TimelinePatch>& patch, GestureId gesture = kNoGesture);
  [[nodiscard]] GestureId newGesture() { return ++lastGesture_; }

  /// Edits from here to the end, of whoever makes them, are one step; not kept they leave none.
  void beginStep() { step_ = newGesture(); }
  void endStep(bool isKept);

  /// Another project: history is gone.
  void replaceTimeline(Timeline timeline);

  /// Something is being dragged (or typed without a pause): what stands there now may not stay.
  [[nodiscard]] bool isInGesture() const { return gestures_ > 0; }

  /// Called with every patch that was applied, also by undo and redo.
  void setJournal(std::function<void(const TimelinePatch&)> journal) { journal_ = std::move(journal); }

 Q_SIGNALS:
  /// Once a transaction, never once a clip.
  void changed(const std::vector<kinescore::ObjectId>& ids);
  void replaced();
  /// A gesture is over; with `changed` something of it stayed.
  void gestureEnded(bool changed);
  /// An edit was not possible: one sentence.
  void refused(const QString& sentence);

 private:
  friend class TimelineGesture;
  class ApplyPatch;
  bool applyNow(const TimelinePatch& patch);

  Timeline timeline_;
  std::unique_ptr<IdSource> ids_;
  std::uint64_t revision_ = 1;
  GestureId lastGesture_ = kNoGesture;
  GestureId step_ = kNoGesture;  // of beginStep
  int gestures_ = 0;             // under way
  std::function<void(const TimelinePatch&)> journal_;
  QUndoStack undoStack_;  // last: its commands refer to the rest
};

/// Something the user is in the middle of: each update replaces what the update before did, so that
/// clamping and snapping never accumulate. What stands at the end is one step of the history.
class TimelineGesture {
 public:
  /// Must give the same ids each time it draws them: those of the first update are used again.
  using Edit = std::function<Result<TimelinePatch>(const Timeline& start, IdSource& ids)>;

  TimelineGesture(TimelineDocument& document, QString name);
  ~TimelineGesture();
  TimelineGesture(const TimelineGesture&) = delete;
  TimelineGesture& operator=(const TimelineGesture&) = delete;

  bool update(const Edit& edit);
  /// Back to how it was; leaves no step.
  void cancel();
  [[nodiscard]] const Timeline& start() const { return start_; }
  /// False after the document was changed from elsewhere: the gesture is over.
  [[nodiscard]] bool isAlive() const { return document_.revision() == revision_; }

 private:
  class RepeatedIds;

  TimelineDocument& document_;
  QString name_;
  GestureId id_;
  Timeline start_;
  TimelinePatch shown_;
  std::uint64_t revision_;
  std::vector<ObjectId> drawnIds_;
  bool wasRefused_ = false;
};

}  // namespace kinescore
