// The name of a number: dragged sideways it changes the number, with Ctrl finely; a double click puts back the usual
// one, where there is one. Esc gives up the drag.
#pragma once

#include <functional>
#include <optional>

#include <QLabel>

#include "ui/widgets/fields.h"

namespace kinescore {

class FieldLabel : public QLabel {
  Q_OBJECT

 public:
  FieldLabel(const QString& words, FrameField& field, QWidget* parent);
  FieldLabel(const QString& words, NumberField& field, QWidget* parent);

 Q_SIGNALS:
  /// What the field tells between the two belongs together.
  void dragBegan();
  void dragEnded(bool isKept);

 protected:
  bool event(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  FieldLabel(const QString& words, QWidget* field, double perPixel, QWidget* parent);
  void end(bool isKept);

  std::function<double()> value_;
  std::function<void(double)> set_;
  std::function<std::optional<double>()> usual_;
  QWidget* field_;
  double perPixel_;
  bool isPressed_ = false, isDragging_ = false;
  double start_ = 0, at_ = 0;  // where the drag began and is, before rounding
  double lastX_ = 0;
};

}  // namespace kinescore
