// The part of Inspector that points at a line of a take's report.
#include <algorithm>
#include <cstdlib>

#include <QScrollArea>
#include <QTimer>

#include "ui/document/report_words.h"
#include "ui/panels/inspector.h"
#include "ui/theme/theme.h"

namespace kinescore {

void Inspector::showReportAt(qint64 engineFrame, bool onlyMissed) {
  const TakePointer take = session_.takes().find(session_.selection().takeId().toStdString());
  if (take == nullptr) {
    return;
  }
  // Of two that are as near, what was missed.
  const auto distance = [&](const ReportLine& line) {
    return 2 * std::abs(*line.engineFrame - std::int64_t(engineFrame)) + (line.isNote ? 0 : 1);
  };
  const auto nearest = [&](bool onlyNotes) {
    std::optional<ReportLine> found;
    for (const ReportLine& line : take->result.report.lines) {
      if (line.engineFrame && (line.isNote || !onlyNotes) && (!found || distance(line) < distance(*found))) {
        found = line;
      }
    }
    return found;
  };
  markedLine_ = nearest(onlyMissed);
  if (!markedLine_ && onlyMissed) {
    markedLine_ = nearest(false);
  }
  refresh();
}

void Inspector::showMarkedLine() {
  if (markedBox_ == nullptr) {
    return;
  }
  markedBox_->setObjectName(QStringLiteral("markedReportLine"));
  markedBox_->setAccessibleName(reportWords(markedLine_->sentence, session_.rate()));
  markedBox_->setAttribute(Qt::WA_StyledBackground);
  markedBox_->setStyleSheet(QStringLiteral("#markedReportLine { background: %1; border-radius: 5px; }").arg(colorOf(tokens().s4).name()));
  // Its place is known after the layout.
  QTimer::singleShot(0, markedBox_, [box = markedBox_] {
    QWidget* above = box->parentWidget();
    while (above != nullptr && qobject_cast<QScrollArea*>(above) == nullptr) {
      above = above->parentWidget();
    }
    if (auto* scroll = qobject_cast<QScrollArea*>(above)) {
      scroll->ensureWidgetVisible(box, 0, 24);
    }
  });
}

}  // namespace kinescore
