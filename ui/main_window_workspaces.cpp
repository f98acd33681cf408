// The part of MainWindow about how it is arranged, what it begins with on this computer, and the manual.
#include <QActionGroup>
#include <QDockWidget>
#include <QMenu>
#include <QSettings>
#include <QTimer>

#include "engine/core/frame_rates.h"
#include "ui/dialogs/manual_window.h"
#include "ui/dialogs/preferences_dialog.h"
#include "ui/document/live_preview.h"
#include "ui/main_window.h"
#include "ui/panels/inspector.h"
#include "ui/panels/top_bar.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

constexpr int kReviewTimelineHeight = 250;  // enough for the transport, the ruler and the result

constexpr int kFoldInspectorUnder = 1240;

}  // namespace

void MainWindow::foldRight() {
  const bool isNarrow = width() < kFoldInspectorUnder;
  isInspectorOut_ = isInspectorOut_ && isNarrow;
  inspector_->setFoldable(isNarrow);
  inspector_->setFolded(isNarrow && !isInspectorOut_);
}

void MainWindow::openInspector() {
  inspectorDock_->show();
  isInspectorOut_ = true;
  foldRight();
}

void MainWindow::makeWorkspaces(QMenu* menu) {
  auto* group = new QActionGroup(this);
  const auto entry = [&](const char* name, const QKeySequence& key, Workspace which) {
    QAction* made = add(menu, name, {key}, [this, which] { showWorkspace(which); });
    made->setCheckable(true);
    made->setChecked(workspace_ == which);
    group->addAction(made);
  };
  entry("Author", QKeySequence(tr("Ctrl+F1")), Workspace::Author);
  entry("Review", QKeySequence(tr("Ctrl+F2")), Workspace::Review);
  add(menu, "Export Take…", {QKeySequence(tr("Ctrl+F3"))}, [this] { exportTake(); });
  connect(topBar_, &TopBar::workspaceChosen, this, [this](int index) {
    index < 2 ? action(index == 0 ? "Author" : "Review")->trigger() : exportTake();
    topBar_->setWorkspace(int(workspace_));
  });
}

void MainWindow::showWorkspace(Workspace workspace) {
  leaveStartPage();
  setFullView(false);
  if (workspace == workspace_) {
    return;
  }
  if (workspace == Workspace::Review) {
    layoutOfAuthor_ = saveState();
    libraryDock_->hide();
    historyDock_->hide();
    inspectorDock_->hide();
    takesDock_->show();
    timelineDock_->show();
    resizeDocks({timelineDock_}, {kReviewTimelineHeight}, Qt::Vertical);
  } else {
    restoreState(layoutOfAuthor_);
    QTimer::singleShot(0, this, &MainWindow::keepViewHigh);
  }
  workspace_ = workspace;
  topBar_->setWorkspace(int(workspace));
  action(workspace == Workspace::Author ? "Author" : "Review")->setChecked(true);
}

void MainWindow::resetLayout() {
  workspace_ = Workspace::Author;
  topBar_->setWorkspace(0);
  action("Author")->setChecked(true);
  for (QDockWidget* dock : {libraryDock_, takesDock_, inspectorDock_, timelineDock_}) {
    dock->show();
  }
  historyDock_->hide();
  resizeDocks({timelineDock_}, {410}, Qt::Vertical);
  QTimer::singleShot(0, this, &MainWindow::keepViewHigh);
  shareLeftColumn();
}

void MainWindow::showPreferences() {
  PreferencesDialog dialog({session_.newProjectRate(), timeline_->timeDisplay(), live_->isOn()}, this);
  connect(&dialog, &PreferencesDialog::rateChosen, this, &MainWindow::chooseNewProjectRate);
  connect(&dialog, &PreferencesDialog::timeDisplayChosen, this, &MainWindow::chooseTimeDisplay);
  connect(&dialog, &PreferencesDialog::followingChosen, live_, &LivePreview::setOn);
  connect(&dialog, &PreferencesDialog::keysWanted, this, &MainWindow::showKeys);
  dialog.exec();
}

void MainWindow::chooseNewProjectRate(FrameRate rate) {
  session_.setNewProjectRate(rate);
  if (settings_) {
    settings_->setValue(QStringLiteral("newProjectRate"), QString::fromStdString(frameRateName(rate)));
  }
  // An empty project without a name is a new one.
  if (!session_.hasPath() && !session_.isChanged() && session_.takes().takes().empty()) {
    session_.newProject();
  }
}

void MainWindow::chooseTimeDisplay(TimeDisplay display) {
  timeline_->setTimeDisplay(display);
  if (settings_) {
    settings_->setValue(QStringLiteral("timeDisplay"), int(display));
  }
}

void MainWindow::showProjectPage() {
  leaveStartPage();
  openInspector();
  session_.selection().selectNothing();
  inspector_->setFocus();
}

void MainWindow::showManual() {
  auto* manual = new ManualWindow(this);
  manual->setAttribute(Qt::WA_DeleteOnClose);
  manual->show();
}

}  // namespace kinescore
