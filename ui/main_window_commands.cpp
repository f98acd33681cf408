// The part of MainWindow with commands about commands, panels and help, and what is done to whole poses.
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDockWidget>
#include <QMenu>
#include <QMessageBox>
#include <QStatusBar>
#include <QSysInfo>
#include <QUrl>

#include "ui/dialogs/key_list.h"
#include "ui/document/pose_commands.h"
#include "ui/main_window.h"
#include "ui/panels/library_panel.h"
#include "ui/panels/command_palette.h"
#include "ui/panels/inspector.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/transport_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/panels/window_accessible.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/keys_of_fields.h"

namespace kinescore {

void MainWindow::watchFocus() {
  offerTakesAccess(*takes_->rows(), session_);
  connect(timeline_, &TimelineView::regenerateWanted, this, &MainWindow::regenerate);
  connect(timeline_, &TimelineView::firstPromptGiven, this, &MainWindow::generate);
  new KeysOfFields(this, timeline_);
  const auto headerOf = [](QWidget* panel) -> QWidget* {
    auto* header = panel->findChild<Panel*>(QString(), Qt::FindDirectChildrenOnly);
    return header != nullptr ? header : panel;
  };
  panelFocus_ = std::make_unique<PanelFocus>(
      std::vector<PanelFocus::Part>{{topBar_, topBar_, topBar_->generateButton()},
                                    {libraryDock_, headerOf(libraryPanel_), libraryPanel_->searchField()},
                                    {takesDock_, headerOf(takes_), takes_->rows()},
                                    {view_, headerOf(view_), nullptr},
                                    {inspectorDock_, headerOf(inspector_), nullptr},
                                    {timelineDock_, transport_, timeline_},
                                    {status_, status_, nullptr}},
      nullptr);
}

void MainWindow::findCommand() {
  if (palette_ == nullptr) {
    palette_ = new CommandPalette(this);
  }
  palette_->open(commandsOf(*topBar_->menus()));
}

void MainWindow::showKeys() {
  auto* keys = new KeyList(commandsOf(*topBar_->menus()), this);
  keys->setAttribute(Qt::WA_DeleteOnClose);
  keys->show();
}

void MainWindow::setFullView(bool on) {
  if (on == isFullView_) {
    return;
  }
  isFullView_ = on;
  if (on) {
    layoutBefore_ = saveState();
    stateBefore_ = windowState();
    for (QDockWidget* dock : findChildren<QDockWidget*>()) {
      dock->hide();
    }
  }
  topBar_->setVisible(!on);
  statusBar()->setVisible(!on);
  if (on) {
    setWindowState(windowState() | Qt::WindowFullScreen);
    view_->setFocus();
  } else {
    setWindowState(stateBefore_);
    restoreState(layoutBefore_);
    timeline_->setFocus();
  }
  refreshActions();
}

void MainWindow::makePoseEdits(QMenu* menu) {
  menu->addSeparator();
  const auto needsPose = [this](bool done) {
    if (!done && posesMeant(session_).empty()) {
      errors_->showNote(tr("Select a pose on the timeline, or go to its frame."));
    }
  };
  add(menu, "Mirror Pose", {QKeySequence(tr("Ctrl+M"))}, [this, needsPose] { needsPose(mirrorPoses(session_)); });
  add(menu, "Copy Pose", {QKeySequence(tr("Ctrl+Alt+C"))}, [this] { QApplication::clipboard()->setText(copyPose(session_)); });
  add(menu, "Paste Pose", {QKeySequence(tr("Ctrl+Alt+V"))}, [this] {
    if (!pastePose(session_, QApplication::clipboard()->text())) {
      errors_->showNote(tr("There is no copied pose; copy one with Ctrl+Alt+C."));
    }
  });
  add(menu, "Snap Pose to Take", {}, [this, needsPose] { needsPose(snapPosesToTake(session_)); });
}

QString MainWindow::diagnostics() const {
  const TakePointer take = const_cast<MainWindow*>(this)->session_.takes().shown();
  const QString drawnBy = view_->viewport().deviceName();
  QStringList lines{
      QStringLiteral("Kinescore ") + QApplication::applicationVersion(),
      QStringLiteral("System: %1, %2").arg(QSysInfo::prettyProductName(), QSysInfo::currentCpuArchitecture()),
      QStringLiteral("Qt %1, %2").arg(QLatin1String(qVersion()), QApplication::platformName()),
      QStringLiteral("Engine: ") + (engineProblem_.isEmpty() ? topBar_->engineText() : engineProblem_),
      QStringLiteral("3D view: ") + (drawnBy.isEmpty() ? QStringLiteral("off, ") + view_->viewport().unavailableReason() : drawnBy),
      QStringLiteral("Screen ratio: %1").arg(devicePixelRatioF())};
  if (take) {
    lines << QStringLiteral("Take %1: %2, %3, %4 s")
                 .arg(take->number)
                 .arg(QString::fromStdString(take->result.deviceName), QString::fromStdString(take->result.precisionPath))
                 .arg(take->result.seconds, 0, 'f', 1);
  }
  if (!errors_->sentence().isEmpty()) {
    lines << QStringLiteral("Last said: ") + errors_->sentence();
  }
  return lines.join(u'\n') + u'\n';
}

void MainWindow::makeHelpMenu() {
  QMenu* help = topBar_->menus()->addMenu(tr("Help"));
  add(help, "Manual", {QKeySequence(Qt::Key_F1)}, [this] { showManual(); });
  add(help, "Start Page", {}, [this] { showStartPage(); });
  add(help, "Keys", {}, [this] { showKeys(); });
  if (!stateFolder_.empty()) {
    add(help, "Open Log Folder", {}, [this] {
      QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(stateFolder_.string())));
    });
  }
  add(help, "Copy Diagnostics", {}, [this] {
    QApplication::clipboard()->setText(diagnostics());
    status_->showForAWhile(tr("Copied what this machine and the engine are."));
  });
  add(help, "About", {}, [this] { showAbout(); });
  // The full view has no button to leave it by.
  connect(action("Cancel"), &QAction::triggered, this, [this] { setFullView(false); });
}

void MainWindow::showAbout() {
  const QString drawnBy = view_->viewport().deviceName();
  QMessageBox box(QMessageBox::NoIcon, tr("About Kinescore"),
                  tr("<b>Kinescore</b><br>You score the motion, the engine performs it.<br><br>3D view: %1")
                      .arg(drawnBy.isEmpty() ? tr("off") : drawnBy.toHtmlEscaped()),
                  QMessageBox::Ok, this);
  box.exec();
}

}  // namespace kinescore
