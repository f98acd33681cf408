// The curve of how far a clip is obeyed: drag points, double-click to add or take away.
#pragma once

#include <memory>

#include <QWidget>

#include "ui/document/session.h"

namespace kinescore {

class StrengthEditor : public QWidget {
  Q_OBJECT

 public:
  explicit StrengthEditor(Session& session, QWidget* parent = nullptr);
  void setClip(ObjectId clip);
  [[nodiscard]] QPointF placeOf(const EnvelopePoint& point) const;
  QSize sizeHint() const override { return {272, 70}; }

 Q_SIGNALS:
  /// "1.00 at 162"
  void valueShown(const QString& words);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  [[nodiscard]] QRectF plot() const;
  [[nodiscard]] EnvelopePoint pointAt(const QPointF& at) const;
  [[nodiscard]] int hitPoint(const QPointF& at) const;
  void write(TimelineGesture& gesture, std::vector<EnvelopePoint> points);
  void tell(const EnvelopePoint& point);

  Session& session_;
  ObjectId clip_;
  int held_ = -1;
  std::unique_ptr<TimelineGesture> gesture_;
};

}  // namespace kinescore
