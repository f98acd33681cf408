// For which part of the body words are: a figure whose parts are clicked, and six buttons that say the same.
#pragma once

#include <array>

#include <QPainterPath>

#include "engine/timeline/timeline.h"
#include "ui/widgets/basics.h"

namespace kinescore {

/// Names of the six, as buttons show them, in the order of BodyPart.
[[nodiscard]] QStringList bodyPartNames();

/// Seen from behind, so that its left is ours. A click on a part chooses it; on the one that is lit, the whole body.
class BodyFigure : public QWidget {
  Q_OBJECT

 public:
  explicit BodyFigure(QWidget* parent = nullptr);
  void setCurrent(BodyPart part);
  QSize sizeHint() const override { return {52, 92}; }
  /// Somewhere within a part; of the whole body, nowhere.
  [[nodiscard]] QPointF placeOf(BodyPart part) const;

 Q_SIGNALS:
  void chosen(int part);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  [[nodiscard]] BodyPart partAt(const QPointF& at) const;
  std::array<QPainterPath, 6> parts_;  // by BodyPart; that of the whole is empty
  BodyPart current_ = BodyPart::Whole, hovered_ = BodyPart::Whole;
};

class BodyPartChoice : public QWidget {
  Q_OBJECT

 public:
  explicit BodyPartChoice(QWidget* parent = nullptr);
  void setCurrent(int part);
  [[nodiscard]] int current() const;

 Q_SIGNALS:
  void chosen(int part);

 private:
  BodyFigure* figure_;
  QList<QToolButton*> buttons_;
};

}  // namespace kinescore
