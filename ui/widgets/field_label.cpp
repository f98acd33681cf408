#include "ui/widgets/field_label.h"

#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr double kFramesPerPixel = 0.25;
constexpr double kFine = 0.1;
constexpr double kDragStart = 3;  // pixels until a press becomes a drag

}  // namespace

FieldLabel::FieldLabel(const QString& words, QWidget* field, double perPixel, QWidget* parent)
    : QLabel(words, parent), field_(field), perPixel_(perPixel) {
  setProperty("kind", "label");
  setFont(uiFont(11));
  setCursor(Qt::SizeHorCursor);
  setBuddy(field);
}

FieldLabel::FieldLabel(const QString& words, FrameField& field, QWidget* parent)
    : FieldLabel(words, &field, kFramesPerPixel, parent) {
  value_ = [&field] { return double(field.frame()); };
  set_ = [&field](double value) { field.drive(std::llround(value)); };
  usual_ = [&field]() -> std::optional<double> {
    return field.usual() ? std::optional(double(*field.usual())) : std::nullopt;
  };
}

FieldLabel::FieldLabel(const QString& words, NumberField& field, QWidget* parent)
    : FieldLabel(words, &field, field.step() / 2, parent) {
  value_ = [&field] { return field.number(); };
  set_ = [&field](double value) { field.drive(value); };
  usual_ = [&field] { return field.usual(); };
}

void FieldLabel::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !field_->isEnabled()) {
    return;
  }
  isPressed_ = true;
  start_ = at_ = value_();
  lastX_ = event->position().x();
}

void FieldLabel::mouseMoveEvent(QMouseEvent* event) {
  if (!isPressed_) {
    return;
  }
  const double x = event->position().x();
  if (!isDragging_) {
    if (std::abs(x - lastX_) < kDragStart) {
      return;
    }
    isDragging_ = true;
    setFocus();  // so that Esc comes here
    Q_EMIT dragBegan();
  }
  at_ += (x - lastX_) * perPixel_ * (event->modifiers() & Qt::ControlModifier ? kFine : 1);
  lastX_ = x;
  set_(at_);
}

void FieldLabel::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) {
    end(true);
  }
}

void FieldLabel::mouseDoubleClickEvent(QMouseEvent* event) {
  const std::optional<double> usual = usual_();
  if (event->button() == Qt::LeftButton && usual && field_->isEnabled()) {
    set_(*usual);
  }
}

bool FieldLabel::event(QEvent* event) {
  const bool isKey = event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
  if (isKey && isDragging_ && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();
    if (event->type() == QEvent::KeyPress) {
      set_(start_);
      end(false);
    }
    return true;
  }
  return QLabel::event(event);
}

void FieldLabel::end(bool isKept) {
  isPressed_ = false;
  if (isDragging_) {
    isDragging_ = false;
    clearFocus();
    Q_EMIT dragEnded(isKept);
  }
}

}  // namespace kinescore
