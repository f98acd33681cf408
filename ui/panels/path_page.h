// The inspector's page for a path: the map, the points as a table, times and strength.
#pragma once

#include "ui/panels/clip_page.h"

class QTableWidget;

namespace kinescore {

class PathMap;

class PathPage : public ClipPage {
  Q_OBJECT

 public:
  PathPage(Session& session, QWidget* parent);
  bool isFor(const Clip& clip) const override { return std::holds_alternative<PathCondition>(clip.condition); }

 protected:
  void fill(const Clip& clip) override;

 private:
  void fillTable(const PathCondition& path, const Clip& clip);
  void writeCell(int row, int column);
  /// Half-way to the next point, or a step on from the last.
  void addPoint();
  void removePoint();

  PathMap* map_;
  QLabel* facts_;
  QPushButton* fromTake_;
  QTableWidget* table_;
  QPushButton* remove_;
};

}  // namespace kinescore
