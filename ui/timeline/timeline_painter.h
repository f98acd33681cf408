// Draws the timeline. Two layers: what stands still (rows, clips, headers, ruler), kept as a picture
// until something changes, and what moves over it (time selection, playhead, guides).
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include <QHash>
#include <QPainter>
#include <QPixmap>
#include <QStaticText>

#include "engine/request/heard_clips.h"
#include "ui/document/selection.h"
#include "ui/document/time_text.h"
#include "ui/timeline/result_summary.h"
#include "ui/timeline/time_axis.h"
#include "ui/timeline/timeline_layout.h"

namespace kinescore {

/// What was drawn last; does not depend on the machine. For tests and for the frame budget.
struct PaintCounters {
  int items = 0;    // clips and keys
  int runs = 0;     // runs of things too small
  int texts = 0;    // labels laid out or blitted
  int shapes = 0;   // rectangles, lines and polygons
  int staticPaints = 0;  // times the standing layer was made, since the start
};

/// Where things are, in widget pixels.
struct TimelineGeometry {
  int width = 0, height = 0;
  int canvasX = 0;    // right of the headers and their seam
  int rowsY = 0;      // under the ruler
  int scrollY = 0;
  [[nodiscard]] int canvasWidth() const { return width - canvasX; }
  [[nodiscard]] int rowTop(const TimelineRow& row) const { return rowsY + row.y - scrollY; }
};

/// The engine frames that column `index` of the result row stands for; columns have a fixed width on screen.
constexpr int kResultColumn = 7;
[[nodiscard]] FrameRange resultColumn(const TimeAxis& axis, int index);

/// Work in progress, for the result row.
struct WorkInProgress {
  TimeRange span;
  QString text;
};

struct TimelineScene {
  const Timeline* timeline = nullptr;
  const TimelineLayout* layout = nullptr;
  TimelineGeometry geometry;
  TimeAxis axis;
  TimeDisplay display = TimeDisplay::Frames;
  const Selection* selection = nullptr;
  ObjectId hoveredClip;
  ObjectId hoveredMarker;
  const std::set<ObjectId>* selectedTracks = nullptr;  // that selected clips lie on
  ObjectId hiddenName;  // its name is being edited in place
  std::function<bool(const Clip&)> isStale;
  const std::vector<std::string>* missingFiles = nullptr;  // of sound and video, as clips name them
  std::function<bool(const Clip&)> isPinned;  // a prompt that captured clips are pinned to
  std::function<bool(const Clip&)> isGone;  // a reference whose captured motion is not there any more
  const HeardClips* heard = nullptr;  // what sound clips were found to hold; null: nothing was listened to

  // The shown take.
  const Take* take = nullptr;
  const ResultSummary* summary = nullptr;
  std::optional<WorkInProgress> work;
  const std::vector<TimeRange>* stale = nullptr;  // what it has not heard of
  bool canUnfoldTakes = false, areTakesUnfolded = false;  // the lanes under the result
};

struct TimelineOverlay {
  Ticks playhead;
  std::optional<TimeSelection> time;
  std::optional<Ticks> guide;
  QString guideLabel;
  std::optional<QRect> box;
  std::optional<TimeRange> swiped;  // frames being taken over, on the lane below
  QRect swipedLane;
  int swipedTake = 0;               // its number
  std::optional<TimeRange> scale;  // a bracket over the selected clips, with a tab at each end
  QString dragChip;  // "+12 f"
  QPoint dragChipAt;
  std::vector<QRect> cameFrom;  // where what is dragged lay
};

class TimelinePainter {
 public:
  void paintStatic(QPainter& painter, const TimelineScene& scene);
  void paintOverlay(QPainter& painter, const TimelineScene& scene, const TimelineOverlay& overlay);
  [[nodiscard]] const PaintCounters& counters() const { return counters_; }

 private:
  void paintRuler(QPainter& painter, const TimelineScene& scene);
  void paintMarkers(QPainter& painter, const TimelineScene& scene);
  void paintScaleBracket(QPainter& painter, const TimelineScene& scene, TimeRange span);
  void paintHeaders(QPainter& painter, const TimelineScene& scene);
  void paintHeader(QPainter& painter, const TimelineScene& scene, const TimelineRow& row);
  void paintRow(QPainter& painter, const TimelineScene& scene, const TimelineRow& row);
  void paintGaps(QPainter& painter, const TimelineScene& scene, const TimelineRow& row, int top);
  void paintClip(QPainter& painter, const TimelineScene& scene, const TimelineRow& row, const Clip& clip,
                 const QRect& rect);
  /// What the standing picture of a clip's body depends on.
  struct ClipLook {
    QSize size;
    QColor kind;
    bool isSelected = false, isHovered = false, isQuiet = false, isDense = false, isDashed = false, isMissing = false;
    bool hasFlatBand = false;  // of a strength that is 1 throughout
  };
  void paintBody(QPainter& painter, const ClipLook& look, const QPoint& at);
  static void drawBody(QPainter& painter, const ClipLook& look);
  /// Joins, names, signs and outlines: what is of this clip alone.
  void paintOnClip(QPainter& painter, const TimelineScene& scene, const TimelineRow& row, const Clip& clip,
                   const QRect& rect, const ClipLook& look);
  static void drawDot(QPainter& painter, const QColor& kind, bool isTarget, bool isSelected, bool isHovered, bool isQuiet);
  /// The picture under `key`, drawn when it is not there.
  const QPixmap& kept(const QPainter& painter, quint64 key, const QSize& size, const std::function<void(QPainter&)>& draw);
  void paintStrength(QPainter& painter, const TimelineScene& scene, const Clip& clip, const QRect& rect,
                     const QColor& kind, bool isSelected);
  /// Overlaps of neighbours among items_; fills joins_ and edges_.
  void findJoins(const TimelineScene& scene, const TimelineRow& row);
  void paintJoins(QPainter& painter, const TimelineScene& scene, const TimelineRow& row);
  void paintSound(QPainter& painter, const TimelineScene& scene, const Clip& clip, const HeardSound& heard,
                  const QRect& rect);
  void paintPathPoints(QPainter& painter, const TimelineScene& scene, const Clip& clip, const QRect& rect);
  void paintKey(QPainter& painter, const TimelineScene& scene, const TimelineRow& row, const Clip& clip, int top);
  /// That the shown take misses a key: a ring around it, and by how much where there is room.
  void paintMiss(QPainter& painter, const TimelineScene& scene, const TimelineRow& row, const Clip& clip, const QPointF& at,
                 float meters);
  void paintFoundContacts(QPainter& painter, const TimelineScene& scene, const TimelineRow& row);
  void paintContactClip(QPainter& painter, const TimelineScene& scene, const Clip& clip, const QRect& rect);
  void paintResult(QPainter& painter, const TimelineScene& scene, int top);
  void paintStaleSpans(QPainter& painter, const TimelineScene& scene, int top);
  // Lanes of takes; timeline_painter_takes.cpp.
  void paintTakeLane(QPainter& painter, const TimelineScene& scene, const TimelineRow& row);
  void paintTakeHeader(QPainter& painter, const TimelineScene& scene, const TimelineRow& row);
  void paintSwipe(QPainter& painter, const TimelineScene& scene, const TimelineOverlay& overlay);
  /// What is being made, over the result: it moves on many times a second.
  void paintWork(QPainter& painter, const TimelineScene& scene);
  void paintTimeSelection(QPainter& painter, const TimelineScene& scene, const TimeSelection& time);
  void paintPlayhead(QPainter& painter, const TimelineScene& scene, Ticks playhead);

  /// One line of text, cut with an ellipsis; laid out once for each text and width.
  void text(QPainter& painter, const QPoint& baseline, int width, const QString& words, const QFont& font,
            const QColor& color);

  /// Words as they are drawn, kept: whole for width 0, else cut to it.
  const QStaticText& laidOut(const QString& words, const QFont& font, int width);

  struct Join {
    TimeRange span;
    int lane = 0;  // the lower one, where the chip stands
  };
  /// Pixels of a clip that lie in joins, and whether a join's chip stands on it there.
  struct ClipEdges {
    int joinIn = 0, joinOut = 0;
    bool hasChipIn = false, hasChipOut = false;
  };

  PaintCounters counters_;
  std::vector<Join> joins_;
  QHash<std::uint64_t, ClipEdges> edges_;
  QHash<QString, QStaticText> texts_;
  QHash<quint64, QPixmap> kept_;
  double keptRatio_ = 1;
  bool isRowHeard_ = true;  // the track that is being painted is not muted, nor by another's solo
  std::vector<VisibleItem> items_;
};

/// Words on the timeline in the user's language.
[[nodiscard]] QString timelineText(const char* words);
[[nodiscard]] inline QColor withAlpha(QColor color, double alpha) {
  color.setAlphaF(float(alpha));
  return color;
}
/// The colour and icon of a kind.
[[nodiscard]] QColor kindColor(TrackKind kind);
[[nodiscard]] QString kindIcon(TrackKind kind);
/// Empty for the whole body.
[[nodiscard]] QString bodyPartName(BodyPart part);
/// What stands on a clip: the words of a prompt after the part of the body they are for; the name of other clips; of a
/// recording without one its file's.
[[nodiscard]] QString clipTitle(const Clip& clip);
/// What is known of a sound clip's recording: nothing, what was heard, or that it could not be heard.
struct SoundOfClip {
  const HeardSound* heard = nullptr;
  bool isMissing = false;
};
[[nodiscard]] SoundOfClip soundOf(const Clip& clip, const HeardClips* heard);
/// Keys are dots, the others bars.
[[nodiscard]] inline bool isKey(const Clip& clip) {
  return std::holds_alternative<PoseCondition>(clip.condition) ||
         std::holds_alternative<TargetCondition>(clip.condition);
}
/// Where the length of a join stands; empty when there is no room for it.
[[nodiscard]] QRectF joinChip(const TimelineScene& scene, const TimelineRow& row, TimeRange join, int lane);
/// Where the number beside a drag stands; empty when nothing is said.
[[nodiscard]] QRect dragChipRect(const TimelineOverlay& overlay);
/// The flag on the playhead; it stays inside the canvas.
[[nodiscard]] QRectF playheadFlag(const TimelineScene& scene, Ticks playhead);
/// "Frames", "Seconds", "Timecode"
[[nodiscard]] QString displayName(TimeDisplay display);
/// Of the bars on a row.
[[nodiscard]] int clipHeight(const TimelineRow& row);
/// The bar of a clip in its lane. Whole pixels.
[[nodiscard]] QRect clipRect(const TimelineScene& scene, const TimelineRow& row, const Clip& clip, int lane);

/// Where the bar of a part of a foot stands in its row, from the row's top.
struct ContactBar {
  int y = 0, height = 0;
};
[[nodiscard]] ContactBar contactBar(int rowHeight, int contact);
/// A contact that the shown take was found to hold. Whole pixels.
[[nodiscard]] QRect foundBarRect(const TimelineScene& scene, const TimelineRow& row, FrameRange run, int contact);

/// Measures that drawing and hitting share.
namespace timeline_measure {
constexpr int kRangeBarHeight = 4;
constexpr int kSelectionTop = 5, kSelectionBottom = 21;
constexpr int kNumbersTop = 22;
constexpr int kScaleTop = 30;  // of the bracket's tabs
constexpr int kDisplayWidth = 84;  // of the words that say how time is shown, right in the ruler's header
constexpr int kEdge = 6;
constexpr int kEdgeBar = 3;
constexpr int kKeyRadius = 5;
constexpr int kPullRight = 16;  // how far right of a single key it is taken to be pulled into a hold
constexpr int kHeaderEdge = 4;  // of a header, where its height is dragged
constexpr int kHeaderButton = 19;
constexpr int kHeaderButtonGap = 3;
constexpr int kHeaderButtonsRight = 8;
}  // namespace timeline_measure

}  // namespace kinescore
