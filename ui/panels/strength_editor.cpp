#include "ui/panels/strength_editor.h"

#include <algorithm>

#include <QMouseEvent>
#include <QPainter>

#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

constexpr double kPointReach = 8;

}  // namespace

StrengthEditor::StrengthEditor(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  setObjectName(QStringLiteral("strength"));
  setAccessibleName(tr("Strength curve"));
  setFixedHeight(70);
  setMouseTracking(true);
  setToolTip(tr("Drag a point. Double-click adds one or takes it away."));
}

void StrengthEditor::setClip(ObjectId clip) {
  if (clip != clip_) {
    gesture_.reset();
    held_ = -1;
  }
  clip_ = clip;
  if (const auto now = session_.timeline().findClip(clip_)) {
    const Ticks middle{now->span.length().value / 2};
    tell({middle, now->strength.at(middle)});
  }
  update();
}

QRectF StrengthEditor::plot() const { return QRectF(28, 16, width() - 36, 46); }

QPointF StrengthEditor::placeOf(const EnvelopePoint& point) const {
  const auto clip = session_.timeline().findClip(clip_);
  const double length = clip ? std::max(1e-9, secondsOf(clip->span.length())) : 1;
  const QRectF area = plot();
  return {area.left() + area.width() * secondsOf(point.time) / length, area.bottom() - area.height() * double(point.value)};
}

EnvelopePoint StrengthEditor::pointAt(const QPointF& at) const {
  const auto clip = session_.timeline().findClip(clip_);
  const QRectF area = plot();
  const double u = std::clamp((at.x() - area.left()) / area.width(), 0.0, 1.0);
  const double value = std::clamp((area.bottom() - at.y()) / area.height(), 0.0, 1.0);
  const Ticks length = clip ? clip->span.length() : Ticks{1};
  return {{static_cast<std::int64_t>(double(length.value) * u)}, float(value)};
}

int StrengthEditor::hitPoint(const QPointF& at) const {
  const auto clip = session_.timeline().findClip(clip_);
  if (!clip) {
    return -1;
  }
  for (std::size_t i = 0; i < clip->strength.points.size(); ++i) {
    const QPointF d = placeOf(clip->strength.points[i]) - at;
    if (QPointF::dotProduct(d, d) <= kPointReach * kPointReach) {
      return int(i);
    }
  }
  return -1;
}

void StrengthEditor::tell(const EnvelopePoint& point) {
  if (const auto clip = session_.timeline().findClip(clip_)) {
    const FrameRate rate = session_.rate();
    Q_EMIT valueShown(tr("%1 at %2").arg(double(point.value), 0, 'f', 2).arg(frameAt(clip->span.start + point.time, rate)));
  }
}

void StrengthEditor::write(TimelineGesture& gesture, std::vector<EnvelopePoint> points) {
  const auto clip = session_.timeline().findClip(clip_);
  if (!clip) {
    return;
  }
  Clip changed = *clip;
  changed.strength.points = std::move(points);
  gesture.update([&](const Timeline& start, IdSource&) {
    const auto before = start.findClip(clip_);
    Clip next = before ? *before : changed;
    next.strength = changed.strength;
    return changeClip(start, next);
  });
  update();
}

void StrengthEditor::mousePressEvent(QMouseEvent* event) {
  held_ = event->button() == Qt::LeftButton ? hitPoint(event->position()) : -1;
  if (held_ >= 0) {
    gesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Change strength"));
  }
}

void StrengthEditor::mouseMoveEvent(QMouseEvent* event) {
  if (held_ < 0 || !gesture_) {
    const int over = hitPoint(event->position());
    setCursor(over >= 0 ? Qt::SizeAllCursor : Qt::ArrowCursor);
    return;
  }
  const auto clip = session_.timeline().findClip(clip_);
  if (!clip || held_ >= int(clip->strength.points.size())) {
    return;
  }
  std::vector<EnvelopePoint> points = clip->strength.points;
  EnvelopePoint point = pointAt(event->position());
  const auto i = std::size_t(held_);
  const Ticks step = ticksOfFrame(1, session_.rate());
  const Ticks low = i == 0 ? Ticks{0} : points[i - 1].time + step;
  const Ticks high = i + 1 == points.size() ? clip->span.length() : points[i + 1].time - step;
  point.time = std::max(low, std::min(point.time, high));
  points[i] = point;
  write(*gesture_, std::move(points));
  tell(point);
}

void StrengthEditor::mouseReleaseEvent(QMouseEvent*) {
  held_ = -1;
  gesture_.reset();
}

void StrengthEditor::mouseDoubleClickEvent(QMouseEvent* event) {
  const auto clip = session_.timeline().findClip(clip_);
  if (!clip) {
    return;
  }
  std::vector<EnvelopePoint> points = clip->strength.points;
  if (const int hit = hitPoint(event->position()); hit >= 0) {
    points.erase(points.begin() + hit);
  } else {
    const EnvelopePoint point = pointAt(event->position());
    const auto after = std::find_if(points.begin(), points.end(), [&](const EnvelopePoint& p) { return p.time >= point.time; });
    if (after != points.end() && after->time == point.time) {
      return;
    }
    points.insert(after, point);
  }
  TimelineGesture gesture(session_.document(), tr("Change strength"));
  write(gesture, std::move(points));
}

void StrengthEditor::paintEvent(QPaintEvent*) {
  const ColorTokens& t = tokens();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.line2), 1));
  painter.setBrush(colorOf(t.s1));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
  const QRectF area = plot();
  painter.setFont(numberFont(11));
  for (const auto& [value, words] : {std::pair{0.0, "0"}, std::pair{0.5, "0.5"}, std::pair{1.0, "1"}}) {
    const double y = area.bottom() - area.height() * value;
    painter.setPen(QPen(colorOf(t.t1, 0.07), 1));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    painter.setPen(colorOf(t.t3));
    painter.drawText(QRectF(0, y - 8, 23, 16), Qt::AlignRight | Qt::AlignVCenter, QLatin1String(words));
  }
  const auto clip = session_.timeline().findClip(clip_);
  if (!clip) {
    return;
  }
  const auto track = session_.timeline().findTrack(clip->trackId);
  const QColor kind = !isEnabled() ? colorOf(t.t4) : track ? kindColor(track->kind) : colorOf(t.kText);
  QPolygonF line;
  line << placeOf({Ticks{0}, clip->strength.at({0})});
  for (const EnvelopePoint& point : clip->strength.points) {
    line << placeOf(point);
  }
  line << placeOf({clip->span.length(), clip->strength.at(clip->span.length())});
  QPolygonF under = line;
  under << QPointF(area.right(), area.bottom()) << QPointF(area.left(), area.bottom());
  QColor fill = kind;
  fill.setAlphaF(0.16f);
  painter.setPen(Qt::NoPen);
  painter.setBrush(fill);
  painter.drawPolygon(under);
  painter.setPen(QPen(kind, 1.8));
  painter.drawPolyline(line);
  painter.setPen(QPen(kind, 1.5));
  for (std::size_t i = 0; i < clip->strength.points.size(); ++i) {
    painter.setBrush(int(i) == held_ ? kind : colorOf(t.s1));
    painter.drawEllipse(placeOf(clip->strength.points[i]), 3.6, 3.6);
  }
}

}  // namespace kinescore
