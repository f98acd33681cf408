// The part of Inspector that points at a line of a take's report, and does something about it.
#include <array>
#include <cstdlib>
#include <string>

#include <QScrollArea>
#include <QTimer>

#include "ui/document/plan_fixes.h"
#include "ui/document/report_words.h"
#include "ui/panels/inspector.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

/// Whether a sentence is about a part of a foot, in the order of kContactJoints. They begin as engine/generation/foot_report
/// writes them.
bool isAboutContact(const std::string& sentence, int contact) {
  constexpr std::array<const char*, kContactJoints.size()> kBeginnings = {"Left heel ", "Left toes ", "Right heel ", "Right toes "};
  return sentence.starts_with(kBeginnings[std::size_t(contact)]);
}

}  // namespace

void Inspector::showReportAt(qint64 engineFrame, FrameRange within, bool onlyMissed, int contact) {
  const TakePointer take = session_.takes().find(session_.selection().takeId().toStdString());
  if (take == nullptr) {
    return;
  }
  const auto explains = [&](const ReportLine& line) {
    return line.engineFrame && within.contains(*line.engineFrame) && (line.isNote || !onlyMissed) &&
           (contact < 0 || isAboutContact(line.sentence, contact));
  };
  // Of two that are as near, what was missed.
  const auto distance = [&](const ReportLine& line) {
    return 2 * std::abs(*line.engineFrame - std::int64_t(engineFrame)) + (line.isNote ? 0 : 1);
  };
  markedLine_.reset();
  for (const ReportLine& line : take->result.report.lines) {
    if (explains(line) && (!markedLine_ || distance(line) < distance(*markedLine_))) {
      markedLine_ = line;
    }
  }
  refresh();
}

void Inspector::addFix(QWidget& box, const Take& take, const ReportLine& line) {
  const auto fix = reachFixOf(session_.timeline(), take, line);
  if (!fix) {
    return;
  }
  auto* move = makeLink(tr("Move target to reach"), &box);
  move->setObjectName(QStringLiteral("moveTargetToReach"));
  connect(move, &QPushButton::clicked, this, [this, fix = *fix] { moveTargetToReach(session_, fix); });
  box.findChild<QVBoxLayout*>(QStringLiteral("words"))->addWidget(move, 0, Qt::AlignLeft);
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
