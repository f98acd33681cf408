// The part of MainWindow about what goes wrong with a performance: what the timeline asks for that cannot be, and jobs that
// stopped. Each is a sentence with one way out.
#include "engine/generation/engine_failure.h"
#include "engine/request/plan_checks.h"
#include "ui/document/plan_fixes.h"
#include "ui/main_window.h"
#include "ui/panels/status_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {

void MainWindow::watchPlan() {
  // However a job was begun; one that goes on says nothing again.
  connect(&session_.jobs(), &GenerationJobs::changed, this, [this, last = JobId{0}]() mutable {
    const auto& jobs = session_.jobs().jobs();
    if (!jobs.empty() && jobs.back().id > last) {
      last = jobs.back().id;
      tellPlan();
    }
  });
  const auto follow = [this] {
    if (isPlanTold()) {
      tellPlan();
    }
  };
  connect(&session_.document(), &TimelineDocument::changed, this, follow);
  connect(&session_.document(), &TimelineDocument::replaced, this, follow);
  connect(&session_.jobs(), &GenerationJobs::failed, this, &MainWindow::tellStopped);
}

bool MainWindow::isPlanTold() const { return !planSentence_.isEmpty() && errors_->sentence() == planSentence_; }

void MainWindow::tellPlan() {
  const std::vector<PlanProblem> problems = checkPlan(session_.timeline());
  if (problems.empty()) {
    if (isPlanTold()) {
      errors_->hide();
    }
    planSentence_.clear();
    return;
  }
  const PlanProblem& first = problems.front();
  planSentence_ = QString::fromStdString(sentenceOf(first, session_.rate()));
  if (first.kind == PlanProblem::Kind::TooFast) {
    errors_->showNote(planSentence_, tr("Give it more time"), [this, path = first.clips.front()] {
      if (const QString done = giveMoreTime(session_, path); !done.isEmpty()) {
        status_->showForAWhile(done);
        tellPlan();  // the next one
      }
    });
  } else {
    errors_->showNote(planSentence_, tr("Show both"), [this, first] { showPlan(first); });
  }
}

void MainWindow::showPlan(const PlanProblem& problem) {
  session_.playback().pause();
  session_.playback().seek(std::max(problem.poseTimes.back(), problem.span.start));
  // One after the other into sight; the contact last, so that it is seen where both do not fit.
  for (const ObjectId clip : problem.clips) {
    session_.selection().selectClip(clip);
    timeline_->revealSelection();
  }
  session_.selection().selectClips({problem.clips.begin(), problem.clips.end()});
}

void MainWindow::tellStopped(int number, const QString& sentence) {
  const auto& ended = session_.jobs().ended();
  if (sentence.startsWith(QString::fromUtf8(kCardOutOfMemory.data(), int(kCardOutOfMemory.size()))) && !ended.empty()) {
    errors_->showError(tr("Take %1 stopped: the graphics card ran out of memory. The timeline is unchanged.").arg(number),
                       tr("Try again on the CPU"), [this, id = ended.back().id, order = ended.back().order] {
                         session_.jobs().close(id);
                         JobOrder onCpu = order;
                         onCpu.options.device = DeviceChoice::Cpu;
                         tellFailure(session_.jobs().start(onCpu.timeline, onCpu.options, onCpu.folder, onCpu.firstLine));
                       });
    return;
  }
  errors_->showError(tr("Take %1 stopped: %2 The timeline is unchanged.").arg(number).arg(sentence.endsWith(u'.') ? sentence : sentence + u'.'),
                     tr("Try again"), [this] { generate(); });
}

}  // namespace kinescore
