#include "ui/widgets/fields.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QStyle>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

void markWrong(QLineEdit& field, bool isWrong) {
  if (field.property("wrong").toBool() != isWrong) {
    field.setProperty("wrong", isWrong);
    field.style()->unpolish(&field);
    field.style()->polish(&field);
  }
}

}  // namespace

FrameField::FrameField(QWidget* parent) : QLineEdit(parent) {
  setFont(numberFont());
  setFixedHeight(measure::kField);
  connect(this, &QLineEdit::returnPressed, this, &FrameField::takeText);
}

void FrameField::setFrame(std::int64_t frame) {
  frame_ = frame;
  if (!hasFocus() || !isModified()) {
    setText(words());
    markWrong(*this, false);
  }
}

void FrameField::drive(std::int64_t frame) {
  if (frame != frame_) {
    setModified(false);
    setFrame(frame);
    Q_EMIT frameEdited(frame);
  }
}

void FrameField::takeText() {
  const auto frame = frameFromText(text(), rate_, frame_);
  if (!frame) {
    markWrong(*this, true);
    setToolTip(tr("Write a time such as 48, +12, 2s or 00:00:02:00."));
    return;
  }
  setToolTip({});
  setModified(false);
  const std::int64_t before = frame_;
  setFrame(*frame);
  if (*frame != before) {
    Q_EMIT frameEdited(*frame);
  }
}

void FrameField::focusOutEvent(QFocusEvent* event) {
  QLineEdit::focusOutEvent(event);
  if (isModified()) {
    if (frameFromText(text(), rate_, frame_)) {
      takeText();
    } else {
      setModified(false);
      setFrame(frame_);
    }
  }
}

void FrameField::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    setModified(false);
    setText(words());
    markWrong(*this, false);
    clearFocus();
    return;
  }
  QLineEdit::keyPressEvent(event);
}

NumberField::NumberField(int decimals, double least, double most, QWidget* parent)
    : QLineEdit(parent), decimals_(decimals), least_(least), most_(most) {
  setFont(numberFont());
  setFixedHeight(measure::kField);
  connect(this, &QLineEdit::returnPressed, this, &NumberField::takeText);
}

void NumberField::setNumber(double number) {
  number_ = number;
  if (!hasFocus() || !isModified()) {
    setText(QString::number(number, 'f', decimals_));
    markWrong(*this, false);
  }
}

void NumberField::drive(double number) {
  const double rounded = std::round(std::clamp(number, least_, most_) / step()) * step();
  if (rounded != number_) {
    setModified(false);
    setNumber(rounded);
    Q_EMIT numberEdited(rounded);
  }
}

double NumberField::step() const { return std::pow(10.0, -decimals_); }

void NumberField::takeText() {
  bool isNumber = false;
  const double value = QString(text()).replace(u',', u'.').toDouble(&isNumber);
  if (!isNumber) {
    markWrong(*this, true);
    return;
  }
  setModified(false);
  const double before = number_;
  setNumber(std::clamp(value, least_, most_));
  if (number_ != before) {
    Q_EMIT numberEdited(number_);
  }
}

void NumberField::focusOutEvent(QFocusEvent* event) {
  QLineEdit::focusOutEvent(event);
  if (isModified()) {
    takeText();
    setModified(false);
    setNumber(number_);
  }
}

void NumberField::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    setModified(false);
    setNumber(number_);
    clearFocus();
    return;
  }
  QLineEdit::keyPressEvent(event);
}

}  // namespace kinescore
