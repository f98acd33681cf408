#include "ui/document/timeline_document.h"

#include <algorithm>
#include <utility>

#include <QUndoCommand>

namespace kinescore {
namespace {

TimelinePatch withoutIdleChanges(TimelinePatch patch) {
  std::erase_if(patch.changes, [](const ObjectChange& c) { return c.before == c.after; });
  return patch;
}

}  // namespace

class TimelineDocument::ApplyPatch : public QUndoCommand {
 public:
  ApplyPatch(TimelineDocument& document, const QString& name, TimelinePatch patch, GestureId gesture)
      : QUndoCommand(name), document_(document), patch_(std::move(patch)), gesture_(gesture) {}

  void redo() override { document_.applyNow(patch_); }
  void undo() override { document_.applyNow(inverse(patch_)); }

  [[nodiscard]] const TimelinePatch& patch() const { return patch_; }
  int id() const override { return gesture_ == kNoGesture ? -1 : gesture_; }
  bool mergeWith(const QUndoCommand* other) override {
    const auto* next = dynamic_cast<const ApplyPatch*>(other);
    if (next == nullptr || next->gesture_ != gesture_) {
      return false;
    }
    patch_ = withoutIdleChanges(merged(patch_, next->patch_));
    setText(next->text());  // of typed words the last ones
    setObsolete(patch_.isEmpty());
    return true;
  }

 private:
  TimelineDocument& document_;
  TimelinePatch patch_;
  GestureId gesture_;
};

TimelineDocument::TimelineDocument(Timeline timeline, std::unique_ptr<IdSource> ids, QObject* parent)
    : QObject(parent), timeline_(std::move(timeline)), ids_(std::move(ids)) {}

bool TimelineDocument::edit(const QString& name, const Result<TimelinePatch>& patch,
                            GestureId gesture) {
  if (!patch) {
    Q_EMIT refused(QString::fromStdString(patch.error().message));
    return false;
  }
  TimelinePatch real = withoutIdleChanges(*patch);
  if (real.isEmpty()) {
    return true;
  }
  if (const Result<Timeline> next = apply(timeline_, real); !next) {
    Q_EMIT refused(QString::fromStdString(next.error().message));
    return false;
  }
  undoStack_.push(new ApplyPatch(*this, name, std::move(real), gesture == kNoGesture ? step_ : gesture));
  return true;
}

void TimelineDocument::endStep(bool isKept) {
  const GestureId step = std::exchange(step_, kNoGesture);
  const int last = undoStack_.index() - 1;
  const auto* command = last >= 0 ? dynamic_cast<const ApplyPatch*>(undoStack_.command(last)) : nullptr;
  if (!isKept && step != kNoGesture && command != nullptr && command->id() == step) {
    edit(command->text(), inverse(command->patch()), step);
  }
}

void TimelineDocument::replaceTimeline(Timeline timeline) {
  undoStack_.clear();
  timeline_ = std::move(timeline);
  ++revision_;
  Q_EMIT replaced();
}

bool TimelineDocument::applyNow(const TimelinePatch& patch) {
  Result<Timeline> next = apply(timeline_, patch);
  if (!next) {
    Q_EMIT refused(QString::fromStdString(next.error().message));
    return false;
  }
  timeline_ = *std::move(next);
  ++revision_;
  if (journal_) {
    journal_(patch);
  }
  std::vector<ObjectId> ids;
  ids.reserve(patch.changes.size());
  for (const ObjectChange& change : patch.changes) {
    ids.push_back(change.id);
  }
  Q_EMIT changed(ids);
  return true;
}

/// The ids that earlier updates of the gesture drew come first, then new ones.
class TimelineGesture::RepeatedIds : public IdSource {
 public:
  RepeatedIds(std::vector<ObjectId>& drawn, IdSource& fresh) : drawn_(drawn), fresh_(fresh) {}
  ObjectId next() override {
    if (used_ == drawn_.size()) {
      drawn_.push_back(fresh_.next());
    }
    return drawn_[used_++];
  }

 private:
  std::vector<ObjectId>& drawn_;
  IdSource& fresh_;
  std::size_t used_ = 0;
};

TimelineGesture::TimelineGesture(TimelineDocument& document, QString name)
    : document_(document),
      name_(std::move(name)),
      id_(document.newGesture()),
      start_(document.timeline()),
      revision_(document.revision()) {
  ++document_.gestures_;
}

TimelineGesture::~TimelineGesture() {
  --document_.gestures_;
  Q_EMIT document_.gestureEnded(isAlive() && !shown_.isEmpty());
}

bool TimelineGesture::update(const Edit& edit) {
  if (!isAlive()) {
    return false;
  }
  RepeatedIds ids(drawnIds_, document_.ids());
  Result<TimelinePatch> wanted = edit(start_, ids);
  if (!wanted) {
    if (!wasRefused_) {  // said once, not at every pixel
      wasRefused_ = true;
      document_.edit(name_, wanted);
    }
    return false;
  }
  const TimelinePatch step = shown_.isEmpty() ? *wanted : merged(inverse(shown_), *wanted);
  if (!document_.edit(name_, step, id_)) {
    return false;
  }
  shown_ = *std::move(wanted);
  revision_ = document_.revision();
  return true;
}

void TimelineGesture::cancel() {
  if (isAlive() && !shown_.isEmpty()) {
    document_.edit(name_, inverse(shown_), id_);
    shown_ = {};
    revision_ = document_.revision();
  }
}

}  // namespace kinescore
