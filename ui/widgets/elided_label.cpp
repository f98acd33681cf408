#include "ui/widgets/elided_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

namespace kinescore {

ElidedLabel::ElidedLabel(const QString& words, QWidget* parent) : QLabel(words, parent) { setTextFormat(Qt::PlainText); }

bool ElidedLabel::isCut() const { return fontMetrics().horizontalAdvance(text()) > contentsRect().width(); }

QSize ElidedLabel::minimumSizeHint() const { return {0, QLabel::minimumSizeHint().height()}; }

bool ElidedLabel::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), isCut() ? text() : QString(), this);
    return true;
  }
  return QLabel::event(event);
}

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QRect room = contentsRect();
  const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, room.width());
  style()->drawItemText(&painter, room, int(alignment()) | Qt::TextSingleLine, palette(), isEnabled(), shown, foregroundRole());
}

QString breakable(const QString& words) {
  constexpr int kLongest = 18;
  QString result;
  int run = 0;
  for (const QChar c : words) {
    run = c.isSpace() ? 0 : run + 1;
    if (run > kLongest) {
      result += QChar(0x200B);  // room for a break, without a width
      run = 1;
    }
    result += c;
  }
  return result;
}

}  // namespace kinescore
