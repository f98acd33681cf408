// The path seen from above: click adds a point, drag moves one, right click takes it away. The thin
// line is where the shown take walks.
#pragma once

#include <memory>

#include <QWidget>

#include "ui/document/session.h"

namespace kinescore {

class PathMap : public QWidget {
  Q_OBJECT

 public:
  explicit PathMap(Session& session, QWidget* parent = nullptr);
  void setClip(ObjectId clip);
  QSize sizeHint() const override { return {272, 200}; }
  [[nodiscard]] QPointF pixelOf(glm::vec2 meters) const;
  [[nodiscard]] glm::vec2 metersOf(const QPointF& pixel) const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  [[nodiscard]] const PathCondition* path() const;
  [[nodiscard]] int hitPoint(const QPointF& at) const;
  void frameAll();

  Session& session_;
  ObjectId clip_;
  std::shared_ptr<const Clip> held_;  // keeps path() alive
  double pixelsPerMeter_ = 40;
  glm::vec2 centre_{0};
  int dragged_ = -1;
  std::unique_ptr<TimelineGesture> gesture_;
};

/// Path edits that the map, the table and the floor of the view share. A new point is reached at the path's own pace: its
/// clip grows into the free time behind it, and only where there is none the points come closer together.
void addPathPoint(Session& session, ObjectId clip, glm::vec2 position);
void changePathPoints(Session& session, ObjectId clip, const QString& name, std::vector<PathPoint> points);

}  // namespace kinescore
