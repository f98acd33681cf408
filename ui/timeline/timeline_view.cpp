#include "ui/timeline/timeline_view.h"

#include <cmath>

#include <QPaintEvent>
#include <QPainter>
#include <QWheelEvent>

#include "ui/document/clip_adding.h"
#include "ui/document/edit_commands.h"
#include "ui/document/library_clips.h"
#include "ui/theme/theme.h"
#include "ui/timeline/first_prompt.h"
#include "ui/timeline/timeline_accessible.h"

namespace kinescore {
namespace {

constexpr int kLeftMargin = 8;
constexpr double kFitRoom = 1.10;  // a little of what is past the end stays visible

}  // namespace

TimelineView::TimelineView(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  installTimelineAccess();  // before the name is told: who is told of it asks how the widget is read, and that is kept
  setObjectName(QStringLiteral("timeline"));
  setAccessibleName(tr("Timeline"));
  setMouseTracking(true);
  setAcceptDrops(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumHeight(measure::kRuler + 60);
  autoScroll_.setInterval(16);
  connect(&autoScroll_, &QTimer::timeout, this, &TimelineView::scrollByItself);
  connect(&session.document(), &TimelineDocument::changed, this, [this] {
    refreshLayout();
    refreshSelected();
    redraw();
  });
  connect(&session.document(), &TimelineDocument::replaced, this, [this] {
    cancelGesture();
    finishName(false);
    scrollY_ = 0;
    isFitted_ = true;
    refreshLayout();
    fitAll();
  });
  connect(&session.takes(), &TakeList::changed, this, [this] {
    refreshSummary();
    refreshLayout();
    redraw();
  });
  connect(&session.takes(), &TakeList::shownChanged, this, [this] {
    refreshSummary();
    refreshLayout();
    redraw();
  });
  connect(&session.selection(), &Selection::changed, this, [this] {
    refreshSelected();
    redraw();
    tellSelection(*this);
  });
  connect(this, &TimelineView::axisChanged, this, &TimelineView::placePromptEditor);
  connect(&session.jobs(), &GenerationJobs::changed, this, [this] { redraw(); });
  connect(&session.jobs(), &GenerationJobs::progressed, this, [this] { update(workRect()); });
  connect(&session, &Session::projectChanged, this, [this, pins = std::vector<ReferencePin>()]() mutable {
    if (pins != session_.wishes().pins) {  // their signs on prompts
      pins = session_.wishes().pins;
      redraw();
    }
  });
  connect(&session, &Session::filesMissing, this, [this] { redraw(); });
  connect(&session.playback(), &Playback::positionChanged, this, [this](Ticks at) {
    showPlayhead(at);
    tellPlayhead(*this);
  });
  firstPrompt_ = new FirstPrompt(this);
  connect(firstPrompt_, &FirstPrompt::written, this, [this](const QString& words) {
    if (addFirstPrompt(session_, words)) {
      setFocus();
      Q_EMIT firstPromptGiven();
    }
  });
  refreshSummary();
  refreshLayout();
}

TimelineView::~TimelineView() = default;

TimelineGeometry TimelineView::places() const {
  TimelineGeometry g;
  g.width = width();
  g.height = height();
  g.canvasX = measure::kTrackHeaders + measure::kSeam;
  g.rowsY = measure::kRuler;
  g.scrollY = scrollY_;
  return g;
}

TimelineScene TimelineView::scene() const {
  TimelineScene s;
  s.timeline = &session_.timeline();
  s.layout = &layout_;
  s.geometry = places();
  s.axis = axis_;
  s.display = display_;
  s.selection = &session_.selection();
  s.hoveredClip = hovered_;
  s.hoveredMarker = hoveredMarker_;
  s.selectedTracks = &selectedTracks_;
  s.hiddenName = isEditingName() ? edited_ : ObjectId{};
  s.isStale = [this](const Clip& clip) { return session_.isStale(clip); };
  s.missingFiles = &session_.filesKnownMissing();
  s.isPinned = [this](const Clip& clip) { return hasPins(session_, clip); };
  s.isGone = [this](const Clip& clip) { return isGone(clip); };
  s.heard = &session_.heard();
  s.take = summaryOf_.get();
  s.summary = summary_ ? &*summary_ : nullptr;
  if (summaryOf_ && session_.staleSpans()) {
    s.stale = &*session_.staleSpans();
  }
  s.canUnfoldTakes = !takeLanes().empty();
  s.areTakesUnfolded = areTakeLanesShown_;
  if (session_.jobs().isBusy()) {
    const GenerationJob& job = session_.jobs().jobs().front();
    WorkInProgress work;
    work.span = job.request.span;
    if (job.request.range) {
      work.span = {ticksOfFrame(job.request.range->start, kEngineRate),
                   ticksOfFrame(job.request.range->end, kEngineRate)};
    }
    work.text = job.progress.steps > 0
                    ? tr("take %1, %2 %").arg(job.takeNumber).arg(int(job.progress.fraction * 100))
                    : tr("take %1").arg(job.takeNumber);
    s.work = work;
  }
  return s;
}

void TimelineView::refreshLayout() {
  layout_.update(session_.timeline(), summary_.has_value(), areTakeLanesShown_ ? takeLanes() : std::vector<TakePointer>{});
  const int most = std::max(0, layout_.height() - (height() - measure::kRuler));
  scrollY_ = std::clamp(scrollY_, 0, most);
  if (isEditingName() && !session_.timeline().findObject(edited_)) {
    finishName(false);
  }
  placeFirstPrompt();
}

void TimelineView::placeFirstPrompt() {
  bool isEmpty = !isEditingName();
  for (const auto& track : session_.timeline().tracks()) {
    isEmpty = isEmpty && session_.timeline().clipsOf(track->id).empty();
  }
  const TimelineGeometry g = places();
  const int top = g.rowsY + layout_.height() - scrollY_;
  firstPrompt_->placeIn({g.canvasX, top, g.canvasWidth(), height() - top}, isEmpty);
}

std::vector<TakePointer> TimelineView::takeLanes() const {
  constexpr std::size_t kMostLanes = 8;
  std::vector<TakePointer> lanes;
  const TakePointer shown = session_.takes().shown();
  const auto& takes = session_.takes().takes();
  for (auto take = takes.rbegin(); shown && take != takes.rend() && lanes.size() < kMostLanes; ++take) {
    if (*take != shown && (*take)->result.motion->frameCount() == shown->result.motion->frameCount()) {
      lanes.push_back(*take);
    }
  }
  return lanes;
}

void TimelineView::showTakeLanes(bool on) {
  areTakeLanesShown_ = on;
  refreshLayout();
  if (on) {  // they are the last rows
    scrollTo(axis_.left, layout_.height());
  }
  redraw();
  Q_EMIT modesChanged();
}

void TimelineView::refreshSelected() {
  selectedTracks_.clear();
  const auto& clips = session_.selection().clips();
  for (const ObjectId id : clips) {
    if (const auto clip = session_.timeline().findClip(id)) {
      selectedTracks_.insert(clip->trackId);
    }
  }
  selectedSpan_ = clips.size() > 1 ? spanOfSelection(session_) : std::nullopt;
  if (selectedSpan_ && selectedSpan_->length() < ticksOfFrame(1, session_.rate())) {
    selectedSpan_.reset();
  }
}

void TimelineView::refreshSummary() {
  const TakePointer take = session_.takes().shown();
  if (take != summaryOf_ || (take && !summary_)) {
    summaryOf_ = take;
    summary_.reset();
    if (take && take->result.motion && take->result.motion->frameCount() > 0) {
      summary_ = summarize(*take);
    }
  }
}

void TimelineView::redraw() {
  isStandingValid_ = false;
  update();
}

void TimelineView::showPlayhead(Ticks position) {
  // Only the two strips the playhead leaves and enters are drawn again.
  const auto stripAt = [&](Ticks at) {
    const int x = xOf(at);
    return QRect(x - 60, 0, 120, height());
  };
  const QRect old = stripAt(shownPlayhead_);
  shownPlayhead_ = position;
  update(old);
  update(stripAt(position));
  // While playing, the view turns the page when the playhead runs out of it.
  if (session_.playback().isPlaying() && drag_ == Drag::Nothing) {
    const double x = axis_.xOf(position);
    const int canvas = places().canvasWidth();
    if (x > canvas - 4 || x < 0) {
      scrollTo(position - axis_.ticksOf(kLeftMargin), scrollY_);
    }
  }
}

void TimelineView::scrollTo(Ticks left, int scrollY) {
  const Ticks least = -axis_.ticksOf(kLeftMargin);
  axis_.left = std::max(left, least);
  const int most = std::max(0, layout_.height() - (height() - measure::kRuler));
  scrollY_ = std::clamp(scrollY, 0, most);
  isFitted_ = false;
  redraw();
  Q_EMIT axisChanged();
}

void TimelineView::fitAll() {
  const double seconds = std::max(0.1, secondsOf(session_.timeline().settings().duration)) * kFitRoom;
  axis_.pixelsPerSecond = std::max(1, places().canvasWidth() - kLeftMargin) / seconds;
  axis_.left = -axis_.ticksOf(kLeftMargin);
  isFitted_ = true;
  redraw();
  Q_EMIT axisChanged();
}

void TimelineView::fitSelection() {
  std::optional<TimeRange> span = spanOfSelection(session_);
  if (!span && session_.selection().time()) {
    span = session_.selection().time()->span();
  }
  if (!span) {
    fitAll();
    return;
  }
  const double seconds = std::max(0.5, secondsOf(span->length()) * 1.3);
  axis_.pixelsPerSecond = std::clamp(places().canvasWidth() / seconds, TimeAxis::kLeastZoom, TimeAxis::kMostZoom);
  const Ticks middle = span->start + Ticks{span->length().value / 2};
  scrollTo(middle - axis_.ticksOf(places().canvasWidth() / 2.0), scrollY_);
}

void TimelineView::revealSelection() {
  const auto id = session_.selection().singleClip();
  const auto clip = id ? session_.timeline().findClip(*id) : nullptr;
  const TimelineRow* row = layout_.rowOf(clip ? clip->trackId : session_.selection().track());
  if (row == nullptr) {
    return;
  }
  const int room = height() - measure::kRuler;
  const int top = row->bottom() > scrollY_ + room ? row->bottom() - room : scrollY_;
  Ticks left = axis_.left;
  if (clip) {
    const double x = axis_.xOf(clip->span.start);
    const bool isSeen = x >= 0 && x < places().canvasWidth() - kLeftMargin;
    left = isSeen ? left : clip->span.start - axis_.ticksOf(places().canvasWidth() / 4.0);
  }
  if (left != axis_.left || std::min(top, row->y) != scrollY_) {
    scrollTo(left, std::min(top, row->y));
  }
}

void TimelineView::editSelected() {
  const auto id = session_.selection().singleClip();
  const auto clip = id ? session_.timeline().findClip(*id) : nullptr;
  const auto track = session_.timeline().findTrack(session_.selection().track());
  if (clip && std::holds_alternative<TextCondition>(clip->condition)) {
    editName(clip->id);
  } else if (clip) {
    session_.playback().pause();
    session_.playback().seek(clip->span.start);
  } else if (session_.selection().surface() == Selection::Surface::Track && track &&
             (track->kind == TrackKind::Text || track->kind == TrackKind::PartText)) {
    addClipAt(track->id, session_.playback().position());
  }
}

void TimelineView::zoomBy(double factor) {
  double x = axis_.xOf(session_.playback().position());
  if (x < 0 || x > places().canvasWidth()) {
    x = places().canvasWidth() / 2.0;
  }
  axis_.zoomAt(x, factor);
  scrollTo(axis_.left, scrollY_);
}

void TimelineView::setZoomPlace(double place) {
  const double fit = places().canvasWidth() / (secondsOf(session_.timeline().settings().duration) * kFitRoom);
  zoomBy(fit * std::pow(60.0, place) / axis_.pixelsPerSecond);
}

double TimelineView::zoomPlace() const {
  const double fit = places().canvasWidth() / (secondsOf(session_.timeline().settings().duration) * kFitRoom);
  return std::clamp(std::log(axis_.pixelsPerSecond / fit) / std::log(60.0), 0.0, 1.0);
}

void TimelineView::setSnapping(bool on) {
  isSnapping_ = on;
  Q_EMIT snappingChanged(on);
  Q_EMIT modesChanged();
}

void TimelineView::setSnapTargets(const SnapTargets& targets) {
  snapTargets_ = targets;
  Q_EMIT modesChanged();
}

void TimelineView::setRippling(bool on) {
  isRippling_ = on;
  Q_EMIT modesChanged();
}

void TimelineView::startBoxSelect() {
  isBoxNext_ = true;
  setCursor(Qt::CrossCursor);
}

void TimelineView::setTool(DragTool tool) {
  tool_ = tool;
  Q_EMIT modesChanged();
}

void TimelineView::setTimeDisplay(TimeDisplay display) {
  display_ = display;
  redraw();
  Q_EMIT displayChanged();
}

QRect TimelineView::rectOf(ObjectId id) const {
  const auto clip = session_.timeline().findClip(id);
  const TimelineRow* row = clip ? layout_.rowOf(clip->trackId) : nullptr;
  if (row == nullptr) {
    return {};
  }
  if (isKey(*clip)) {
    using timeline_measure::kKeyRadius;
    const int middle = places().rowTop(*row) + row->height / 2;
    return {xOf(clip->span.start) - kKeyRadius, middle - kKeyRadius, 2 * kKeyRadius, 2 * kKeyRadius};
  }
  return clipRect(scene(), *row, *clip, row->index->laneOf(*clip));
}

QRect TimelineView::joinRect(ObjectId earlierId, ObjectId laterId) const {
  const auto earlier = session_.timeline().findClip(earlierId), later = session_.timeline().findClip(laterId);
  const TimelineRow* row = earlier ? layout_.rowOf(earlier->trackId) : nullptr;
  if (row == nullptr || later == nullptr || row->track->folded) {
    return {};
  }
  const TimeRange join{later->span.start, std::min(earlier->span.end, later->span.end)};
  const int lane = std::max(row->index->laneOf(*earlier), row->index->laneOf(*later));
  return join.isEmpty() ? QRect{} : joinChip(scene(), *row, join, lane).toRect();
}

QRect TimelineView::markerRect(ObjectId id) const {
  const auto object = session_.timeline().findObject(id);
  const auto* marker = object ? std::get_if<Marker>(&*object) : nullptr;
  return marker == nullptr ? QRect{} : QRect(xOf(marker->time) - 5, 7, 11, 13);
}

QRect TimelineView::foundRect(int contact, int run) const {
  if (!summary_ || run >= int(summary_->contacts[std::size_t(contact)].size())) {
    return {};
  }
  for (const TimelineRow& row : layout_.rows()) {
    if (row.kind == RowKind::FoundContacts || row.showsFound) {
      return foundBarRect(scene(), row, summary_->contacts[std::size_t(contact)][std::size_t(run)], contact);
    }
  }
  return {};
}

QRect TimelineView::takeLaneRect(const std::string& takeId) const {
  const TimelineGeometry g = places();
  for (const TimelineRow& row : layout_.rows()) {
    if (row.kind == RowKind::TakeLane && row.take->id == takeId) {
      return {g.canvasX, g.rowTop(row), g.canvasWidth(), row.height};
    }
  }
  return {};
}

QRect TimelineView::resultHeaderRect() const {
  for (const TimelineRow& row : layout_.rows()) {
    if (row.kind == RowKind::Result) {
      return {0, places().rowTop(row), measure::kTrackHeaders, row.height};
    }
  }
  return {};
}

QRect TimelineView::workRect() const {
  for (const TimelineRow& row : layout_.rows()) {
    if (row.kind == RowKind::Result) {
      const TimelineGeometry g = places();
      return {g.canvasX, g.rowTop(row), g.canvasWidth(), row.height};
    }
  }
  return {};
}

QRect TimelineView::displayButton() const {
  const int width = timeline_measure::kDisplayWidth;
  return {measure::kTrackHeaders - width, 0, width, measure::kRuler};
}

QRect TimelineView::scaleTab(bool isEnd) const {
  if (!selectedSpan_) {
    return {};
  }
  const int x = xOf(isEnd ? selectedSpan_->end : selectedSpan_->start);
  return {x - 4, timeline_measure::kScaleTop, 9, measure::kRuler - timeline_measure::kScaleTop};
}

QRect TimelineView::rowRect(ObjectId track) const {
  const TimelineRow* row = layout_.rowOf(track);
  const TimelineGeometry g = places();
  return row == nullptr ? QRect{} : QRect(g.canvasX, g.rowTop(*row), g.canvasWidth(), row->height);
}

void TimelineView::paintEvent(QPaintEvent* event) {
  const double ratio = devicePixelRatioF();
  if (!isStandingValid_ || standing_.size() != size() * ratio) {
    standing_ = QPixmap(size() * ratio);
    standing_.setDevicePixelRatio(ratio);
    QPainter painter(&standing_);
    painter_.paintStatic(painter, scene());
    isStandingValid_ = true;
  }
  QPainter painter(this);
  const QRect dirty = event->rect();
  painter.drawPixmap(dirty.topLeft(), standing_,
                     QRect((QPointF(dirty.topLeft()) * ratio).toPoint(), (QSizeF(dirty.size()) * ratio).toSize()));
  painter.setClipRect(dirty);
  overlay_.playhead = session_.playback().position();
  overlay_.time = session_.selection().time();
  overlay_.scale = selectedSpan_;
  painter_.paintOverlay(painter, scene(), overlay_);
}

void TimelineView::resizeEvent(QResizeEvent*) {
  refreshLayout();
  if (isFitted_) {
    fitAll();
  }
  placePromptEditor();
  redraw();
}

void TimelineView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  redraw();
}

void TimelineView::wheelEvent(QWheelEvent* event) {
  const QPoint turn = event->angleDelta().isNull() ? event->pixelDelta() * 4 : event->angleDelta();
  const double notches = (turn.y() != 0 ? turn.y() : turn.x()) / 120.0;
  const TimelineGeometry g = places();
  const double x = event->position().x() - g.canvasX;
  if (event->modifiers() & Qt::ShiftModifier || (turn.y() == 0 && turn.x() != 0)) {
    scrollTo(axis_.left - axis_.ticksOf(notches * 90), scrollY_);
  } else if (x < 0) {
    scrollTo(axis_.left, scrollY_ - int(notches * 30));
  } else if (event->modifiers() & Qt::ControlModifier) {
    const TimelineRow* row = layout_.rowAt(int(event->position().y()) - g.rowsY + scrollY_);
    if (row != nullptr && row->track) {
      Track track = *row->track;
      track.height = std::clamp(track.height + (notches > 0 ? 1 : -1), 0, 2);
      session_.document().edit(tr("Track height"), changeTrack(session_.timeline(), track));
    }
  } else {
    axis_.zoomAt(x, std::pow(1.2, notches));
    scrollTo(axis_.left, scrollY_);
  }
  event->accept();
}

void TimelineView::hideEvent(QHideEvent* event) {
  // Whatever the mouse holds, nobody will let go of it here.
  cancelGesture();
  finishName(true);
  QWidget::hideEvent(event);
}

void TimelineView::leaveEvent(QEvent*) {
  if (hovered_.value != 0 || hoveredMarker_.value != 0) {
    hovered_ = hoveredMarker_ = {};
    redraw();
  }
}

bool TimelineView::event(QEvent* event) {
  // Esc belongs to the gesture before it belongs to any menu.
  if (event->type() == QEvent::ShortcutOverride && isInGesture() &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();
    return true;
  }
  if (event->type() == QEvent::KeyPress && isInGesture() &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    cancelGesture();
    return true;
  }
  return QWidget::event(event);
}

}  // namespace kinescore
