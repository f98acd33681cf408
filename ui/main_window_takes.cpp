// The part of MainWindow about generating and takes: their menus, comparing, taking frames over, jobs.
#include <array>

#include <QActionGroup>
#include <QMenu>
#include <QSettings>

#include "ui/document/live_preview.h"
#include "ui/document/take_poses.h"
#include "ui/main_window.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/top_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {

void MainWindow::makeGenerateMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("Generate"));
  add(menu, "Generate", {QKeySequence(tr("Ctrl+Enter")), QKeySequence(tr("Ctrl+Return"))}, [this] { generate(); });
  add(menu, "Generate All Anew", {}, [this] {
    errors_->hide();
    tellFailure(session_.generateWhole());
  });
  add(menu, "Regenerate Range", {QKeySequence(tr("Ctrl+Shift+Enter")), QKeySequence(tr("Ctrl+Shift+Return"))},
      [this] { regenerate(); });
  add(menu, "New Seed", {QKeySequence(tr("Ctrl+Alt+Enter")), QKeySequence(tr("Ctrl+Alt+Return"))}, [this] {
    session_.newSeed();
    session_.selection().time() && session_.takes().shown() ? regenerate() : generate();
  });
  QMenu* batch = menu->addMenu(tr("Batch of Takes"));
  for (const int takes : {2, 3, 4, 8}) {
    const QByteArray name = QByteArray::number(takes) + " Takes";
    add(batch, name.constData(), {}, [this, takes] { generateBatch(takes); });
  }
  menu->addSeparator();
  QMenu* quality = menu->addMenu(tr("Quality"));
  auto* group = new QActionGroup(this);
  const std::array<const char*, 3> names{"Draft (6 steps)", "Good (16 steps)", "Best (30 steps)"};
  for (int i = 0; i < 3; ++i) {
    QAction* made = add(quality, names[std::size_t(i)], {}, [this, i] { session_.setQuality(Quality(i)); });
    made->setCheckable(true);
    group->addAction(made);
    connect(quality, &QMenu::aboutToShow, made, [this, made, i] { made->setChecked(session_.quality() == Quality(i)); });
  }
  engineMenu_ = menu->addMenu(tr("Engine"));
  engineMenu_->setToolTipsVisible(true);
  QAction* live = add(menu, "Follow While Dragging", {QKeySequence(tr("Alt+G"))}, [this] { live_->setOn(!live_->isOn()); });
  live->setCheckable(true);
  connect(live_, &LivePreview::switched, live, [this, live](bool on) {
    live->setChecked(on);
    if (settings_) {
      settings_->setValue(QStringLiteral("followWhileDragging"), on);
    }
  });
  menu->addSeparator();
  add(menu, "Cancel", {QKeySequence(Qt::Key_Escape)}, [this] { session_.jobs().cancelCurrent(); });
  add(menu, "Jobs", {QKeySequence(tr("Ctrl+J"))}, [this] { status_->showJobs(); });
}

void MainWindow::generateBatch(int takes) {
  leaveStartPage();  // what is made, and what is missing for it, is seen behind it
  if (!engineProblem_.isEmpty()) {
    errors_->showError(engineProblem_);
    return;
  }
  errors_->hide();
  for (int i = 0; i < takes; ++i) {
    session_.newSeed();
    if (const Status started = session_.generateWhole(); !started) {
      tellFailure(started);
      return;
    }
  }
}

void MainWindow::takeOver(const std::string& takeId, const TimeSelection& selection) {
  if (!engineProblem_.isEmpty()) {
    errors_->showError(engineProblem_);
    return;
  }
  errors_->hide();
  tellFailure(session_.takeOver(takeId, selection));
}

void MainWindow::makeTakeMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("Take"));
  QUndoStack& history = session_.document().undoStack();
  add(menu, "Next", {QKeySequence(tr("Alt+Right"))}, [this] { session_.takes().showNeighbour(+1); });
  add(menu, "Previous", {QKeySequence(tr("Alt+Left"))}, [this] { session_.takes().showNeighbour(-1); });
  menu->addSeparator();
  using Mode = TakeComparison::Mode;
  const auto compare = [&](const char* name, const QKeySequence& key, Mode mode) {
    QAction* made = add(menu, name, {key}, [this, mode] { session_.toggleComparison(mode); });
    made->setCheckable(true);
    const auto show = [this, made, mode] { made->setChecked(session_.comparison() && session_.comparison()->mode == mode); };
    connect(&session_, &Session::comparisonChanged, made, show);
    connect(made, &QAction::triggered, made, show);
  };
  compare("Compare Side by Side", QKeySequence(tr("Alt+B")), Mode::SideBySide);
  compare("Compare Overlaid", QKeySequence(tr("Alt+Shift+B")), Mode::Overlaid);
  QAction* lanes = add(menu, "Other Takes on the Timeline", {QKeySequence(tr("Alt+L"))},
                       [this] { timeline_->showTakeLanes(!timeline_->areTakeLanesShown()); });
  lanes->setCheckable(true);
  connect(timeline_, &TimelineView::modesChanged, lanes, [this, lanes] { lanes->setChecked(timeline_->areTakeLanesShown()); });
  QMenu* copy = menu->addMenu(tr("Copy Range From Take"));
  connect(copy, &QMenu::aboutToShow, this, [this, copy] { fillCopyRange(*copy); });
  add(menu, "Make Poses From Take", {}, [this] { makePosesFromTake(session_); });
  menu->addSeparator();
  add(menu, "Keep", {}, [&] {
    if (const TakePointer take = session_.takes().shown()) {
      session_.takes().setStarred(history, take->id, !take->starred);
    }
  });
  add(menu, "Rename Take", {}, [this] { takes_->renameShown(); });
  add(menu, "Quality Report", {}, [this] {
    openInspector();
    session_.selection().selectTake(QString::fromStdString(session_.takes().shownId()));
  });
  menu->addSeparator();
  add(menu, "Delete Take", {}, [&] { session_.takes().remove(history, session_.takes().shownId()); });
}

void MainWindow::fillCopyRange(QMenu& menu) {
  menu.clear();
  const auto& time = session_.selection().time();
  if (!time) {
    menu.addAction(tr("Select the time first, over the ruler"))->setEnabled(false);
    return;
  }
  for (const TakePointer& take : session_.takes().takes()) {
    if (take->id != session_.takes().shownId()) {
      menu.addAction(tr("Take %1 · %2").arg(take->number).arg(takeExtentText(*take, session_.rate())), this,
                     [this, id = take->id, selection = *time] { takeOver(id, selection); });
    }
  }
  if (menu.isEmpty()) {
    menu.addAction(tr("There is no other take yet"))->setEnabled(false);
  }
}

void MainWindow::listenToTakes() {
  connect(timeline_, &TimelineView::newSeedWanted, action("New Seed"), &QAction::trigger);
  connect(timeline_, &TimelineView::takeOverWanted, this, [this](const QString& id, Ticks start, Ticks end) {
    takeOver(id.toStdString(), TimeSelection{{start, end}, {}, {}});
  });
  connect(takes_, &TakesPanel::copyRangeWanted, this, [this](const QString& id) {
    if (session_.selection().time()) {
      takeOver(id.toStdString(), *session_.selection().time());
    }
  });
  connect(takes_, &TakesPanel::exportWanted, this, [this] { exportTake(); });
  live_->setOn(settings_ && settings_->value(QStringLiteral("followWhileDragging")).toBool());
}

}  // namespace kinescore
