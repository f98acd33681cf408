#include "ui/panels/generate_button.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr int kHeight = 28;
constexpr int kCancelWidth = 58;

}  // namespace

GenerateButton::GenerateButton(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("generate"));
  setFocusPolicy(Qt::TabFocus);
  setMouseTracking(true);
  setFixedHeight(kHeight);
  setState(State::Generate);
}

void GenerateButton::setState(State state, double fraction, const QString& reason) {
  const bool isOtherWidth = state != state_;
  state_ = state;
  fraction_ = fraction;
  setEnabled(state != State::Off);
  setAccessibleName(state == State::Working ? tr("Generating, %1 percent").arg(int(fraction * 100)) : words());
  setToolTip(state == State::Off        ? reason
             : state == State::UpToDate ? tr("Another take of the same timeline  (Ctrl+Enter)")
             : state == State::Working  ? tr("Shift and press: queue another take")
                                        : tr("Perform the timeline  (Ctrl+Enter)"));
  if (isOtherWidth) {
    updateGeometry();
  }
  update();
}

QString GenerateButton::words() const {
  switch (state_) {
    case State::Generate: return tr("Generate");
    case State::UpToDate: return tr("Up to date");
    case State::Working: return tr("Generating %1 %").arg(int(fraction_ * 100));
    case State::Off: return tr("Generate");
  }
  return {};
}

QSize GenerateButton::sizeHint() const {
  const QFontMetrics metrics(numberFont(12, QFont::DemiBold));
  const QString widest = state_ == State::Working ? tr("Generating %1 %").arg(100) : words();
  return {metrics.horizontalAdvance(widest) + 46 + (state_ == State::Working ? kCancelWidth : 0), kHeight};
}

QRect GenerateButton::cancelRect() const {
  return state_ == State::Working ? QRect(width() - kCancelWidth, 0, kCancelWidth, height()) : QRect();
}

void GenerateButton::paintEvent(QPaintEvent*) {
  const ColorTokens& t = tokens();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  QPainterPath shape;
  shape.addRoundedRect(frame, 6, 6);
  const bool isAccent = state_ == State::Generate || state_ == State::Working;
  QColor ground = colorOf(isAccent ? (isHovered_ ? t.accWorking : t.accFill) : (isHovered_ ? t.s5 : t.s4));
  if (state_ == State::Working) {
    ground = colorOf(t.selectionTop);
  }
  painter.fillPath(shape, ground);
  const QRect stop = cancelRect();
  if (state_ == State::Working) {
    painter.save();
    painter.setClipPath(shape);
    painter.fillRect(QRectF(0, 0, (width() - stop.width()) * fraction_, height()), colorOf(t.accWorking));
    painter.fillRect(stop, colorOf(isCancelHovered_ ? t.accFill : t.accBg));
    painter.fillRect(QRect(stop.left(), 0, 1, height()), colorOf(t.acc));
    painter.restore();
  }
  painter.setPen(QPen(colorOf(isAccent ? t.acc : t.line2), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(shape);
  const QColor ink = colorOf(state_ == State::Off ? t.t4 : t.t1);
  drawIcon(painter, {12, 7}, QStringLiteral("bolt"), ink, 14);
  painter.setPen(ink);
  painter.setFont(numberFont(12, QFont::DemiBold));
  painter.drawText(QRect(33, 0, width() - 33 - stop.width(), height()), Qt::AlignVCenter, words());
  if (state_ == State::Working) {
    painter.setFont(uiFont(12, QFont::Medium));
    painter.drawText(stop, Qt::AlignCenter, tr("Cancel"));
  }
  if (hasFocus()) {
    painter.setPen(QPen(colorOf(t.t1), 1));
    painter.drawRoundedRect(frame.adjusted(2, 2, -2, -2), 4, 4);
  }
}

void GenerateButton::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) {
    return;
  }
  if (cancelRect().contains(event->pos())) {
    Q_EMIT cancel();
  } else if (state_ == State::Working) {
    if (event->modifiers() & Qt::ShiftModifier) {
      Q_EMIT queue();
    }
  } else {
    Q_EMIT generate();
  }
}

void GenerateButton::mouseMoveEvent(QMouseEvent* event) {
  isCancelHovered_ = cancelRect().contains(event->pos());
  isHovered_ = !isCancelHovered_;
  update();
}

void GenerateButton::leaveEvent(QEvent*) {
  isHovered_ = isCancelHovered_ = false;
  update();
}

void GenerateButton::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space) {
    if (state_ == State::Working) {
      Q_EMIT cancel();
    } else {
      Q_EMIT generate();
    }
    return;
  }
  QWidget::keyPressEvent(event);
}

}  // namespace kinescore
