#include <numbers>

#include <QHeaderView>
#include <QTableWidget>
#include <glm/geometric.hpp>

#include "ui/document/path_curve.h"
#include "ui/panels/path_map.h"
#include "ui/panels/path_page.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr float kStepOn = 0.5f;  // metres from the last point to a new one

}  // namespace

PathPage::PathPage(Session& session, QWidget* parent) : ClipPage(session, tr("Path"), parent) {
  addName();
  QVBoxLayout* top = addSection();
  map_ = new PathMap(session, body());
  top->addWidget(map_);
  auto* row = new QHBoxLayout;
  facts_ = makeLabel({}, body());
  facts_->setObjectName(QStringLiteral("path facts"));
  facts_->setFont(numberFont(11));
  fromTake_ = makeLink(tr("Follow the take"), body());
  row->addWidget(facts_);
  row->addStretch();
  row->addWidget(fromTake_);
  top->addLayout(row);
  addTimes();
  QVBoxLayout* points = addSection();
  auto* heading = new QHBoxLayout;
  heading->addWidget(makeLabel(tr("Points"), body()));
  heading->addStretch();
  auto* add = makeIconButton(QStringLiteral("plus"), tr("Add a point after the selected one"), {}, body());
  add->setObjectName(QStringLiteral("add point"));
  remove_ = makeLink(tr("Remove"), body());
  remove_->setObjectName(QStringLiteral("remove point"));
  heading->addWidget(remove_);
  heading->addWidget(add);
  points->addLayout(heading);
  table_ = new QTableWidget(0, 4, body());
  table_->setObjectName(QStringLiteral("pathTable"));
  table_->setAccessibleName(tr("Points of the path"));
  table_->setHorizontalHeaderLabels({tr("Frame"), tr("x, m"), tr("z, m"), tr("Facing")});
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(22);
  table_->setFont(numberFont(12));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setMinimumHeight(150);
  points->addWidget(table_);
  addStrength();
  addStretch();
  connect(fromTake_, &QPushButton::clicked, this, [this] { session_.pathFromTake(); });
  connect(add, &QToolButton::clicked, this, &PathPage::addPoint);
  connect(remove_, &QPushButton::clicked, this, &PathPage::removePoint);
  connect(table_, &QTableWidget::cellChanged, this, [this](int rowOfTable, int column) {
    if (!isFilling()) {
      writeCell(rowOfTable, column);
    }
  });
}

void PathPage::fill(const Clip& now) {
  const auto& path = std::get<PathCondition>(now.condition);
  map_->setClip(now.id);
  const double meters = pathLength(path.points);
  const double seconds = path.points.size() > 1 ? secondsOf(path.points.back().time - path.points.front().time) : 0;
  facts_->setText(seconds > 0 ? tr("%1 m at %2 m/s").arg(meters, 0, 'f', 1).arg(meters / seconds, 0, 'f', 1)
                              : tr("Click on the floor to add points."));
  fromTake_->setVisible(session_.takes().shown() != nullptr);
  fillTable(path, now);
  setUsable(remove_, path.points.size() > 1, tr("A path keeps at least one point."));
}

void PathPage::fillTable(const PathCondition& path, const Clip& now) {
  table_->setRowCount(int(path.points.size()));
  for (int i = 0; i < int(path.points.size()); ++i) {
    const PathPoint& point = path.points[std::size_t(i)];
    const auto cell = [&](int column, const QString& words) {
      QTableWidgetItem* item = table_->item(i, column);
      if (item == nullptr) {
        item = new QTableWidgetItem;
        table_->setItem(i, column, item);
      }
      if (item->text() != words) {
        item->setText(words);
      }
    };
    cell(0, QString::number(nearestFrame(now.span.start + point.time, session_.rate())));
    cell(1, QString::number(double(point.position.x), 'f', 2));
    cell(2, QString::number(double(point.position.y), 'f', 2));
    cell(3, point.heading ? QString::number(double(*point.heading) * 180 / std::numbers::pi, 'f', 0) : tr("along"));
  }
}

void PathPage::writeCell(int row, int column) {
  const auto now = clip();
  const auto* path = now ? std::get_if<PathCondition>(&now->condition) : nullptr;
  if (path == nullptr || row >= int(path->points.size())) {
    return;
  }
  std::vector<PathPoint> points = path->points;
  PathPoint& point = points[std::size_t(row)];
  const QString words = table_->item(row, column)->text().trimmed();
  bool isNumber = false;
  const double number = QString(words).replace(u',', u'.').toDouble(&isNumber);
  if (column == 0) {
    const auto frame = frameFromText(words, session_.rate(), nearestFrame(now->span.start + point.time, session_.rate()));
    isNumber = frame.has_value();
    point.time = at(frame.value_or(0)) - now->span.start;
  } else if (column == 1) {
    point.position.x = float(number);
  } else if (column == 2) {
    point.position.y = float(number);
  } else if (words.isEmpty() || words == tr("along")) {
    point.heading.reset();
    isNumber = true;
  } else {
    point.heading = float(number * std::numbers::pi / 180);
  }
  if (isNumber) {
    changePathPoints(session_, now->id, tr("Change path point"), std::move(points));
  }
  if (const auto after = clip()) {
    showClip(*after);
  }
}

void PathPage::addPoint() {
  const auto now = clip();
  const auto* path = now ? std::get_if<PathCondition>(&now->condition) : nullptr;
  if (path == nullptr) {
    return;
  }
  const int count = int(path->points.size());
  const int row = table_->currentRow() >= 0 && table_->currentRow() < count ? table_->currentRow() : count - 1;
  if (row < 0 || row == count - 1) {
    // On in the direction it goes.
    glm::vec2 step(0, kStepOn);
    if (count > 1) {
      const glm::vec2 way = path->points.back().position - path->points[std::size_t(count) - 2].position;
      step = glm::length(way) > 1e-3f ? glm::normalize(way) * kStepOn : step;
    }
    addPathPoint(session_, now->id, count > 0 ? path->points.back().position + step : glm::vec2(0));
  } else {
    std::vector<PathPoint> points = path->points;
    const PathPoint &a = points[std::size_t(row)], &b = points[std::size_t(row) + 1];
    PathPoint between;
    between.time = Ticks{(a.time.value + b.time.value) / 2};
    between.position = (a.position + b.position) * 0.5f;
    points.insert(points.begin() + row + 1, between);
    changePathPoints(session_, now->id, tr("Add path point"), std::move(points));
  }
  table_->selectRow(row + 1);
}

void PathPage::removePoint() {
  const auto now = clip();
  const auto* path = now ? std::get_if<PathCondition>(&now->condition) : nullptr;
  if (path == nullptr || path->points.size() < 2) {
    return;
  }
  std::vector<PathPoint> points = path->points;
  const int row = table_->currentRow() >= 0 && table_->currentRow() < int(points.size()) ? table_->currentRow() : int(points.size()) - 1;
  points.erase(points.begin() + row);
  changePathPoints(session_, now->id, tr("Delete path point"), std::move(points));
}

}  // namespace kinescore
