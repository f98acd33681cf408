#include "ui/viewport/overlay_painter.h"

#include <cstring>

#include <QImage>
#include <QPainter>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

// The view is dark in both themes.
constexpr const ColorTokens& kColours = kDarkTokens;

QImage blank(QSize logical, qreal ratio) {
  QImage image(QSize(qCeil(logical.width() * ratio), qCeil(logical.height() * ratio)),
               QImage::Format_RGBA8888_Premultiplied);
  image.setDevicePixelRatio(ratio);
  image.fill(Qt::transparent);
  return image;
}

OverlayImage toOverlay(const QImage& image) {
  auto overlay = std::make_shared<render::Image>(image.width(), image.height());
  for (int y = 0; y < image.height(); ++y) {
    std::memcpy(overlay->at(0, y), image.constScanLine(y), std::size_t(image.width()) * 4);
  }
  return overlay;
}

int widthOf(const QFont& font, const QString& text) { return QFontMetrics(font).horizontalAdvance(text); }

void drawPill(QPainter& painter, const QSize& size, const QColor& border) {
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(border, 1.0));
  painter.setBrush(colorOf(kColours.s1, 0.88));
  painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1.0, size.height() - 1.0), 5.0, 5.0);
}

}  // namespace

OverlayImage paintHud(const HudText& text, qreal pixelRatio) {
  const QFont big = numberFont(22, QFont::DemiBold);
  const QFont small = numberFont(12);
  const QString frame = QString::number(text.frame);
  const QString frames = QStringLiteral("/ %1").arg(text.frames);
  const int bigWidth = widthOf(big, frame);
  const int width = qMax(bigWidth + 6 + widthOf(small, frames),
                         qMax(widthOf(small, text.timecode), widthOf(small, text.line)));
  QImage image = blank({width + 4, text.line.isEmpty() ? 50 : 70}, pixelRatio);
  QPainter painter(&image);
  painter.setPen(colorOf(kColours.t1));
  painter.setFont(big);
  painter.drawText(QPoint(0, 22), frame);
  painter.setFont(small);
  painter.drawText(QPoint(0, 43), text.timecode);
  painter.setPen(colorOf(kColours.t3));
  painter.drawText(QPoint(bigWidth + 6, 22), frames);
  painter.setPen(colorOf(kColours.link));
  painter.drawText(QPoint(0, 63), text.line);
  painter.end();
  return toOverlay(image);
}

namespace {

void drawSign(QPainter& painter, LabelSign sign, QPointF at, double radius, const QColor& colour) {
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  if (sign == LabelSign::Pose) {
    painter.drawEllipse(at, radius, radius);
  } else if (sign == LabelSign::Take) {
    painter.drawRoundedRect(QRectF(at - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)), 1.2, 1.2);
  } else {
    painter.setPen(QPen(colour, 1.6));
    painter.setBrush(Qt::NoBrush);
    const double r = radius * 1.25;
    painter.drawPolygon(QPolygonF({at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at + QPointF(-r, 0)}));
  }
}

}  // namespace

OverlayImage paintLabel(const QString& text, const QColor& colour, LabelSign sign, qreal pixelRatio) {
  if (text.isEmpty()) {
    QImage mark = blank({15, 15}, pixelRatio);
    QPainter painter(&mark);
    painter.setRenderHint(QPainter::Antialiasing);
    drawSign(painter, sign, {7.5, 7.5}, 4.5, colour);
    painter.end();
    return toOverlay(mark);
  }
  const QFont font = numberFont(11, QFont::Medium);
  const QSize size(widthOf(font, text) + 26, 19);
  QImage image = blank(size, pixelRatio);
  QPainter painter(&image);
  QColor edge = colour;
  edge.setAlphaF(0.75f);
  drawPill(painter, size, edge);
  drawSign(painter, sign, {10.0, 9.5}, 3.0, colour);
  painter.setPen(colorOf(kColours.t1));
  painter.setFont(font);
  painter.drawText(QRect(18, 0, size.width() - 18, size.height()), Qt::AlignVCenter | Qt::AlignLeft, text);
  painter.end();
  return toOverlay(image);
}

OverlayImage paintCaption(const QString& text, qreal pixelRatio) {
  const QFont font = numberFont(11);
  const QSize size(widthOf(font, text) + 2, 16);
  QImage image = blank(size, pixelRatio);
  QPainter painter(&image);
  painter.setPen(colorOf(kColours.t2));
  painter.setFont(font);
  painter.drawText(QRect(QPoint(0, 0), size), Qt::AlignCenter, text);
  painter.end();
  return toOverlay(image);
}

OverlayImage paintHint(const QString& text, qreal pixelRatio) {
  const QFont font = uiFont(12);
  const QSize size(widthOf(font, text) + 24, 28);
  QImage image = blank(size, pixelRatio);
  QPainter painter(&image);
  drawPill(painter, size, colorOf(kColours.line2, 1.0));
  painter.setPen(colorOf(kColours.t2));
  painter.setFont(font);
  painter.drawText(QRect(QPoint(0, 0), size), Qt::AlignCenter, text);
  painter.end();
  return toOverlay(image);
}

}  // namespace kinescore
