// The line at the bottom: what goes on, snapping, save state.
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include "ui/document/save_state.h"
#include "ui/widgets/basics.h"

class QProgressBar;

namespace kinescore {

class JobsList;
class TimelineView;

class StatusBar : public Panel {
  Q_OBJECT

 public:
  StatusBar(Session& session, SaveState& saveState, TimelineView& timeline, QWidget* parent = nullptr);
  /// For eight seconds, instead of "Ready".
  void showForAWhile(const QString& words, const QString& actionName = {}, std::function<void()> action = {});
  /// Shows it and its page, or says that it was deleted.
  void showTake(const std::string& id);
  [[nodiscard]] QString words() const;
  /// The list of jobs, over the bar.
  void showJobs();
  [[nodiscard]] QString saveWords() const { return save_->text(); }

 private:
  void showSaveState();
  void refresh();
  void showProgress();
  [[nodiscard]] QString progressWords(const GenerationJob& job);

  Session& session_;
  SaveState& saveState_;
  TimelineView& timeline_;
  QLabel* icon_;
  QLabel* words_;
  QLabel* bar_;
  QLabel* detail_;
  QPushButton* action_;
  QLabel* waiting_;
  QLabel* snap_;
  QPushButton* jobs_;
  JobsList* jobsList_;
  QLabel* saveIcon_;
  QLabel* save_;
  QTimer while_;
  QString whileWords_;
  std::function<void()> whileAction_;
  QString whileActionName_;
  double shownSecondsLeft_ = -1;  // never rises by more than one step
  JobId timedJob_ = 0;
};

}  // namespace kinescore
