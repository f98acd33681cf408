// The timeline: ruler, track headers, clips, keys, result, in one painted widget. Gestures edit the
// document while they last, and each is one step of the history.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include <QLineEdit>
#include <QPixmap>
#include <QWidget>

#include "ui/document/session.h"
#include "ui/timeline/snapping.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {

/// What is under the mouse.
struct TimelineHit {
  enum class Zone {
    Nothing, AddTrack, HeaderFold, HeaderName, HeaderMute, HeaderSolo, HeaderLock,
    RangeStart, RangeEnd, RangeBar, Numbers, SelectTime,
    HoldStart, HoldEnd, FalloffIn, FalloffOut, SelectionTop,
    ClipBody, ClipStart, ClipEnd, Key, HoldEndOfKey, PathPoint, StrengthPoint, EmptyTrack, Result, Below
  };
  Zone zone = Zone::Nothing;
  ObjectId track, clip;
  int point = -1;  // of a path or a strength curve
};

class TimelineView : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineView(Session& session, QWidget* parent = nullptr);
  ~TimelineView() override;

  [[nodiscard]] const TimeAxis& axis() const { return axis_; }
  void fitAll();
  void fitSelection();
  void zoomBy(double factor);
  /// 0 … 1 of the slider: 0 fits all.
  void setZoomPlace(double place);
  [[nodiscard]] double zoomPlace() const;
  [[nodiscard]] bool isSnapping() const { return isSnapping_; }
  void setSnapping(bool on);
  [[nodiscard]] TimeDisplay timeDisplay() const { return display_; }
  void setTimeDisplay(TimeDisplay display);
  /// Writes a prompt in place.
  void editName(ObjectId clip);
  /// A new prompt on a text track, to be written in place.
  void addClipAt(ObjectId track, Ticks time);
  [[nodiscard]] bool isEditingName() const { return nameEditor_ != nullptr; }
  /// True while the mouse holds something: Esc then gives it up.
  [[nodiscard]] bool isInGesture() const { return drag_ != Drag::Nothing; }
  void cancelGesture();

  [[nodiscard]] TimelineHit hitAt(const QPoint& at) const;
  /// Where a clip or key is drawn; empty when its row is not there.
  [[nodiscard]] QRect rectOf(ObjectId clip) const;
  [[nodiscard]] QRect rowRect(ObjectId track) const;
  /// A header's switch: M, S or lock.
  [[nodiscard]] QRect headerButton(ObjectId track, TimelineHit::Zone zone) const;
  [[nodiscard]] int xOf(Ticks time) const { return places().canvasX + int(std::lround(axis_.xOf(time))); }
  [[nodiscard]] const PaintCounters& counters() const { return painter_.counters(); }

  QSize sizeHint() const override { return {1294, 374}; }

 Q_SIGNALS:
  void axisChanged();
  void displayChanged();
  void snappingChanged(bool on);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  enum class Drag {
    Nothing, Pressed, MoveClips, TrimStart, TrimEnd, PathPoint, StrengthPoint, Scrub, RangeStart, RangeEnd, RangeBar,
    SelectTime, HoldStart, HoldEnd, FalloffIn, FalloffOut, MoveSelection, Box, Pan
  };

  // Looking.
  [[nodiscard]] TimelineGeometry places() const;
  [[nodiscard]] TimelineScene scene() const;
  void refreshLayout();
  void refreshSummary();
  void redraw();  // the standing layer too
  void showPlayhead(Ticks position);
  void scrollTo(Ticks left, int scrollY);
  void updateHover(const QPoint& at);
  [[nodiscard]] Snapper snapper(const std::set<ObjectId>& moving) const;
  [[nodiscard]] TimelineHit hitRuler(const QPoint& at) const;
  [[nodiscard]] TimelineHit hitHeader(const QPoint& at) const;
  [[nodiscard]] TimelineHit hitTrack(const QPoint& at, const TimelineRow& row) const;

  // Gestures; timeline_gestures.cpp.
  void beginDrag(const QPoint& at);
  void dragTo(const QPoint& at, Qt::KeyboardModifiers modifiers);
  void dragClips(Ticks delta, Qt::KeyboardModifiers modifiers);
  void dragTrim(Ticks time, Qt::KeyboardModifiers modifiers);
  void dragPoint(const QPoint& at);
  void dragRange(Ticks time);
  void dragTime(Ticks time);
  void dragBox(const QPoint& at, Qt::KeyboardModifiers modifiers);
  void endDrag();
  void pressHeader(const TimelineHit& hit, Qt::KeyboardModifiers modifiers);
  void clickEmpty(const TimelineHit& hit, const QPoint& at);
  void showSnap(const SnapResult& snap);
  void finishName(bool keep);
  void changeTrackFlag(ObjectId track, TimelineHit::Zone zone, bool allOthers);
  void addTrackMenu(const QPoint& at);

  Session& session_;
  TimelineLayout layout_;
  TimelinePainter painter_;
  std::optional<ResultSummary> summary_;
  TakePointer summaryOf_;
  TimeAxis axis_;
  int scrollY_ = 0;
  bool isFitted_ = true;  // follows the window's size until the user zooms
  bool isSnapping_ = true;
  TimeDisplay display_ = TimeDisplay::Frames;
  QPixmap standing_;
  bool isStandingValid_ = false;
  Ticks shownPlayhead_;
  ObjectId hovered_;

  Drag drag_ = Drag::Nothing;
  TimelineHit pressHit_;
  QPoint pressAt_;
  Qt::KeyboardModifiers pressModifiers_;
  Qt::MouseButton pressButton_ = Qt::NoButton;
  std::unique_ptr<TimelineGesture> gesture_;
  std::set<ObjectId> dragged_;
  std::set<ObjectId> boxStart_;
  std::optional<TimeSelection> timeStart_;
  Ticks panLeft_;
  int panScroll_ = 0;
  TimelineOverlay overlay_;

  QLineEdit* nameEditor_ = nullptr;
  ObjectId editedClip_;
  std::unique_ptr<TimelineGesture> newClip_;  // a clip just added, named in the same step
};

}  // namespace kinescore
