#include "ui/panels/status_bar.h"

#include <algorithm>

#include <QPainter>

#include "ui/document/time_text.h"
#include "ui/panels/jobs_list.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

/// "Snap: frames, edges, markers · Ripple · Slips"
QString modeText(const TimelineView& timeline) {
  QStringList met{StatusBar::tr("frames")};
  if (timeline.isSnapping()) {
    const SnapTargets& to = timeline.snapTargets();
    const std::pair<bool, QString> targets[] = {{to.clips, StatusBar::tr("edges")},
                                                {to.keys, StatusBar::tr("keys")},
                                                {to.markers, StatusBar::tr("markers")},
                                                {to.beats, StatusBar::tr("beats")}};
    for (const auto& [isOn, name] : targets) {
      if (isOn) {
        met << name;
      }
    }
  }
  QStringList parts{StatusBar::tr("Snap: %1").arg(met.join(QStringLiteral(", ")))};
  if (timeline.isRippling()) {
    parts << StatusBar::tr("Ripple");
  }
  if (timeline.tool() != DragTool::Move) {
    parts << (timeline.tool() == DragTool::Slip ? StatusBar::tr("Drag slips") : StatusBar::tr("Drag slides"));
  }
  return parts.join(QStringLiteral(" · "));
}

}  // namespace
namespace {

constexpr int kWhileMs = 8000;
constexpr int kBarWidth = 180, kBarHeight = 6;

QPixmap barPixmap(double fraction, double ratio) {
  QPixmap pixmap(QSize(kBarWidth, kBarHeight) * ratio);
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(tokens().s1));
  painter.drawRoundedRect(QRectF(0, 0, kBarWidth, kBarHeight), 3, 3);
  painter.setBrush(colorOf(tokens().acc));
  painter.drawRoundedRect(QRectF(0, 0, std::max(6.0, kBarWidth * fraction), kBarHeight), 3, 3);
  return pixmap;
}

}  // namespace

StatusBar::StatusBar(Session& session, SaveState& saveState, TimelineView& timeline, QWidget* parent)
    : Panel("bar", parent), session_(session), saveState_(saveState), timeline_(timeline) {
  setFixedHeight(measure::kStatusBar);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(10, 0, 10, 0);
  row->setSpacing(10);
  const auto label = [&] {
    auto* made = new QLabel(this);
    made->setFont(numberFont(11));
    made->setStyleSheet(QStringLiteral("font-size: 11px;"));
    return made;
  };
  icon_ = label();
  words_ = label();
  words_->setObjectName(QStringLiteral("statusWords"));
  words_->setStyleSheet(QStringLiteral("font-size: 11px; color: %1;").arg(colorOf(tokens().t1).name()));
  bar_ = label();
  detail_ = label();
  detail_->setObjectName(QStringLiteral("statusDetail"));
  action_ = makeLink({}, this);
  action_->setFont(uiFont(11));
  action_->setStyleSheet(QStringLiteral("font-size: 11px;"));
  waiting_ = label();
  snap_ = label();
  jobs_ = makeLink({}, this);
  jobs_->setObjectName(QStringLiteral("jobs"));
  jobs_->setFont(numberFont(11));
  jobs_->setStyleSheet(QStringLiteral("font-size: 11px;"));
  jobs_->setToolTip(tr("What the engine does and has done"));
  jobsList_ = new JobsList(session, this);
  connect(jobs_, &QPushButton::clicked, this, &StatusBar::showJobs);
  connect(jobsList_, &JobsList::showTake, this, [this](const QString& id) { showTake(id.toStdString()); });
  saveIcon_ = label();
  save_ = label();
  row->addWidget(icon_);
  row->addWidget(words_);
  row->addWidget(bar_);
  row->addWidget(detail_);
  row->addWidget(action_);
  row->addWidget(waiting_);
  row->addStretch();
  row->addWidget(snap_);
  row->addWidget(makeSeparator(this));
  row->addWidget(jobs_);
  row->addWidget(saveIcon_);
  row->addWidget(save_);
  while_.setSingleShot(true);
  while_.setInterval(kWhileMs);
  connect(&while_, &QTimer::timeout, this, &StatusBar::refresh);
  connect(action_, &QPushButton::clicked, this, [this] {
    if (session_.jobs().isBusy()) {
      session_.jobs().cancelCurrent();
    } else if (whileAction_) {
      const std::function<void()> action = whileAction_;  // it may put another one in its place
      action();
    }
  });
  connect(&session.jobs(), &GenerationJobs::changed, this, &StatusBar::refresh);
  connect(&session.jobs(), &GenerationJobs::progressed, this, &StatusBar::showProgress);
  connect(&session, &Session::projectChanged, this, &StatusBar::refresh);
  connect(&session.selection(), &Selection::changed, this, &StatusBar::refresh);
  connect(&timeline, &TimelineView::modesChanged, this, &StatusBar::refresh);
  connect(&saveState, &SaveState::changed, this, &StatusBar::showSaveState);
  refresh();
}

QString StatusBar::words() const { return words_->text(); }

void StatusBar::showJobs() { jobsList_->popUp(mapToGlobal(QPoint(width() - 8, -4))); }

void StatusBar::showForAWhile(const QString& words, const QString& actionName, std::function<void()> action) {
  whileWords_ = words;
  whileActionName_ = actionName;
  whileAction_ = std::move(action);
  while_.start();
  refresh();
}

void StatusBar::showTake(const std::string& id) {
  if (session_.takes().find(id) == nullptr) {
    showForAWhile(tr("That take was deleted; Ctrl+Z brings it back."));
    return;
  }
  session_.takes().show(id);
  session_.selection().selectTake(QString::fromStdString(id));
}

QString StatusBar::progressWords(const GenerationJob& job) {
  using Phase = GenerationProgress::Phase;
  const GenerationProgress& progress = job.progress;
  if (timedJob_ != job.id) {
    timedJob_ = job.id;
    shownSecondsLeft_ = -1;
  }
  switch (progress.phase) {
    case Phase::Queued: return tr("waits");
    case Phase::Listening: return tr("listening to “%1”").arg(QString::fromStdString(progress.recording));
    case Phase::Loading: return tr("loading the engine");
    case Phase::Solving: return tr("placing feet and keys");
    case Phase::Done: return tr("done");
    case Phase::Sampling: break;
  }
  QString words = tr("%1 %").arg(int(progress.fraction * 100));
  if (progress.step >= 2 && progress.secondsLeft >= 0) {
    if (shownSecondsLeft_ < 0 || progress.secondsLeft < shownSecondsLeft_) {
      shownSecondsLeft_ = progress.secondsLeft;
    } else {
      shownSecondsLeft_ = std::min(progress.secondsLeft, shownSecondsLeft_ * 1.5 + 1);
    }
    words += tr(", %1 left").arg(roughDuration(shownSecondsLeft_));
  }
  return words;
}

void StatusBar::showProgress() {
  const GenerationJob& job = session_.jobs().jobs().front();
  bar_->setPixmap(barPixmap(job.progress.fraction, devicePixelRatioF()));
  detail_->setText(progressWords(job));
  // A quality of 16 steps may take more of the network's: parts, beginnings. Only for those who ask.
  const bool isStepping = job.progress.phase == GenerationProgress::Phase::Sampling && job.progress.steps > 0;
  detail_->setToolTip(isStepping ? tr("Step %1 of %2").arg(job.progress.step).arg(job.progress.steps) : QString());
}

void StatusBar::refresh() {
  const ColorTokens& t = tokens();
  const double ratio = devicePixelRatioF();
  const auto& jobs = session_.jobs().jobs();
  const bool isBusy = !jobs.empty();
  const int changes = session_.changesSinceShown();
  words_->setToolTip({});
  bar_->setVisible(isBusy);
  detail_->setVisible(isBusy);
  icon_->setVisible(isBusy);
  waiting_->setVisible(isBusy && changes > 0);
  if (isBusy) {
    const GenerationJob& job = jobs.front();
    QString words = tr("Take %1").arg(job.takeNumber);
    if (job.request.range) {
      const FrameRate rate = session_.rate();
      const auto frameOf = [&](std::int64_t f) { return nearestFrame(ticksOfFrame(f, kEngineRate), rate); };
      words += tr(": frames %1 to %2").arg(frameOf(job.request.range->start)).arg(frameOf(job.request.range->end) - 1);
    }
    words_->setText(words);
    icon_->setPixmap(iconPixmap(QStringLiteral("bolt"), colorOf(t.link), 13, ratio));
    showProgress();
    action_->setText(tr("Cancel  Esc"));
    action_->setVisible(true);
    // Against the request that is being worked on, not against the take on screen.
    const int waiting = session_.changesSince(job.request);
    waiting_->setVisible(waiting > 0);
    waiting_->setText(waiting == 1 ? tr("1 change waits for the next take")
                                   : tr("%1 changes wait for the next take").arg(waiting));
  } else if (while_.isActive()) {
    words_->setText(whileWords_);
    action_->setText(whileActionName_);
    action_->setVisible(!whileActionName_.isEmpty());
  } else {
    action_->setVisible(false);
    const auto& time = session_.selection().time();
    if (time && session_.takes().shown()) {
      const FrameRate rate = session_.rate();
      words_->setText(tr("Regenerates %1 to %2, rest stays as it is")
                          .arg(nearestFrame(time->span().start, rate))
                          .arg(nearestFrame(time->span().end, rate) - 1));
    } else if (changes > 0) {
      words_->setText(changes == 1 ? tr("1 change not generated") : tr("%1 changes not generated").arg(changes));
      words_->setToolTip(session_.staleNames(8).join(u'\n'));
    } else {
      words_->setText(tr("Ready"));
    }
  }
  snap_->setText(modeText(timeline_));
  // What failed is counted until somebody looked at it and closed it.
  const auto& ended = session_.jobs().ended();
  const auto failed = std::count_if(ended.begin(), ended.end(), [](const EndedJob& job) { return job.how == EndedJob::How::Failed; });
  jobs_->setText(isBusy ? (jobs.size() == 1 ? tr("1 job") : tr("%1 jobs").arg(jobs.size()))
                        : (failed > 0 ? (failed == 1 ? tr("1 job failed") : tr("%1 jobs failed").arg(failed)) : tr("Jobs")));
  jobs_->setVisible(isBusy || !ended.empty());
  showSaveState();
}

void StatusBar::showSaveState() {
  const ColorTokens& t = tokens();
  const QString name = saveState_.iconName();
  const QColor color = colorOf(saveState_.isTrouble() ? t.warn : saveState_.kind() == SaveState::Kind::Saved ? t.ok : t.t3);
  saveIcon_->setVisible(!name.isEmpty());
  if (!name.isEmpty()) {
    saveIcon_->setPixmap(iconPixmap(name, color, 12, devicePixelRatioF()));
  }
  save_->setText(saveState_.words());
  save_->setToolTip(saveState_.reason());
  if (saveState_.kind() == SaveState::Kind::Saving) {
    repaint();  // saving holds everything up until it is done
  }
}

}  // namespace kinescore
