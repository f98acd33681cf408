#include "ui/panels/history_panel.h"

#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace kinescore {

HistoryPanel::HistoryPanel(Session& session, QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("history"));
  const auto [column, header, row] = framePanel(this, 10, 8, 8);
  row->addWidget(makeHeading(tr("History"), header));
  row->addStretch();
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
