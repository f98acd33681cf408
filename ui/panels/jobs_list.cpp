#include "ui/panels/jobs_list.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QTimer>

#include "ui/document/time_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/basics.h"

namespace kinescore {
namespace {

constexpr int kWidth = 420;

}  // namespace

QString jobName(int takeNumber, const std::optional<FrameRange>& range, FrameRate rate) {
  if (!range) {
    return JobsList::tr("Take %1").arg(takeNumber);
  }
  const auto frameOf = [&](std::int64_t f) { return nearestFrame(ticksOfFrame(f, kEngineRate), rate); };
  return JobsList::tr("Take %1, frames %2 to %3").arg(takeNumber).arg(frameOf(range->start)).arg(frameOf(range->end) - 1);
}

JobsList::JobsList(Session& session, QWidget* parent) : QFrame(parent, Qt::Popup), session_(session) {
  setObjectName(QStringLiteral("jobsList"));
  setAccessibleName(tr("Jobs"));
  setFixedWidth(kWidth);
  setStyleSheet(QStringLiteral("QFrame#jobsList { background: %1; border: 1px solid %2; border-radius: 6px; }")
                    .arg(colorOf(tokens().s2).name(), colorOf(tokens().line2).name()));
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(12, 10, 12, 10);
  outer->setSpacing(0);
  column_ = outer;
  const auto refreshShown = [this] {
    if (isVisible()) {
      refresh();
    }
  };
  connect(&session.jobs(), &GenerationJobs::changed, this, refreshShown);
  connect(&session.jobs(), &GenerationJobs::progressed, this, refreshShown);
}

void JobsList::popUp(const QPoint& lowerRight) {
  corner_ = lowerRight;
  refresh();
  place();
  show();
}

void JobsList::place() {
  adjustSize();
  move(corner_.x() - width(), corner_.y() - height());
}

// While it is open keys are its own: Esc would cancel a job.
bool JobsList::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    event->accept();
    return true;
  }
  return QFrame::event(event);
}

void JobsList::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    hide();
    return;
  }
  QFrame::keyPressEvent(event);
}

void JobsList::showEvent(QShowEvent* event) {
  QFrame::showEvent(event);
  if (auto* first = findChild<QPushButton*>()) {
    first->setFocus();
  }
}

QHBoxLayout* JobsList::addRow(int takeNumber, const QString& name, const QString& detail, const QString& iconName,
                              const QColor& color) {
  auto* holder = new QWidget(body_);
  holder->setObjectName(QStringLiteral("job%1").arg(takeNumber));
  auto* row = new QHBoxLayout(holder);
  row->setContentsMargins(0, 4, 0, 4);
  row->setSpacing(8);
  auto* sign = new QLabel(holder);
  sign->setPixmap(iconPixmap(iconName, color, 14, devicePixelRatioF()));
  row->addWidget(sign, 0, Qt::AlignTop);
  auto* words = new QVBoxLayout;
  words->setSpacing(0);
  auto* title = new QLabel(name, holder);
  title->setFont(numberFont(12));
  words->addWidget(title);
  auto* line = makeLabel(detail, holder);
  line->setObjectName(QStringLiteral("jobDetail"));
  line->setWordWrap(true);
  words->addWidget(line);
  row->addLayout(words, 1);
  holder->setAccessibleName(name + tr(", ") + detail);
  qobject_cast<QVBoxLayout*>(body_->layout())->addWidget(holder);
  return row;
}

void JobsList::addButton(QHBoxLayout* row, const QString& name, const QString& objectName, std::function<void()> run) {
  QPushButton* button = makeLink(name, body_);
  button->setObjectName(objectName);
  button->setFocusPolicy(Qt::StrongFocus);
  // The list is made anew by what the button does; it may not be in the middle of its own click then.
  connect(button, &QPushButton::clicked, this, [this, run = std::move(run)] { QTimer::singleShot(0, this, run); });
  row->addWidget(button, 0, Qt::AlignTop);
}

QString JobsList::runningDetail(const GenerationJob& job, int waitsBehind) {
  if (waitsBehind > 0) {
    return tr("Waits, %1 before it").arg(waitsBehind);
  }
  if (job.progress.phase != GenerationProgress::Phase::Sampling) {
    return tr("%1 %").arg(int(job.progress.fraction * 100));
  }
  const QString done = tr("%1 %").arg(int(job.progress.fraction * 100));
  const bool isTimeKnown = job.progress.step >= 2 && job.progress.secondsLeft >= 0;
  return isTimeKnown ? done + tr(", %1 left").arg(roughDuration(job.progress.secondsLeft)) : done;
}

void JobsList::addRunning(const GenerationJob& job, int waitsBehind) {
  const QString detail = runningDetail(job, waitsBehind);
  QHBoxLayout* row = addRow(job.takeNumber, jobName(job.takeNumber, job.request.range, session_.rate()), detail,
                            waitsBehind > 0 ? QStringLiteral("clock") : QStringLiteral("bolt"), colorOf(tokens().link));
  addButton(row, tr("Cancel"), QStringLiteral("cancelJob%1").arg(job.takeNumber),
            [this, id = job.id] { session_.jobs().cancel(id); });
}

void JobsList::addEnded(const EndedJob& job) {
  const ColorTokens& t = tokens();
  const bool isThere = session_.takes().find(job.takeId) != nullptr;
  QString detail, sign;
  QColor color;
  switch (job.how) {
    case EndedJob::How::Done:
      detail = isThere ? tr("Ready") : tr("Ready; deleted since");
      sign = QStringLiteral("check");
      color = colorOf(t.ok);
      break;
    case EndedJob::How::Failed:
      detail = job.sentence;
      sign = QStringLiteral("error");
      color = colorOf(t.err);
      break;
    case EndedJob::How::Cancelled:
      detail = tr("Cancelled");
      sign = QStringLiteral("close");
      color = colorOf(t.t3);
      break;
  }
  QHBoxLayout* row = addRow(job.takeNumber, jobName(job.takeNumber, job.range, session_.rate()), detail, sign, color);
  if (job.how == EndedJob::How::Done && isThere) {
    addButton(row, tr("Show"), QStringLiteral("showJob%1").arg(job.takeNumber),
              [this, id = QString::fromStdString(job.takeId)] { Q_EMIT showTake(id); });
  } else if (job.how != EndedJob::How::Done) {
    addButton(row, tr("Retry"), QStringLiteral("retryJob%1").arg(job.takeNumber), [this, id = job.id] {
      if (const Status again = session_.jobs().retry(id); !again) {
        Q_EMIT session_.problem(QString::fromStdString(again.error().message));
      }
    });
  }
  addButton(row, tr("Close"), QStringLiteral("closeJob%1").arg(job.takeNumber), [this, id = job.id] { session_.jobs().close(id); });
}

void JobsList::refresh() {
  // While only figures move the rows stay: a press on a button of theirs must find it again at its release.
  QStringList shape;
  int before = 0;
  for (const GenerationJob& job : session_.jobs().jobs()) {
    shape << QString::number(job.id);
  }
  for (const EndedJob& job : session_.jobs().ended()) {
    shape << QStringLiteral("%1 ended %2").arg(job.id).arg(session_.takes().find(job.takeId) != nullptr);
  }
  if (body_ != nullptr && shape == shape_) {
    for (const GenerationJob& job : session_.jobs().jobs()) {
      if (auto* row = body_->findChild<QWidget*>(QStringLiteral("job%1").arg(job.takeNumber))) {
        row->findChild<QLabel*>(QStringLiteral("jobDetail"))->setText(runningDetail(job, before));
      }
      ++before;
    }
    return;
  }
  shape_ = shape;
  delete body_;
  body_ = new QWidget(this);
  auto* rows = new QVBoxLayout(body_);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(2);
  rows->addWidget(makeHeading(tr("Jobs"), body_));
  int place = 0;
  for (const GenerationJob& job : session_.jobs().jobs()) {
    addRunning(job, place++);
  }
  const auto& ended = session_.jobs().ended();
  for (auto job = ended.rbegin(); job != ended.rend(); ++job) {
    addEnded(*job);
  }
  if (place == 0 && ended.empty()) {
    rows->addWidget(makeLabel(tr("Nothing to do."), body_));
  } else if (!ended.empty()) {
    auto* foot = new QHBoxLayout;
    foot->addStretch();
    addButton(foot, tr("Close all that are done"), QStringLiteral("closeAllJobs"), [this] { session_.jobs().closeAll(); });
    rows->addLayout(foot);
  }
  column_->addWidget(body_);
  if (isVisible()) {
    QTimer::singleShot(0, this, &JobsList::place);
  }
}

}  // namespace kinescore
