// The timeline: ruler, track headers, clips, keys, result, in one painted widget. Gestures edit the
// document while they last, and each is one step of the history.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include <QLineEdit>
#include <QPixmap>
#include <QTimer>
#include <QWidget>

#include "ui/document/session.h"
#include "ui/timeline/snapping.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {

struct PromptSuggestion;
class PromptEditor;
class PromptHelp;

/// What is under the mouse.
struct TimelineHit {
  enum class Zone {
    Nothing, AddTrack, Display, HeaderFold, HeaderName, HeaderMute, HeaderSolo, HeaderLock, HeaderEdge,
    RangeStart, RangeEnd, RangeBar, Numbers, SelectTime, Playhead, Marker, ScaleStart, ScaleEnd,
    HoldStart, HoldEnd, FalloffIn, FalloffOut, SelectionTop,
    ClipBody, ClipStart, ClipEnd, Key, HoldEndOfKey, PathPoint, StrengthPoint, Join, FoundContact, EmptyTrack, Result,
    ResultFold, TakeLane, Below
  };
  Zone zone = Zone::Nothing;
  ObjectId track, clip;
  int point = -1;  // of a path or a strength curve
  ObjectId marker = {};
  ObjectId later = {};  // of a join; `clip` is the earlier one
  FrameRange found = {};  // of a contact that the take holds, in the engine's frames; `point` is the part of the foot
  TakePointer take = {};  // of a take's lane
  int edge = 0;           // of it: -1 its start, 1 its end, 0 what is between
};

/// What dragging the body of a clip does.
enum class DragTool { Move, Slip, Slide };

class ClipLibrary;
class FirstPrompt;

class TimelineView : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineView(Session& session, QWidget* parent = nullptr);
  ~TimelineView() override;

  [[nodiscard]] Session& session() const { return session_; }
  [[nodiscard]] const TimeAxis& axis() const { return axis_; }
  void fitAll();
  void fitSelection();
  /// Scrolls so that the selected clip or track is in sight.
  void revealSelection();
  /// What Enter does: writes the selected prompt, a new one on a selected text track, else goes to the clip.
  void editSelected();
  void zoomBy(double factor);
  /// 0 … 1 of the slider: 0 fits all.
  void setZoomPlace(double place);
  [[nodiscard]] double zoomPlace() const;
  [[nodiscard]] bool isSnapping() const { return isSnapping_; }
  void setSnapping(bool on);
  [[nodiscard]] const SnapTargets& snapTargets() const { return snapTargets_; }
  void setSnapTargets(const SnapTargets& targets);
  /// Moves and trims take along what follows on their tracks.
  [[nodiscard]] bool isRippling() const { return isRippling_; }
  void setRippling(bool on);
  [[nodiscard]] DragTool tool() const { return tool_; }
  void setTool(DragTool tool);
  [[nodiscard]] TimeDisplay timeDisplay() const { return display_; }
  void setTimeDisplay(TimeDisplay display);
  /// Writes a prompt in place.
  void editName(ObjectId clip);
  void editMarkerName(ObjectId marker);
  void editTrackName(ObjectId track);
  /// A new prompt on a text track, to be written in place.
  void addClipAt(ObjectId track, Ticks time);
  /// The other takes under the result, for frames to be swiped from them.
  void showTakeLanes(bool on);
  [[nodiscard]] bool areTakeLanesShown() const { return areTakeLanesShown_; }
  /// Where a take's lane is drawn; empty when it is not.
  [[nodiscard]] QRect takeLaneRect(const std::string& takeId) const;
  /// The result's header; its left end folds the lanes.
  [[nodiscard]] QRect resultHeaderRect() const;
  [[nodiscard]] bool isEditingName() const { return nameEditor_ != nullptr || promptEditor_ != nullptr; }
  /// Captions for prompts that are written in place; none without. Outlives the view.
  void setPromptHelp(PromptHelp* help) { promptHelp_ = help; }
  /// True while the mouse holds something: Esc then gives it up.
  /// The next drag selects by a box, wherever it begins.
  void startBoxSelect();
  [[nodiscard]] bool isInGesture() const { return drag_ != Drag::Nothing; }
  void cancelGesture();

  /// Which captured clips are there; outlives this.
  void setLibrary(const ClipLibrary* library);
  [[nodiscard]] bool hasLibrary() const { return library_ != nullptr; }

  [[nodiscard]] TimelineHit hitAt(const QPoint& at) const;
  /// Where a clip or key is drawn; empty when its row is not there.
  [[nodiscard]] QRect rectOf(ObjectId clip) const;
  [[nodiscard]] QRect rowRect(ObjectId track) const;
  /// A header's switch: M, S or lock.
  [[nodiscard]] QRect headerButton(ObjectId track, TimelineHit::Zone zone) const;
  /// Where the length of a join can be taken; empty when it is not drawn.
  [[nodiscard]] QRect joinRect(ObjectId earlier, ObjectId later) const;
  [[nodiscard]] QRect markerRect(ObjectId marker) const;
  /// Where the number beside a drag stands, and the outlines of where what is dragged came from; empty without one.
  [[nodiscard]] QRect dragChipRect() const { return kinescore::dragChipRect(overlay_); }
  [[nodiscard]] const std::vector<QRect>& cameFrom() const { return overlay_.cameFrom; }
  /// Where a contact of the shown take is drawn: the `run`th of this part of the foot; empty when it is not.
  [[nodiscard]] QRect foundRect(int contact, int run) const;
  /// The column of the result row that shows this engine frame; empty without a take.
  [[nodiscard]] QRect resultColumnRect(std::int64_t engineFrame) const;
  /// The words in the ruler's header that say how time is shown.
  [[nodiscard]] QRect displayButton() const;
  /// The bracket's tab at the start or the end of several selected clips; empty when there is none.
  [[nodiscard]] QRect scaleTab(bool isEnd) const;
  [[nodiscard]] int xOf(Ticks time) const { return places().canvasX + int(std::lround(axis_.xOf(time))); }
  [[nodiscard]] const PaintCounters& counters() const { return painter_.counters(); }

  QSize sizeHint() const override { return {1294, 374}; }

 Q_SIGNALS:
  /// A file of sound or video is to be chosen for this track.
  void fileWanted(kinescore::ObjectId track, kinescore::Ticks at);
  /// Frames were swiped from a take's lane, to stand in the shown take.
  void takeOverWanted(const QString& takeId, kinescore::Ticks start, kinescore::Ticks end);
  /// Clips are to be looked for that do what a prompt says.
  void similarClipsWanted(const QString& words);
  /// A clip of the library was dropped on this prompt.
  void clipPinned(const QString& clipId, const QString& title, kinescore::ObjectId prompt);
  /// What the report of the shown take says within these engine frames is asked for, nearest to one of them; among what was
  /// missed alone when something is missed there, and of one part of a foot where one is named (-1: none).
  void whyWanted(qint64 engineFrame, kinescore::FrameRange within, bool isMissed, int contact);
  /// The first words of an empty timeline lie on it and are to be performed.
  void firstPromptGiven();
  /// The time selection is to be made anew.
  void regenerateWanted();
  /// With another seed.
  void newSeedWanted();
  void axisChanged();
  void displayChanged();
  void snappingChanged(bool on);
  /// Snapping or its targets, ripple, or what a drag does.
  void modesChanged();

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
  void hideEvent(QHideEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  enum class Drag {
    Nothing, Pressed, MoveClips, TrimStart, TrimEnd, PathPoint, StrengthPoint, Scrub, RangeStart, RangeEnd, RangeBar,
    SelectTime, HoldStart, HoldEnd, FalloffIn, FalloffOut, MoveSelection, Box, Pan, Slip, Slide, Scale, MoveMarker,
    JoinLength, Header, HeaderEdge, HoldKey, PlantFoot,
    TakeRange
  };

  // Looking.
  [[nodiscard]] TimelineGeometry places() const;
  [[nodiscard]] TimelineScene scene() const;
  void refreshLayout();
  void refreshSummary();
  void redraw();  // the standing layer too
  void refreshSelected();
  void showPlayhead(Ticks position);
  /// Where work in progress is drawn; empty when the result is not there.
  [[nodiscard]] QRect workRect() const;
  void placeFirstPrompt();
  void scrollTo(Ticks left, int scrollY);
  void updateHover(const QPoint& at);
  /// Ctrl turns it off while it is held.
  [[nodiscard]] Snapper snapper(const std::set<ObjectId>& moving, Qt::KeyboardModifiers modifiers = {}) const;
  [[nodiscard]] TimelineHit hitRuler(const QPoint& at) const;
  /// The marker in the ruler, also under the playhead's flag.
  [[nodiscard]] std::optional<ObjectId> markerAt(const QPoint& at) const;
  [[nodiscard]] TimelineHit hitHeader(const QPoint& at) const;
  [[nodiscard]] std::optional<TimelineHit> hitJoin(const QPoint& at, const TimelineRow& row) const;
  [[nodiscard]] TimelineHit hitTrack(const QPoint& at, const TimelineRow& row) const;
  /// `x` from the canvas's left.
  [[nodiscard]] TimelineHit hitKey(double x, const TimelineRow& row) const;
  [[nodiscard]] TimelineHit hitContacts(const QPoint& at, const TimelineRow& row) const;
  /// The bar of a contact that the shown take holds.
  [[nodiscard]] std::optional<TimelineHit> hitFound(const QPoint& at, const TimelineRow& row) const;

  // Clips of the library; timeline_library.cpp.
  [[nodiscard]] bool isGone(const Clip& clip) const;
  [[nodiscard]] SnapResult dropPlace(const QPoint& at) const;
  void showDrop(const QPoint& at);
  void forgetDrop();
  /// False when there is no clip in it.
  bool dropClip(const QDropEvent& event);

  // Gestures; timeline_gestures.cpp.
  void beginDrag();
  void beginClipDrag();
  void rememberOrigins();
  void showOrigins();
  [[nodiscard]] DragTool toolOf(Qt::KeyboardModifiers modifiers) const;
  void watchEdges(const QPoint& at);
  void scrollByItself();
  void dragTo(const QPointF& at, Qt::KeyboardModifiers modifiers);
  /// How far the drag has come: with Ctrl a tenth of what the mouse moves.
  [[nodiscard]] QPointF dragPlace(const QPoint& mouse, Qt::KeyboardModifiers modifiers);
  // What drags do; timeline_drags.cpp.
  void dragClips(Ticks delta, const QPoint& at, Qt::KeyboardModifiers modifiers);
  [[nodiscard]] std::optional<ObjectId> trackUnder(const QPoint& at) const;
  void dragSlip(Ticks delta);
  void dragSlide(Ticks delta, Qt::KeyboardModifiers modifiers);
  void dragScale(Ticks time, Qt::KeyboardModifiers modifiers);
  void dragJoin(Ticks delta);
  void dragHeader(const QPoint& at);
  void dragHeaderEdge(const QPoint& at);
  void dragHold(Ticks time, Qt::KeyboardModifiers modifiers);
  void dragFound(Ticks time, Ticks delta, Qt::KeyboardModifiers modifiers);
  void dragMarker(Ticks time, Qt::KeyboardModifiers modifiers);
  /// At a time; above a clip when one is named, beside the mouse else.
  void showChip(const QString& words, Ticks at, ObjectId over = {});
  void dragTrim(Ticks time, Qt::KeyboardModifiers modifiers);
  void dragPoint(const QPoint& at);
  void dragRange(Ticks time);
  void dragTime(Ticks time);
  void dragBox(const QPoint& at);
  void dragTakeRange(Ticks time, Qt::KeyboardModifiers modifiers);
  [[nodiscard]] std::vector<TakePointer> takeLanes() const;
  [[nodiscard]] QString staleWords() const;
  /// A click on the result row or a found contact: the take, and what its report says of this place.
  void askWhy(const TimelineHit& hit, int x);
  [[nodiscard]] bool isUnmetContact(const Clip& clip) const;
  void endDrag();
  void pressHeader(const TimelineHit& hit, Qt::KeyboardModifiers modifiers);
  void clickEmpty(const TimelineHit& hit, const QPoint& at);
  [[nodiscard]] bool addsOnClick(const Track& track) const;
  void addOnClick(const Track& track, Ticks time);
  void showSnap(const SnapResult& snap);
  void finishName(bool keep);
  // Prompts in place; timeline_prompts.cpp.
  void finishPrompt(bool keep);
  void keepPrompt(const TextCondition& text, bool keep);
  void splitEdited(const PromptSuggestion& suggestion);
  void placePromptEditor();
  void openEditor(ObjectId object, const QRect& place, const std::string& words, const QString& name);
  void changeTrackFlag(ObjectId track, TimelineHit::Zone zone, bool allOthers);
  void addTrackMenu(const QPoint& at);
  /// Where a menu asked for by a key belongs.
  [[nodiscard]] QPoint selectedPlace() const;

  Session& session_;
  const ClipLibrary* library_ = nullptr;
  TimelineLayout layout_;
  TimelinePainter painter_;
  std::optional<ResultSummary> summary_;
  FirstPrompt* firstPrompt_ = nullptr;
  TakePointer summaryOf_;
  TimeAxis axis_;
  int scrollY_ = 0;
  bool isFitted_ = true;  // follows the window's size until the user zooms
  bool isSnapping_ = true, isRippling_ = false;
  bool areTakeLanesShown_ = false;
  SnapTargets snapTargets_;
  DragTool tool_ = DragTool::Move;
  TimeDisplay display_ = TimeDisplay::Frames;
  QPixmap standing_;
  bool isStandingValid_ = false;
  Ticks shownPlayhead_;
  ObjectId hovered_, hoveredMarker_;
  std::optional<TimeRange> selectedSpan_;  // of two clips or more that a bracket stands over
  std::set<ObjectId> selectedTracks_;

  Drag drag_ = Drag::Nothing;
  TimelineHit pressHit_;
  QPoint pressAt_, mouseAt_;
  QPointF lastAt_;  // of the drag, which Ctrl makes slower than the mouse
  Ticks pressTime_, pressPlayhead_;
  int pressRowsY_ = 0;  // pressAt_ from the top of the first row
  Qt::KeyboardModifiers lastModifiers_;
  Qt::KeyboardModifiers pressModifiers_;
  Qt::MouseButton pressButton_ = Qt::NoButton;
  std::unique_ptr<TimelineGesture> gesture_;
  std::set<ObjectId> dragged_;
  std::set<ObjectId> notSnappedTo_;
  struct Origin {
    ObjectId track;
    TimeRange span;
    QRect place;  // from its row's top; of a key with its width, else as wide as the span
    bool isKey = false;
  };
  std::vector<Origin> origins_;  // of what is dragged
  std::set<ObjectId> boxStart_;
  TimeRange scaleFrom_;
  bool isBoxNext_ = false;
  QTimer autoScroll_;
  QPoint scrollStep_;
  std::optional<TimeSelection> timeStart_;
  Ticks panLeft_;
  int panScroll_ = 0;
  TimelineOverlay overlay_;

  QLineEdit* nameEditor_ = nullptr;
  PromptHelp* promptHelp_ = nullptr;
  PromptEditor* promptEditor_ = nullptr;
  ObjectId edited_;  // the clip, marker or track whose name it is
  std::unique_ptr<TimelineGesture> newClip_;  // a clip just added, named in the same step
};

}  // namespace kinescore
