#include "ui/panels/history_panel.h"

#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace kinescore {

HistoryPanel::HistoryPanel(Session& session, QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("history"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* header = new Panel("bar", this);
  header->setFixedHeight(measure::kPanelHeader);
  auto* row = new QHBoxLayout(header);
  row->setContentsMargins(10, 0, 8, 0);
  row->addWidget(makeHeading(tr("History"), header));
  row->addStretch();
  column->addWidget(header);
  steps_ = new QUndoView(&session.document().undoStack(), this);
  steps_->setObjectName(QStringLiteral("historySteps"));
  steps_->setAccessibleName(tr("History"));
  steps_->setEmptyLabel(tr("As opened"));
  steps_->setFrameShape(QFrame::NoFrame);
  steps_->setUniformItemSizes(true);
  column->addWidget(steps_, 1);
  setMinimumHeight(measure::kPanelHeader + 4 * measure::kMenuRow);
}

}  // namespace kinescore
