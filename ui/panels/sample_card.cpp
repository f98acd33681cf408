#include "ui/panels/sample_card.h"

#include <cmath>

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include "ui/document/path_text.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

constexpr int kWordsHeight = 78;
constexpr int kRadius = 6;
constexpr double kPictureAspect = 354.0 / 184;

QString secondsText(double seconds) {
  const double rounded = std::round(seconds * 10) / 10;
  return SampleCard::tr("%1 s").arg(rounded, 0, 'f', rounded == std::floor(rounded) ? 0 : 1);
}

}  // namespace

SampleCard::SampleCard(Sample sample, QWidget* parent)
    : QAbstractButton(parent), sample_(std::move(sample)), facts_(factsOf(sample_)), picture_(pathText(sample_.picture)) {
  setObjectName(QStringLiteral("sample:") + pathText(sample_.file.stem()));
  setText(sample_.name);
  setAccessibleName(tr("Open “%1”").arg(sample_.name));
  setAccessibleDescription(sample_.line);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_Hover);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SampleCard::setExpectation(const QString& words) {
  expectation_ = words;
  update();
}

int SampleCard::heightForWidth(int width) const { return int((width - 2) / kPictureAspect) + kWordsHeight; }

void SampleCard::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down: Q_EMIT arrowPressed(event->key()); return;
    default: QAbstractButton::keyPressEvent(event);
  }
}

void SampleCard::paintPicture(QPainter& painter, const QRect& area) {
  const ColorTokens& t = tokens();
  QLinearGradient ground(area.topLeft(), area.bottomLeft());
  ground.setColorAt(0, colorOf(t.s4));
  ground.setColorAt(1, colorOf(t.s2));
  painter.fillRect(area, ground);
  if (!picture_.isNull()) {
    // Fills the card; what is too much is left out at both sides.
    const QSizeF size = QSizeF(picture_.size()).scaled(area.size(), Qt::KeepAspectRatioByExpanding);
    const QRectF target(area.center().x() - size.width() / 2, area.center().y() - size.height() / 2, size.width(), size.height());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    painter.drawPixmap(target, picture_, QRectF(picture_.rect()));
    painter.restore();
  }
  const QString length = secondsText(facts_.seconds);
  painter.setFont(numberFont(11));
  const int width = painter.fontMetrics().horizontalAdvance(length) + 14;
  const QRect badge(area.right() - width - 9, area.bottom() - 25, width, 17);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(t.s0, 0.8));
  painter.drawRoundedRect(badge, 4, 4);
  painter.setPen(colorOf(t.t1));
  painter.drawText(badge, Qt::AlignCenter, length);
}

void SampleCard::paintEvent(QPaintEvent*) {
  const ColorTokens& t = tokens();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  QPainterPath outline;
  outline.addRoundedRect(frame, kRadius, kRadius);
  painter.fillPath(outline, colorOf(isDown() ? t.s3 : underMouse() ? t.s4 : t.s2));
  painter.save();
  painter.setClipPath(outline);
  paintPicture(painter, {1, 1, width() - 2, height() - kWordsHeight});
  painter.restore();

  const int left = 15, right = width() - 15;
  int y = height() - kWordsHeight + 10;
  int iconX = right;
  for (auto kind = facts_.kinds.crbegin(); kind != facts_.kinds.crend(); ++kind) {
    iconX -= 16;
    drawIcon(painter, {iconX, y + 1}, kindIcon(*kind), kindColor(*kind), 16);
    iconX -= 5;
  }
  painter.setPen(colorOf(t.t1));
  painter.setFont(uiFont(13, QFont::DemiBold));
  const QRect nameRow(left, y, iconX - left, 18);
  painter.drawText(nameRow, Qt::AlignVCenter | Qt::AlignLeft, painter.fontMetrics().elidedText(sample_.name, Qt::ElideRight, nameRow.width()));
  y += 19;
  painter.setFont(uiFont(12));
  painter.setPen(colorOf(t.t2));
  const QRect lineRow(left, y, right - left, 18);
  painter.drawText(lineRow, Qt::AlignVCenter | Qt::AlignLeft, painter.fontMetrics().elidedText(sample_.line, Qt::ElideRight, lineRow.width()));
  y += 19;
  if (!expectation_.isEmpty()) {
    painter.setFont(numberFont(11));
    painter.setPen(colorOf(t.t3));
    painter.drawText(QRect(left, y, right - left, 16), Qt::AlignVCenter | Qt::AlignLeft, expectation_);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(colorOf(hasFocus() ? t.acc : t.line2), hasFocus() ? 2 : 1));
  painter.drawPath(outline);
}

}  // namespace kinescore
