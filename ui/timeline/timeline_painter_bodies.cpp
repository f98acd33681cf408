// The part of TimelinePainter that draws bodies of clips and dots of keys, and keeps their pictures: so that
// scrolling copies instead of drawing.
#include <QPainterPath>

#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

using namespace timeline_measure;

constexpr int kWidestKept = 600, kMostKept = 3000;

}  // namespace

void TimelinePainter::paintBody(QPainter& painter, const ClipLook& look, const QPoint& at) {
  if (look.size.width() > kWidestKept) {
    painter.save();
    painter.translate(at);
    drawBody(painter, look);
    painter.restore();
    return;
  }
  const quint64 key = quint64(look.size.width()) | quint64(look.size.height()) << 12 |
                      quint64(look.kind.rgb() & 0xFFFFFF) << 24 |
                      quint64(look.isSelected) << 48 | quint64(look.isHovered) << 49 | quint64(look.isQuiet) << 50 |
                      quint64(look.isDense) << 51 | quint64(look.isDashed) << 52 | quint64(look.isMissing) << 53 |
                      quint64(look.hasFlatBand) << 54;
  painter.drawPixmap(at, kept(painter, key, look.size, [&](QPainter& fresh) { drawBody(fresh, look); }));
}

const QPixmap& TimelinePainter::kept(const QPainter& painter, quint64 key, const QSize& size,
                                     const std::function<void(QPainter&)>& draw) {
  const double ratio = painter.device()->devicePixelRatioF();
  if (ratio != keptRatio_ || kept_.size() > kMostKept) {
    kept_.clear();
    keptRatio_ = ratio;
  }
  auto found = kept_.find(key);
  if (found == kept_.end()) {
    QPixmap picture(size * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter fresh(&picture);
    draw(fresh);
    fresh.end();
    found = kept_.insert(key, picture);
  }
  return *found;
}

void TimelinePainter::drawBody(QPainter& painter, const ClipLook& look) {
  const ColorTokens& t = tokens();
  const QRectF all(QPointF(0, 0), look.size);
  const QRectF inner = all.adjusted(0.5, 0.5, -0.5, -0.5);
  const double radius = look.size.width() < 12 ? 0 : 3;
  painter.setRenderHint(QPainter::Antialiasing, look.size.width() > 6);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(t.clipGround));
  painter.drawRoundedRect(all, radius, radius);
  const double fill = look.isQuiet ? 0 : (look.isSelected ? 0.26 : (look.isDense ? 0.17 : 0.13));
  const double border = look.isQuiet ? 0.25 : (look.isHovered ? 0.8 : (look.isSelected ? 0.95 : 0.42));
  const QColor edge = look.isMissing && !look.isQuiet ? colorOf(t.err) : withAlpha(look.kind, border);
  painter.setPen(QPen(edge, 1, look.isDashed ? Qt::DashLine : Qt::SolidLine));
  painter.setBrush(withAlpha(look.kind, fill));
  painter.drawRoundedRect(inner, radius, radius);
  if (look.hasFlatBand) {
    const double left = kEdgeBar, right = look.size.width() - 1, bottom = look.size.height() - 1, top = bottom - 10;
    painter.fillRect(QRectF(left, top, right - left, bottom - top), withAlpha(look.kind, look.isSelected ? 0.3 : 0.14));
    painter.setPen(QPen(withAlpha(look.kind, look.isSelected ? 1 : 0.9), look.isSelected ? 1.4 : 1));
    painter.drawLine(QPointF(left, top), QPointF(right, top));
  }
  if (look.size.width() > 6) {
    QPainterPath bar;
    bar.addRoundedRect(QRectF(0, 0, kEdgeBar + 3, look.size.height()), 2, 2);
    painter.setClipRect(QRectF(0, 0, kEdgeBar, look.size.height()));
    painter.fillPath(bar, withAlpha(look.kind, look.isQuiet ? 0.4 : 1));
  }
}

void TimelinePainter::drawDot(QPainter& painter, const QColor& kind, bool isTarget, bool isSelected, bool isHovered,
                              bool isQuiet) {
  const ColorTokens& t = tokens();
  painter.setRenderHint(QPainter::Antialiasing);
  if (isTarget) {
    painter.setPen(QPen(isSelected ? colorOf(t.t1) : kind, 1.6));
    painter.setBrush(colorOf(t.s1));
    painter.drawPolygon(QPolygonF({{0, -5.2}, {5.2, 0}, {0, 5.2}, {-5.2, 0}}));
    return;
  }
  painter.setPen(isQuiet ? QPen(withAlpha(kind, 0.5), 1.2, Qt::DashLine)
                         : QPen(isSelected || isHovered ? colorOf(t.t1) : colorOf(t.s1), isSelected ? 1.6 : 1.5));
  painter.setBrush(isQuiet ? QBrush(colorOf(t.s1)) : QBrush(kind));
  painter.drawEllipse(QPointF(0, 0), kKeyRadius, kKeyRadius);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(t.s1));
  painter.drawEllipse(QPointF(0, 0), 1.6, 1.6);
}

}  // namespace kinescore
