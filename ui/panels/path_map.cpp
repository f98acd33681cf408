#include "ui/panels/path_map.h"

#include <algorithm>
#include <cmath>

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <glm/geometric.hpp>

#include "ui/document/path_curve.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr double kRingReach = 8;

/// Where the next clip of its track begins, or the project ends.
Ticks freeUntil(const Timeline& timeline, const Clip& clip) {
  Ticks end = timeline.settings().duration;
  for (const auto& other : timeline.clipsOf(clip.trackId)) {
    if (other->id != clip.id && other->span.end > clip.span.end) {
      end = std::min(end, std::max(other->span.start, clip.span.end));
    }
  }
  return end;
}

/// The path of a clip that ends at `end` from now on.
Result<TimelinePatch> withPoints(const Timeline& timeline, const Clip& clip, std::vector<PathPoint> points, Ticks end) {
  Result<TimelinePatch> grown = TimelinePatch{};
  if (end != clip.span.end) {
    grown = trimClip(timeline, clip.id, {clip.span.start, end});
  }
  const Result<Timeline> then = grown ? apply(timeline, *grown) : grown.error();
  if (!then) {
    return then.error();
  }
  Clip changed = *then->findClip(clip.id);
  std::get<PathCondition>(changed.condition).points = std::move(points);
  Result<TimelinePatch> led = changeClip(*then, changed);
  return led ? merged(*grown, *led) : led;
}

}  // namespace

void changePathPoints(Session& session, ObjectId id, const QString& name, std::vector<PathPoint> points) {
  const auto clip = session.timeline().findClip(id);
  if (!clip || !std::holds_alternative<PathCondition>(clip->condition)) {
    return;
  }
  Clip changed = *clip;
  std::get<PathCondition>(changed.condition).points = std::move(points);
  session.document().edit(name, changeClip(session.timeline(), changed));
}

void addPathPoint(Session& session, ObjectId id, glm::vec2 position) {
  const auto clip = session.timeline().findClip(id);
  const auto* path = clip ? std::get_if<PathCondition>(&clip->condition) : nullptr;
  if (path == nullptr) {
    return;
  }
  const Ticks frame = ticksOfFrame(1, session.rate());
  const Ticks end = std::max(clip->span.end, freeUntil(session.timeline(), *clip));
  std::vector<PathPoint> points = path->points;
  // The last frame of the clip, so that the end of the path is still inside it.
  appendPathPoint(points, position, end - clip->span.start - frame);
  const std::int64_t frames = frameAtOrAfter(points.back().time, session.rate()) + 1;
  const Ticks needed = std::min(end, clip->span.start + ticksOfFrame(frames, session.rate()));
  session.document().edit(PathMap::tr("Add path point"),
                          withPoints(session.timeline(), *clip, std::move(points), std::max(clip->span.end, needed)));
}

PathMap::PathMap(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  setObjectName(QStringLiteral("pathMap"));
  setAccessibleName(tr("Path from above"));
  setFixedHeight(200);
  setMouseTracking(true);
  setToolTip(tr("Click adds a point, drag moves one, right click takes it away."));
}

void PathMap::setClip(ObjectId clip) {
  const bool isOther = clip != clip_;
  clip_ = clip;
  held_ = session_.timeline().findClip(clip);
  if (isOther) {
    gesture_.reset();
    dragged_ = -1;
  }
  if (dragged_ < 0) {
    frameAll();
  }
  update();
}

const PathCondition* PathMap::path() const {
  return held_ ? std::get_if<PathCondition>(&held_->condition) : nullptr;
}

void PathMap::frameAll() {
  glm::vec2 low(-1), high(1);
  bool isFirst = true;
  const auto include = [&](glm::vec2 p) {
    low = isFirst ? p : glm::min(low, p);
    high = isFirst ? p : glm::max(high, p);
    isFirst = false;
  };
  if (const PathCondition* shown = path()) {
    for (const PathPoint& point : shown->points) {
      include(point.position);
    }
  }
  if (const TakePointer take = session_.takes().shown()) {
    for (const glm::vec3& root : take->result.motion->rootPositions) {
      include({root.x, root.z});
    }
  }
  const glm::vec2 size = glm::max(high - low, glm::vec2(3)) * 1.5f;
  centre_ = (low + high) * 0.5f;
  pixelsPerMeter_ = std::min(width() / double(size.x), height() / double(size.y));
}

// Seen from above with +Z up the picture, so that the character walks upwards and its left, +X, is
// on the left.
QPointF PathMap::pixelOf(glm::vec2 meters) const {
  return {width() / 2.0 - double(meters.x - centre_.x) * pixelsPerMeter_,
          height() / 2.0 - double(meters.y - centre_.y) * pixelsPerMeter_};
}

glm::vec2 PathMap::metersOf(const QPointF& pixel) const {
  return {centre_.x - float((pixel.x() - width() / 2.0) / pixelsPerMeter_),
          centre_.y - float((pixel.y() - height() / 2.0) / pixelsPerMeter_)};
}

int PathMap::hitPoint(const QPointF& at) const {
  const PathCondition* shown = path();
  for (std::size_t i = 0; shown != nullptr && i < shown->points.size(); ++i) {
    const QPointF d = pixelOf(shown->points[i].position) - at;
    if (QPointF::dotProduct(d, d) <= kRingReach * kRingReach) {
      return int(i);
    }
  }
  return -1;
}

void PathMap::mousePressEvent(QMouseEvent* event) {
  const PathCondition* shown = path();
  if (shown == nullptr) {
    return;
  }
  const int hit = hitPoint(event->position());
  if (event->button() == Qt::RightButton && hit >= 0 && shown->points.size() > 1) {
    std::vector<PathPoint> points = shown->points;
    points.erase(points.begin() + hit);
    changePathPoints(session_, clip_, tr("Delete path point"), std::move(points));
    return;
  }
  if (event->button() != Qt::LeftButton) {
    return;
  }
  if (hit < 0) {
    addPathPoint(session_, clip_, metersOf(event->position()));
    return;
  }
  dragged_ = hit;
  gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Move path point"));
}

void PathMap::mouseMoveEvent(QMouseEvent* event) {
  if (dragged_ < 0 || !gesture_) {
    setCursor(hitPoint(event->position()) >= 0 ? Qt::SizeAllCursor : Qt::CrossCursor);
    return;
  }
  const glm::vec2 to = metersOf(event->position());
  gesture_->update([&](const Timeline& start, IdSource&) -> Result<TimelinePatch> {
    const auto clip = start.findClip(clip_);
    if (!clip) {
      return Error{ErrorCode::NotFound, tr("The path is gone.").toStdString()};
    }
    Clip changed = *clip;
    auto& points = std::get<PathCondition>(changed.condition).points;
    points[std::size_t(dragged_)].position = to;
    return changeClip(start, changed);
  });
  held_ = session_.timeline().findClip(clip_);
  update();
}

void PathMap::mouseReleaseEvent(QMouseEvent*) {
  dragged_ = -1;
  gesture_.reset();
}

void PathMap::paintEvent(QPaintEvent*) {
  const ColorTokens& t = tokens();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QPainterPath frame;
  frame.addRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
  painter.fillPath(frame, colorOf(t.s1));
  painter.setClipPath(frame);
  // A line a metre, fewer when they come too close.
  double step = 1;
  while (step * pixelsPerMeter_ < 14) {
    step *= 5;
  }
  const glm::vec2 a = metersOf({0, 0}), b = metersOf(QPointF(width(), height()));
  for (double x = std::floor(std::min(a.x, b.x) / step) * step; x <= double(std::max(a.x, b.x)); x += step) {
    painter.setPen(QPen(colorOf(t.t1, std::abs(x) < 1e-6 ? 0.2 : 0.07), 1));
    const double px = std::round(pixelOf({float(x), 0}).x()) + 0.5;
    painter.drawLine(QPointF(px, 0), QPointF(px, height()));
  }
  for (double z = std::floor(std::min(a.y, b.y) / step) * step; z <= double(std::max(a.y, b.y)); z += step) {
    painter.setPen(QPen(colorOf(t.t1, std::abs(z) < 1e-6 ? 0.2 : 0.07), 1));
    const double py = std::round(pixelOf({0, float(z)}).y()) + 0.5;
    painter.drawLine(QPointF(0, py), QPointF(width(), py));
  }
  if (const TakePointer take = session_.takes().shown()) {
    QPolygonF trail;
    for (const glm::vec3& root : take->result.motion->rootPositions) {
      trail << pixelOf({root.x, root.z});
    }
    painter.setPen(QPen(colorOf(t.kResult, 0.6), 1));
    painter.drawPolyline(trail);
  }
  if (const PathCondition* shown = path(); shown != nullptr && !shown->points.empty()) {
    QPolygonF curve;
    for (const glm::vec2& p : samplePath(shown->points, 12)) {
      curve << pixelOf(p);
    }
    painter.setPen(QPen(colorOf(t.kPath), 1.8));
    painter.drawPolyline(curve);
    painter.setPen(QPen(colorOf(t.kPath), 1.5));
    for (std::size_t i = 0; i < shown->points.size(); ++i) {
      painter.setBrush(int(i) == dragged_ ? colorOf(t.kPath) : colorOf(t.s1));
      painter.drawEllipse(pixelOf(shown->points[i].position), 4, 4);
    }
  }
  painter.setPen(colorOf(t.t3));
  painter.setFont(numberFont(11));
  painter.drawText(QRect(8, height() - 22, 120, 16), Qt::AlignVCenter, tr("%1 m").arg(step));
  painter.fillRect(QRectF(8, height() - 6, step * pixelsPerMeter_, 1.5), colorOf(t.t3));
  painter.setClipping(false);
  painter.setPen(QPen(colorOf(t.line2), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(frame);
}

}  // namespace kinescore
