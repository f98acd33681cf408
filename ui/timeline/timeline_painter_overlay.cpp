// The part of TimelinePainter that draws what moves over the tracks: playhead, time selection, guides.
#include <algorithm>
#include <cmath>

#include <QFontMetrics>
#include <QPainterPath>

#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {

using namespace timeline_measure;

namespace {

QFont flagFont() { return numberFont(11.5, QFont::DemiBold); }

QString flagText(const TimelineScene& scene, Ticks playhead) {
  const FrameRate rate = scene.timeline->settings().rate;
  return timeText(frameAt(playhead, rate), rate, scene.display);
}

}  // namespace

QRectF playheadFlag(const TimelineScene& scene, Ticks playhead) {
  const TimelineGeometry& g = scene.geometry;
  const double x = std::lround(g.canvasX + scene.axis.xOf(playhead)) + 0.5;
  const double half = std::max(16.0, QFontMetricsF(flagFont()).horizontalAdvance(flagText(scene, playhead)) / 2 + 6);
  const double middle = std::clamp(x, g.canvasX + half, std::max(g.canvasX + half, g.width - half));
  return {middle - half, 5, half * 2, 15};
}

QRect dragChipRect(const TimelineOverlay& overlay) {
  if (overlay.dragChip.isEmpty()) {
    return {};
  }
  const int width = QFontMetrics(numberFont(11, QFont::DemiBold)).horizontalAdvance(overlay.dragChip) + 12;
  return {overlay.dragChipAt + QPoint(12, -22), QSize(width, 18)};
}

void TimelinePainter::paintPlayhead(QPainter& painter, const TimelineScene& scene, Ticks playhead) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const double x = std::lround(g.canvasX + scene.axis.xOf(playhead)) + 0.5;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.playheadHalo, 0.55), 3));
  painter.drawLine(QPointF(x, 14), QPointF(x, g.height));
  painter.setPen(QPen(colorOf(t.playhead), 1.4));
  painter.drawLine(QPointF(x, 14), QPointF(x, g.height));
  const QRectF place = playheadFlag(scene, playhead);
  QPainterPath flag;
  flag.addRoundedRect(place, 3, 3);
  flag.addPolygon(QPolygonF({{x - 5, 20}, {x + 5, 20}, {x, 25}}));
  painter.fillPath(flag, colorOf(t.playhead));
  painter.setPen(colorOf(t.onLight));
  painter.setFont(flagFont());
  painter.drawText(place, Qt::AlignCenter, flagText(scene, playhead));
}

void TimelinePainter::paintScaleBracket(QPainter& painter, const TimelineScene& scene, TimeRange span) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const double x0 = std::lround(g.canvasX + scene.axis.xOf(span.start));
  const double x1 = std::lround(g.canvasX + scene.axis.xOf(span.end));
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.fillRect(QRectF(x0, g.rowsY - 3, x1 - x0, 2), colorOf(t.t1, 0.55));
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.s1), 1));
  painter.setBrush(colorOf(t.t1));
  for (const double x : {x0, x1}) {
    painter.drawRoundedRect(QRectF(x - 3, kScaleTop, 6, g.rowsY - kScaleTop), 2, 2);
  }
}

void TimelinePainter::paintTimeSelection(QPainter& painter, const TimelineScene& scene, const TimeSelection& time) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const auto xOf = [&](Ticks at) { return g.canvasX + scene.axis.xOf(at); };
  const TimeRange span = time.span();
  const double x0 = xOf(span.start), x1 = xOf(time.hold.start), x2 = xOf(time.hold.end), x3 = xOf(span.end);
  const QColor full = colorOf(t.acc, 0.15), none = colorOf(t.acc, 0);
  const double tall = g.height - g.rowsY;
  const auto fade = [&](double from, double to, const QColor& a, const QColor& b) {
    QLinearGradient gradient(from, 0, to, 0);
    gradient.setColorAt(0, a);
    gradient.setColorAt(1, b);
    painter.fillRect(QRectF(from, g.rowsY, to - from, tall), gradient);
  };
  fade(x0, x1, none, full);
  painter.fillRect(QRectF(x1, g.rowsY, x2 - x1, tall), full);
  fade(x2, x3, full, none);

  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.acc, 0.75), 1));
  for (const double x : {x1, x2}) {
    painter.drawLine(QPointF(std::lround(x) + 0.5, 20), QPointF(std::lround(x) + 0.5, g.height));
  }
  painter.setPen(QPen(colorOf(t.acc, 0.65), 1, Qt::CustomDashLine));
  QPen dashes(colorOf(t.acc, 0.65), 1);
  dashes.setDashPattern({3, 3});
  painter.setPen(dashes);
  for (const double x : {x0, x3}) {
    painter.drawLine(QPointF(std::lround(x) + 0.5, 24), QPointF(std::lround(x) + 0.5, g.height));
  }
  painter.setPen(QPen(colorOf(t.acc), 1));
  painter.setBrush(colorOf(t.selectionTop));
  painter.drawPolygon(QPolygonF({{x0, 21.5}, {x1, 6}, {x2, 6}, {x3, 21.5}}));
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(t.accPale));
  for (const double x : {x1, x2}) {
    painter.drawRoundedRect(QRectF(x - 2.5, 7.5, 5, 12), 1.5, 1.5);
  }
  painter.setPen(QPen(colorOf(t.accPale), 1.5));
  painter.setBrush(colorOf(t.s1));
  for (const double x : {x0, x3}) {
    painter.drawEllipse(QPointF(x, 21), 3.6, 3.6);
  }
  const FrameRate rate = scene.timeline->settings().rate;
  const auto frames = [&](Ticks length) { return nearestFrame(length, rate); };
  const QString words = timelineText("Regenerate %1 f").arg(frames(time.hold.length()));
  const QFont bold = numberFont(11, QFont::DemiBold);
  if (const double room = x2 - x1 - 16; QFontMetricsF(bold).horizontalAdvance(words) < room) {
    painter.setFont(bold);
    painter.setPen(colorOf(t.accPale));
    painter.drawText(QRectF(x1, 6, x2 - x1, 15), Qt::AlignCenter, words);
  }
  painter.setFont(numberFont(11));
  painter.setPen(colorOf(t.link));
  const auto slopeNumber = [&](double from, double to, double at, Ticks length) {
    if (to - from > 22) {
      painter.drawText(QRectF(at - 20, 9, 40, 14), Qt::AlignCenter, QString::number(frames(length)));
    }
  };
  slopeNumber(x0, x1, x0 + (x1 - x0) * 0.66, time.falloffIn);
  slopeNumber(x2, x3, x2 + (x3 - x2) * 0.34, time.falloffOut);
}

void TimelinePainter::paintWork(QPainter& painter, const TimelineScene& scene) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const auto& rows = scene.layout->rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [](const TimelineRow& r) { return r.kind == RowKind::Result; });
  if (!scene.work || row == rows.end()) {
    return;
  }
  const double x0 = g.canvasX + std::max(0.0, scene.axis.xOf(scene.work->span.start));
  const double x1 = g.canvasX + std::min(double(g.canvasWidth()), scene.axis.xOf(scene.work->span.end));
  const QRectF rect(x0, g.rowTop(*row) + 4, x1 - x0, 16);
  painter.save();
  painter.setClipRect(rect.intersected(QRectF(g.canvasX, g.rowsY, g.canvasWidth(), g.height)), Qt::IntersectClip);
  painter.fillRect(rect, colorOf(t.s1));
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.hatch), 1.2));
  for (double x = rect.left() - 16; x < rect.right(); x += 8) {
    painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + 16, rect.top()));
  }
  const QFont font = numberFont(11);
  const double width = QFontMetricsF(font).horizontalAdvance(scene.work->text) + 12;
  const QRectF chip(rect.center().x() - width / 2, rect.top() + 1, width, 14);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(t.s1));
  painter.drawRoundedRect(chip, 3, 3);
  painter.setFont(font);
  painter.setPen(colorOf(t.link));
  painter.drawText(chip, Qt::AlignCenter, scene.work->text);
  painter.restore();
}

void TimelinePainter::paintOverlay(QPainter& painter, const TimelineScene& scene, const TimelineOverlay& overlay) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  painter.save();
  painter.setClipRect(g.canvasX, 0, g.canvasWidth(), g.height, Qt::IntersectClip);
  paintWork(painter, scene);
  if (overlay.time) {
    paintTimeSelection(painter, scene, *overlay.time);
  }
  paintSwipe(painter, scene, overlay);
  if (overlay.guide) {
    const int x = g.canvasX + int(std::lround(scene.axis.xOf(*overlay.guide)));
    painter.fillRect(x, 0, 1, g.height, colorOf(t.acc));
    if (!overlay.guideLabel.isEmpty()) {
      const QFont font = uiFont(11);
      const int width = QFontMetrics(font).horizontalAdvance(overlay.guideLabel) + 10;
      painter.fillRect(x + 3, g.rowsY + 2, width, 16, colorOf(t.accBg));
      painter.setFont(font);
      painter.setPen(colorOf(t.accPale));
      painter.drawText(QRect(x + 3, g.rowsY + 2, width, 16), Qt::AlignCenter, overlay.guideLabel);
    }
  }
  if (overlay.scale) {
    paintScaleBracket(painter, scene, *overlay.scale);
  }
  if (overlay.box) {
    painter.setPen(QPen(colorOf(t.acc), 1));
    painter.setBrush(colorOf(t.acc, 0.12));
    painter.drawRect(QRectF(*overlay.box).adjusted(0.5, 0.5, -0.5, -0.5));
  }
  if (!overlay.cameFrom.empty()) {
    painter.save();
    painter.setClipRect(g.canvasX, g.rowsY, g.canvasWidth(), g.height, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen outline(colorOf(t.t2), 1);
    outline.setDashPattern({3, 3});
    painter.setPen(outline);
    painter.setBrush(Qt::NoBrush);
    for (const QRect& place : overlay.cameFrom) {
      painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
    painter.restore();
  }
  paintPlayhead(painter, scene, overlay.playhead);
  if (const QRect chip = dragChipRect(overlay); !chip.isEmpty()) {
    const QFont font = numberFont(11, QFont::DemiBold);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.s5));
    painter.drawRoundedRect(chip, 4, 4);
    painter.setFont(font);
    painter.setPen(colorOf(t.t1));
    painter.drawText(chip, Qt::AlignCenter, overlay.dragChip);
  }
  painter.restore();
}

}  // namespace kinescore
