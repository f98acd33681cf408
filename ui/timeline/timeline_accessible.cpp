#include "ui/timeline/timeline_accessible.h"

#include <map>

#include <QAccessibleWidget>

#include "ui/document/clip_adding.h"
#include "ui/document/edit_commands.h"
#include "ui/timeline/result_summary.h"
#include "ui/timeline/timeline_painter.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

QString words(const char* text) { return TimelineView::tr(text); }

/// What is painted on the timeline and is no widget of its own.
class Painted : public QAccessibleInterface {
 public:
  Painted(TimelineView& view, QAccessibleInterface& parent) : view_(view), parent_(parent) {}
  QObject* object() const override { return nullptr; }
  QWindow* window() const override { return parent_.window(); }
  QAccessibleInterface* parent() const override { return &parent_; }
  QAccessibleInterface* child(int) const override { return nullptr; }
  int childCount() const override { return 0; }
  int indexOfChild(const QAccessibleInterface*) const override { return -1; }
  QAccessibleInterface* childAt(int, int) const override { return nullptr; }
  void setText(QAccessible::Text, const QString&) override {}
  QRect rect() const override { return {view_.mapToGlobal(place().topLeft()), place().size()}; }

 protected:
  [[nodiscard]] virtual QRect place() const = 0;
  [[nodiscard]] Session& session() const { return view_.session(); }
  TimelineView& view_;

 private:
  QAccessibleInterface& parent_;
};

class PlayheadAccess : public Painted, public QAccessibleValueInterface {
 public:
  using Painted::Painted;
  bool isValid() const override { return true; }
  QAccessible::Role role() const override { return QAccessible::Slider; }
  QAccessible::State state() const override { return {}; }
  QString text(QAccessible::Text what) const override {
    return what == QAccessible::Name ? words("Playhead, frame %1 of %2").arg(session().playback().frame()).arg(frames())
                                     : QString();
  }
  void* interface_cast(QAccessible::InterfaceType type) override {
    return type == QAccessible::ValueInterface ? static_cast<QAccessibleValueInterface*>(this) : nullptr;
  }
  QVariant currentValue() const override { return qint64(session().playback().frame()); }
  void setCurrentValue(const QVariant& value) override {
    session().playback().pause();
    session().playback().seekFrame(value.toLongLong());
  }
  QVariant minimumValue() const override { return qint64(0); }
  QVariant maximumValue() const override { return qint64(std::max<std::int64_t>(0, frames() - 1)); }
  QVariant minimumStepSize() const override { return qint64(1); }

 protected:
  QRect place() const override {
    return {view_.xOf(session().playback().position()) - 8, 0, 16, view_.height()};
  }

 private:
  std::int64_t frames() const { return nearestFrame(session().timeline().settings().duration, session().rate()); }
};

QString strengthWords(const Clip& clip) {
  float least = 1, most = clip.strength.points.empty() ? 1.0f : 0.0f;
  for (const EnvelopePoint& point : clip.strength.points) {
    least = std::min(least, point.value);
    most = std::max(most, point.value);
  }
  return least == most ? words("strength %1").arg(double(most), 0, 'f', 1)
                       : words("strength %1 to %2").arg(double(least), 0, 'f', 1).arg(double(most), 0, 'f', 1);
}

class ClipAccess : public Painted, public QAccessibleActionInterface {
 public:
  ClipAccess(TimelineView& view, QAccessibleInterface& parent, ObjectId id) : Painted(view, parent), id_(id) {}
  bool isValid() const override { return clip() != nullptr; }
  QAccessible::Role role() const override { return QAccessible::ListItem; }
  QAccessible::State state() const override {
    QAccessible::State state;
    state.selectable = state.focusable = true;
    state.selected = session().selection().contains(id_);
    state.focused = session().selection().singleClip() == id_ && view_.hasFocus();
    state.offscreen = !view_.rect().intersects(place());
    return state;
  }
  QString text(QAccessible::Text what) const override {
    const auto now = clip();
    return what == QAccessible::Name && now ? name(*now) : QString();
  }
  void* interface_cast(QAccessible::InterfaceType type) override {
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
  }
  QStringList actionNames() const override {
    const auto now = clip();
    const bool isPoint = now && isKey(*now);
    return isPoint ? QStringList{setFocusAction(), pressAction(), kDelete}
                   : QStringList{setFocusAction(), pressAction(), kSplit, kDelete, kMute};
  }
  QString localizedActionName(const QString& action) const override {
    const auto now = clip();
    return action == pressAction() ? (now && isKey(*now) ? words("Go to") : words("Edit"))
           : action == kSplit      ? words("Split")
           : action == kDelete     ? words("Delete")
           : action == kMute       ? words("Mute")
                                   : QAccessibleActionInterface::localizedActionName(action);
  }
  void doAction(const QString& action) override {
    const auto now = clip();
    if (now == nullptr) {
      return;
    }
    session().selection().selectClip(id_);
    if (action == pressAction()) {
      view_.editSelected();
    } else if (action == kSplit) {
      splitAtPlayhead(session());
    } else if (action == kDelete) {
      deleteSelection(session());
    } else if (action == kMute) {
      setSelectedClipsMuted(session(), !now->muted);
    } else {
      view_.setFocus();
    }
  }
  QStringList keyBindingsForAction(const QString& action) const override {
    return action == pressAction() ? QStringList{words("Return")} : QStringList{};
  }

 protected:
  QRect place() const override { return view_.rectOf(id_); }

 private:
  static inline const QString kSplit = QStringLiteral("split"), kDelete = QStringLiteral("delete"),
                              kMute = QStringLiteral("mute");

  std::shared_ptr<const Clip> clip() const { return session().timeline().findClip(id_); }
  QString name(const Clip& now) const {
    const FrameRate rate = session().rate();
    const std::int64_t start = nearestFrame(now.span.start, rate);
    const std::int64_t last = std::max(start, nearestFrame(now.span.end, rate) - 1);
    const TakePointer take = session().takes().shown();
    const auto off = take ? missedBy(*take, now) : std::nullopt;
    const QString missed = off ? words(", missed by %1 centimetres").arg(double(*off) * 100, 0, 'f', 1) : QString();
    if (const auto* target = std::get_if<TargetCondition>(&now.condition)) {
      return words("Target of %1 at frame %2%3").arg(jointName(target->joint).toLower()).arg(start).arg(missed);
    }
    if (isKey(now)) {
      return last > start ? words("Pose held from frame %1 to %2%3").arg(start).arg(last).arg(missed)
                          : words("Pose at frame %1%2").arg(start).arg(missed);
    }
    const auto track = session().timeline().findTrack(now.trackId);
    const QString kind = track ? kindName(track->kind) : QString();
    const QString muted = now.muted ? words(", muted") : QString();
    return words("%1 clip, %2, frames %3 to %4, %5%6").arg(kind, clipTitle(now)).arg(start).arg(last).arg(strengthWords(now), muted);
  }

  ObjectId id_;
};

class TrackAccess : public Painted, public QAccessibleActionInterface {
 public:
  TrackAccess(TimelineView& view, QAccessibleInterface& parent, ObjectId id) : Painted(view, parent), id_(id) {}
  ~TrackAccess() override {
    for (const auto& [clip, access] : clips_) {
      QAccessible::deleteAccessibleInterface(access);
    }
  }
  bool isValid() const override { return track() != nullptr; }
  QAccessible::Role role() const override { return QAccessible::List; }
  QAccessible::State state() const override {
    QAccessible::State state;
    state.selectable = state.focusable = true;
    state.selected = session().selection().surface() == Selection::Surface::Track && session().selection().track() == id_;
    state.focused = state.selected && view_.hasFocus();
    return state;
  }
  QString text(QAccessible::Text what) const override {
    const auto now = track();
    if (what != QAccessible::Name || now == nullptr) {
      return {};
    }
    const int count = childCount();
    return words("%1 track, %2, %3%4%5")
        .arg(QString::fromStdString(now->name), count == 1 ? words("1 clip") : words("%1 clips").arg(count),
             now->muted ? words("muted") : words("not muted"), now->soloed ? words(", solo") : QString(),
             now->locked ? words(", locked") : QString());
  }
  int childCount() const override { return int(session().timeline().clipsOf(id_).size()); }
  QAccessibleInterface* child(int index) const override {
    const auto& clips = session().timeline().clipsOf(id_);
    return index >= 0 && index < int(clips.size()) ? access(clips[std::size_t(index)]->id) : nullptr;
  }
  int indexOfChild(const QAccessibleInterface* child) const override {
    const auto& clips = session().timeline().clipsOf(id_);
    for (std::size_t i = 0; i < clips.size(); ++i) {
      const auto known = clips_.find(clips[i]->id);
      if (known != clips_.end() && QAccessible::accessibleInterface(known->second) == child) {
        return int(i);
      }
    }
    return -1;
  }
  /// Made when it is first asked for.
  QAccessibleInterface* access(ObjectId clip) const {
    auto known = clips_.find(clip);
    if (known == clips_.end()) {
      auto* made = new ClipAccess(view_, const_cast<TrackAccess&>(*this), clip);
      known = clips_.emplace(clip, QAccessible::registerAccessibleInterface(made)).first;
    }
    return QAccessible::accessibleInterface(known->second);
  }
  void* interface_cast(QAccessible::InterfaceType type) override {
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
  }
  QStringList actionNames() const override { return {setFocusAction(), kMute, kSolo, kLock, kFold}; }
  QString localizedActionName(const QString& action) const override {
    return action == kMute   ? words("Mute")
           : action == kSolo ? words("Solo")
           : action == kLock ? words("Lock")
           : action == kFold ? words("Fold")
                             : QAccessibleActionInterface::localizedActionName(action);
  }
  void doAction(const QString& action) override {
    const auto now = track();
    if (now == nullptr) {
      return;
    }
    session().selection().selectTrack(id_);
    if (action == kFold) {
      Track folded = *now;
      folded.folded = !folded.folded;
      session().document().edit(words("Fold track"), changeTrack(session().timeline(), folded));
    } else if (action == kMute || action == kSolo || action == kLock) {
      flipTrackSwitch(session(), action == kMute ? TrackSwitch::Mute : action == kSolo ? TrackSwitch::Solo : TrackSwitch::Lock);
    } else {
      view_.setFocus();
    }
  }
  QStringList keyBindingsForAction(const QString&) const override { return {}; }

 protected:
  QRect place() const override { return view_.rowRect(id_).united({0, view_.rowRect(id_).top(), 1, 1}); }

 private:
  static inline const QString kMute = QStringLiteral("mute"), kSolo = QStringLiteral("solo"),
                              kLock = QStringLiteral("lock"), kFold = QStringLiteral("fold");

  std::shared_ptr<const Track> track() const { return session().timeline().findTrack(id_); }

  ObjectId id_;
  mutable std::map<ObjectId, QAccessible::Id> clips_;
};

/// The stretch that is made anew; there while time is selected.
class TimeSelectionAccess : public Painted, public QAccessibleActionInterface {
 public:
  using Painted::Painted;
  bool isValid() const override { return session().selection().time().has_value(); }
  QAccessible::Role role() const override { return QAccessible::Grouping; }
  QAccessible::State state() const override {
    QAccessible::State state;
    state.selectable = true;
    state.selected = session().selection().surface() == Selection::Surface::Time;
    return state;
  }
  QString text(QAccessible::Text what) const override {
    const auto& time = session().selection().time();
    if (what != QAccessible::Name || !time) {
      return {};
    }
    const auto frames = [&](Ticks at) { return nearestFrame(at, session().rate()); };
    return words("Time selection, hold %1 to %2, falloffs %3 and %4")
        .arg(frames(time->hold.start)).arg(frames(time->hold.end) - 1).arg(frames(time->falloffIn)).arg(frames(time->falloffOut));
  }
  void* interface_cast(QAccessible::InterfaceType type) override {
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
  }
  QStringList actionNames() const override { return {kRegenerate, kClear}; }
  QString localizedActionName(const QString& action) const override {
    return action == kRegenerate ? words("Regenerate") : action == kClear ? words("Clear") : QString();
  }
  void doAction(const QString& action) override {
    if (action == kRegenerate) {
      Q_EMIT view_.regenerateWanted();
    } else if (action == kClear) {
      session().selection().setTime(std::nullopt);
    }
  }
  QStringList keyBindingsForAction(const QString& action) const override {
    return action == kRegenerate ? QStringList{words("Ctrl+Shift+Return")} : action == kClear ? QStringList{words("Alt+X")} : QStringList{};
  }

 protected:
  QRect place() const override {
    const auto& time = session().selection().time();
    const TimeRange span = time ? time->span() : TimeRange{};
    const int left = view_.xOf(span.start);
    return {left, 0, std::max(1, view_.xOf(span.end) - left), view_.height()};
  }

 private:
  static inline const QString kRegenerate = QStringLiteral("regenerate"), kClear = QStringLiteral("clear");
};

class TimelineAccess : public QAccessibleWidget {
 public:
  explicit TimelineAccess(TimelineView* view)
      : QAccessibleWidget(view, QAccessible::Pane, view->accessibleName()),
        view_(*view),
        playhead_(QAccessible::registerAccessibleInterface(new PlayheadAccess(*view, *this))),
        time_(QAccessible::registerAccessibleInterface(new TimeSelectionAccess(*view, *this))) {}
  ~TimelineAccess() override {
    QAccessible::deleteAccessibleInterface(time_);
    QAccessible::deleteAccessibleInterface(playhead_);
    for (const auto& [track, access] : tracks_) {
      QAccessible::deleteAccessibleInterface(access);
    }
  }

  /// The playhead, the tracks, and at the end the time selection while there is one.
  int childCount() const override {
    return 1 + int(view_.session().timeline().tracks().size()) + (view_.session().selection().time() ? 1 : 0);
  }
  QAccessibleInterface* child(int index) const override {
    if (index == 0) {
      return playhead();
    }
    const auto tracks = view_.session().timeline().tracks();
    if (index == int(tracks.size()) + 1 && view_.session().selection().time()) {
      return QAccessible::accessibleInterface(time_);
    }
    return index > 0 && index <= int(tracks.size()) ? track(tracks[std::size_t(index - 1)]->id) : nullptr;
  }
  int indexOfChild(const QAccessibleInterface* child) const override {
    for (int i = 0; i < childCount(); ++i) {
      if (this->child(i) == child) {
        return i;
      }
    }
    return -1;
  }
  QAccessibleInterface* childAt(int x, int y) const override {
    const TimelineHit hit = view_.hitAt(view_.mapFromGlobal(QPoint(x, y)));
    if (hit.zone == TimelineHit::Zone::Playhead) {
      return playhead();
    }
    return hit.clip.value != 0 ? clip(hit.clip) : (hit.track.value != 0 ? track(hit.track) : nullptr);
  }
  QAccessibleInterface* focusChild() const override { return selected(); }

  QAccessibleInterface* playhead() const { return QAccessible::accessibleInterface(playhead_); }
  QAccessibleInterface* track(ObjectId id) const {
    auto known = tracks_.find(id);
    if (known == tracks_.end()) {
      auto* made = new TrackAccess(view_, const_cast<TimelineAccess&>(*this), id);
      known = tracks_.emplace(id, QAccessible::registerAccessibleInterface(made)).first;
    }
    return QAccessible::accessibleInterface(known->second);
  }
  QAccessibleInterface* clip(ObjectId id) const {
    const auto found = view_.session().timeline().findClip(id);
    return found ? static_cast<TrackAccess*>(track(found->trackId))->access(id) : nullptr;
  }
  /// The one selected clip or track.
  QAccessibleInterface* selected() const {
    const Selection& selection = view_.session().selection();
    if (const auto one = selection.singleClip()) {
      return clip(*one);
    }
    return selection.surface() == Selection::Surface::Track ? track(selection.track()) : nullptr;
  }

 private:
  TimelineView& view_;
  QAccessible::Id playhead_, time_;
  mutable std::map<ObjectId, QAccessible::Id> tracks_;
};

QAccessibleInterface* timelineAccess(const QString&, QObject* object) {
  auto* view = qobject_cast<TimelineView*>(object);
  return view != nullptr ? new TimelineAccess(view) : nullptr;
}

TimelineAccess* accessOf(TimelineView& view) {
  return QAccessible::isActive() ? static_cast<TimelineAccess*>(QAccessible::queryAccessibleInterface(&view)) : nullptr;
}

}  // namespace

void installTimelineAccess() { QAccessible::installFactory(timelineAccess); }

void tellSelection(TimelineView& view) {
  const TimelineAccess* access = accessOf(view);
  if (QAccessibleInterface* selected = access != nullptr ? access->selected() : nullptr; selected != nullptr && view.hasFocus()) {
    QAccessibleEvent focus(selected, QAccessible::Focus);
    QAccessible::updateAccessibility(&focus);
  }
}

void tellPlayhead(TimelineView& view) {
  if (const TimelineAccess* access = accessOf(view); access != nullptr && !view.session().playback().isPlaying()) {
    QAccessibleValueChangeEvent moved(access->playhead(), qint64(view.session().playback().frame()));
    QAccessible::updateAccessibility(&moved);
  }
}

}  // namespace kinescore
