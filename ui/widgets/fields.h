// Fields for numbers: typed, or dragged sideways by their names (field_label.h).
#pragma once

#include <functional>
#include <optional>

#include <QLineEdit>

#include "engine/core/ticks.h"
#include "ui/document/time_text.h"

namespace kinescore {

/// A time in frames of the project; takes "48", "+12", "2s", "00:00:02:00".
class FrameField : public QLineEdit {
  Q_OBJECT

 public:
  explicit FrameField(QWidget* parent = nullptr);
  void setRate(FrameRate rate) { rate_ = rate; }
  /// " f" for lengths.
  void setUnit(const QString& unit) { unit_ = unit; }
  /// How a time is written; all ways are read.
  void setDisplay(TimeDisplay display) { display_ = display; }
  void setFrame(std::int64_t frame);
  /// As if it had been typed.
  void drive(std::int64_t frame);
  /// What a double click on its name puts back.
  void setUsual(std::int64_t frame) { usual_ = frame; }
  [[nodiscard]] std::optional<std::int64_t> usual() const { return usual_; }
  [[nodiscard]] std::int64_t frame() const { return frame_; }

 Q_SIGNALS:
  void frameEdited(qint64 frame);

 protected:
  void focusOutEvent(QFocusEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void takeText();
  [[nodiscard]] QString words() const { return timeText(frame_, rate_, display_) + unit_; }
  FrameRate rate_;
  TimeDisplay display_ = TimeDisplay::Frames;
  QString unit_;
  std::int64_t frame_ = 0;
  std::optional<std::int64_t> usual_;
};

/// A decimal number with a unit.
class NumberField : public QLineEdit {
  Q_OBJECT

 public:
  explicit NumberField(int decimals, double least, double most, QWidget* parent = nullptr);
  void setNumber(double number);
  /// As if it had been typed.
  void drive(double number);
  /// Of its last digit.
  [[nodiscard]] double step() const;
  void setUsual(double number) { usual_ = number; }
  [[nodiscard]] std::optional<double> usual() const { return usual_; }
  [[nodiscard]] double number() const { return number_; }

 Q_SIGNALS:
  void numberEdited(double number);

 protected:
  void focusOutEvent(QFocusEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void takeText();
  int decimals_;
  double least_, most_;
  double number_ = 0;
  std::optional<double> usual_;
};

}  // namespace kinescore
