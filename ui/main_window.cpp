#include "ui/main_window.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>

#include "engine/timeline/ids.h"
#include "ui/document/aside.h"
#include "ui/document/clip_adding.h"
#include "ui/document/live_preview.h"
#include "ui/document/path_text.h"
#include "ui/document/sound_player.h"
#include "ui/panels/history_panel.h"
#include "ui/panels/inspector.h"
#include "ui/panels/start_page.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/transport_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/panels/window_accessible.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/keys_of_fields.h"

namespace kinescore {
namespace {

constexpr int kLayoutVersion = 2;

QDockWidget* makeDock(QMainWindow* window, const char* name, const QString& title, QWidget* content) {
  auto* dock = new QDockWidget(title, window);
  dock->setObjectName(QLatin1String(name));
  dock->setFeatures(QDockWidget::DockWidgetClosable);
  dock->setTitleBarWidget(new QWidget(dock));  // panels have headers of their own
  dock->setWidget(content);
  return dock;
}

}  // namespace

MainWindow::MainWindow(const WindowServices& services, QWidget* parent)
    : QMainWindow(parent),
      store_(services.stateFolder),
      session_(services.service, store_, std::make_unique<RandomIds>()),
      library_(services.library),
      service_(services.service),
      stateFolder_(services.stateFolder),
      sampleFolder_(services.sampleFolder),
      countClips_(services.countClips),
      openModel_(services.openModel),
      engineProblem_(services.engineProblem),
      model_(QLatin1String(kShippedModel)) {
  if (!services.stateFolder.empty()) {
    settings_ = std::make_unique<QSettings>(pathText(services.stateFolder / "window.ini"), QSettings::IniFormat);
  }
  setMinimumSize(measure::kLeastWidth, measure::kLeastHeight);
  resize(1600, 1000);
  live_ = new LivePreview(session_, service_, this);
  sound_ = new SoundPlayer(session_, services.openSound ? services.openSound() : nullptr, this);
  installWindowAccess();
  makePanels(services);
  watchFocus();
  makeMenus();
  listenToTakes();

  connect(&session_, &Session::problem, this, [this](const QString& sentence) { errors_->showError(sentence); });
  connect(&session_, &Session::notice, this, [this](const QString& sentence) { errors_->showNote(sentence); });
  connect(&session_, &Session::told, this, [this](const QString& sentence) { status_->showForAWhile(sentence); });
  connect(&session_, &Session::projectChanged, this, [this] {
    setWindowTitle(tr("%1%2 · Kinescore").arg(session_.name(), session_.isChanged() ? QStringLiteral(" •") : QString()));
    refreshActions();
  });
  watchProject();
  recallChoices();
  connect(timeline_, &TimelineView::fileWanted, this, &MainWindow::chooseMedia);
  connect(&session_.selection(), &Selection::changed, this, &MainWindow::refreshActions);
  connect(&session_.jobs(), &GenerationJobs::changed, this, &MainWindow::refreshActions);
  connect(&session_.jobs(), &GenerationJobs::takeReady, this, [this](const TakePointer& take) {
    measureSpeed(*take);
    int notes = 0;
    for (const ReportLine& line : take->result.report.lines) {
      notes += line.isNote;
    }
    const QString words = notes == 0   ? tr("Take %1 is ready").arg(take->number)
                          : notes == 1 ? tr("Take %1 is ready: 1 note").arg(take->number)
                                       : tr("Take %1 is ready: %2 notes").arg(take->number).arg(notes);
    status_->showForAWhile(words, tr("Show"), [this, id = take->id] {
      status_->showTake(id);
      openInspector();
    });
  });
  watchPlan();
  connect(&session_.jobs(), &GenerationJobs::cancelled, this, [this] {
    const TakePointer shown = session_.takes().shown();
    status_->showForAWhile(shown ? tr("Cancelled. Take %1 is still there.").arg(shown->number) : tr("Cancelled."));
  });
  recallModel();
  if (!engineProblem_.isEmpty()) {
    errors_->showError(engineProblem_);
  }
  if (settings_ && settings_->contains(QStringLiteral("geometry"))) {
    restoreGeometry(settings_->value(QStringLiteral("geometry")).toByteArray());
    if (!restoreState(settings_->value(QStringLiteral("layout")).toByteArray(), kLayoutVersion)) {
      resizeDocks({timelineDock_}, {410}, Qt::Vertical);
    }
  }
  refreshActions();
  checkEngine(services.checkEngine);
}

void MainWindow::checkEngine(const std::function<Status()>& check) {
  if (!check || !engineProblem_.isEmpty() || model_ != QLatin1String(kShippedModel)) {
    return;
  }
  runAside(this, check, [this](const Status& checked) {
    if (checked || model_ != QLatin1String(kShippedModel)) {
      return;
    }
    engineProblem_ = QString::fromStdString(checked.error().message);
    topBar_->setEngine(topBar_->engineText(), engineProblem_);
    if (startPage() != nullptr) {
      startPage()->setEngine(topBar_->engineText(), engineProblem_);
    }
    errors_->showError(engineProblem_);
    refreshActions();
  });
}

MainWindow::~MainWindow() {
  // The panels go before the session they look at, and nobody listens to its end.
  delete live_;
  delete sound_;
  QObject::disconnect(&session_, nullptr, this, nullptr);
  QObject::disconnect(&session_.document().undoStack(), nullptr, nullptr, nullptr);
  panelFocus_.reset();
  qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
}

void MainWindow::makePanels(const WindowServices& services) {
  view_ = new ViewPanel(session_, this);
  pages_ = new QStackedWidget(this);
  pages_->addWidget(view_);
  setCentralWidget(pages_);
  auto* top = new QWidget(this);
  auto* topColumn = new QVBoxLayout(top);
  topColumn->setContentsMargins(0, 0, 0, 0);
  topColumn->setSpacing(0);
  topBar_ = new TopBar(session_, saveState_, services.engineDescription, services.engineProblem, top);
  projectBar_ = new ErrorBar(top);
  projectBar_->setObjectName(QStringLiteral("projectBar"));
  topColumn->addWidget(topBar_);
  topColumn->addWidget(projectBar_);
  setMenuWidget(top);

  takes_ = new TakesPanel(session_, this);
  takes_->setFixedWidth(measure::kLeftPanel);
  auto* promptHelp = new PromptHelp(services.loadCaptions, this);
  inspector_ = new Inspector(session_, promptHelp, this);
  inspector_->offerReferences(services.findsReferences);
  inspector_->offerDrafts(services.followsDrafts);
  auto* lower = new QWidget(this);
  auto* column = new QVBoxLayout(lower);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  errors_ = new ErrorBar(lower);
  timeline_ = new TimelineView(session_, lower);
  timeline_->setPromptHelp(promptHelp);
  transport_ = new TransportBar(session_, *timeline_, lower);
  column->addWidget(errors_);
  column->addWidget(transport_);
  column->addWidget(timeline_, 1);

  libraryDock_ = makeDock(this, "libraryDock", tr("Library"), makeLibraryPanel(services));
  takesDock_ = makeDock(this, "takesDock", tr("Takes"), takes_);
  auto* history = new HistoryPanel(session_, this);
  history->setFixedWidth(measure::kLeftPanel);
  historyDock_ = makeDock(this, "historyDock", tr("History"), history);
  inspectorDock_ = makeDock(this, "inspectorDock", tr("Inspector"), inspector_);
  timelineDock_ = makeDock(this, "timelineDock", tr("Timeline"), lower);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
  addDockWidget(Qt::LeftDockWidgetArea, libraryDock_);
  addDockWidget(Qt::LeftDockWidgetArea, takesDock_);
  addDockWidget(Qt::LeftDockWidgetArea, historyDock_);
  historyDock_->hide();
  addDockWidget(Qt::RightDockWidgetArea, inspectorDock_);
  addDockWidget(Qt::BottomDockWidgetArea, timelineDock_);
  resizeDocks({timelineDock_}, {410}, Qt::Vertical);
  shareLeftColumn();

  status_ = new StatusBar(session_, saveState_, *timeline_, this);
  auto* bottom = new QStatusBar(this);
  bottom->setSizeGripEnabled(false);
  bottom->setFixedHeight(measure::kStatusBar);
  bottom->setContentsMargins(0, 0, 0, 0);
  bottom->setStyleSheet(QStringLiteral("QStatusBar { background: %1; } QStatusBar::item { border: none; }")
                            .arg(colorOf(tokens().s3).name()));
  bottom->addWidget(status_, 1);
  setStatusBar(bottom);

  GenerateButton* button = topBar_->generateButton();
  connect(button, &GenerateButton::generate, this, &MainWindow::generate);
  connect(button, &GenerateButton::queue, this, &MainWindow::generate);
  connect(button, &GenerateButton::cancel, this, [this] { session_.jobs().cancelCurrent(); });
  connect(transport_, &TransportBar::regenerate, this, &MainWindow::regenerate);
  connect(inspector_, &Inspector::regenerate, this, &MainWindow::regenerate);
  connect(inspector_, &Inspector::chooseDraft, this, &MainWindow::chooseDraft);
  connect(timeline_, &TimelineView::whyWanted, inspector_, &Inspector::showReportAt);
  connect(timeline_, &TimelineView::whyWanted, this, &MainWindow::openInspector);
  connect(inspector_, &Inspector::foldToggled, this, [this] {
    isInspectorOut_ = inspector_->isFolded();
    foldRight();
  });
  connect(inspector_, &Inspector::goToFrame, this, [this](qint64 frame) {
    session_.playback().pause();
    session_.playback().seekFrame(frame);
  });
}

void MainWindow::tellFailure(const Status& status, const QString& context) {
  if (!status) {
    const QString sentence = QString::fromStdString(status.error().message);
    errors_->showError(context.isEmpty() ? sentence : context + u' ' + sentence);
  }
}

void MainWindow::generate() {
  leaveStartPage();  // what is made, and what is missing for it, is seen behind it
  if (!engineProblem_.isEmpty()) {
    errors_->showError(engineProblem_);
    return;
  }
  // Nothing changed: a new take needs another seed to be another take.
  if (session_.takes().shown() && session_.changesSinceShown() == 0 && !session_.jobs().isBusy() &&
      session_.takes().shown()->request.seed == session_.seed() &&
      session_.takes().shown()->request.quality == session_.quality()) {
    session_.newSeed();
  }
  errors_->hide();
  tellFailure(session_.generate());
}

void MainWindow::regenerate() {
  if (!engineProblem_.isEmpty()) {
    errors_->showError(engineProblem_);
    return;
  }
  const TakePointer shown = session_.takes().shown();
  if (shown && shown->request.seed == session_.seed() && session_.changesSinceShown() == 0) {
    session_.newSeed();
  }
  errors_->hide();
  tellFailure(session_.regenerate());
}

void MainWindow::chooseDraft() {
  const QString folder = session_.hasPath() ? QFileInfo(pathText(session_.path())).path() : QDir::homePath();
  const QString chosen = QFileDialog::getOpenFileName(this, tr("Draft to follow"), folder, tr("Motion (*.bvh)"), nullptr,
                                                      QFileDialog::DontUseNativeDialog);
  if (chosen.isEmpty()) {
    return;
  }
  tellFailure(session_.followFile(chosen.toStdString()), tr("The draft cannot be followed."));
}

void MainWindow::recallModel() {
  if (!openModel_) {
    return;
  }
  if (settings_) {
    gemFiles_ = settings_->value(QStringLiteral("gemFiles")).toStringList();
  }
  offerModels();
  connect(topBar_, &TopBar::modelChosen, this, &MainWindow::useModel);
  connect(topBar_, &TopBar::gemFileWanted, this, &MainWindow::chooseGemFile);
  const QString last = settings_ ? settings_->value(QStringLiteral("model"), model_).toString() : model_;
  if (last != model_) {
    useModel(last);
  }
}

void MainWindow::offerModels() {
  QStringList models = {QLatin1String(kShippedModel)};
  for (const QString& file : gemFiles_) {
    models.append(QLatin1String(kGemModelPrefix) + file);
  }
  topBar_->offerModels(models, model_);
  engineMenu_->clear();
  engineMenu_->addActions(topBar_->modelMenu()->actions());
}

bool MainWindow::useModel(const QString& model) {
  const Result<OfferedModel> opened = openModel_(model.toStdString());
  if (!opened) {
    errors_->showError(tr("The model was not changed: %1").arg(QString::fromStdString(opened.error().message)));
    offerModels();
    return false;
  }
  service_.useGenerator(opened->makeGenerator);
  model_ = model;
  engineProblem_.clear();
  topBar_->setEngine(QString::fromStdString(opened->description), {});
  inspector_->offerReferences(opened->findsReferences);
  inspector_->offerDrafts(opened->followsDrafts);
  inspector_->offerSampling(opened->takesSampling);
  const QString prefix = QLatin1String(kGemModelPrefix);
  if (model.startsWith(prefix)) {
    gemFiles_.removeAll(model.mid(prefix.size()));
    gemFiles_.prepend(model.mid(prefix.size()));
    gemFiles_ = gemFiles_.mid(0, 8);
  }
  offerModels();
  if (settings_) {
    settings_->setValue(QStringLiteral("model"), model_);
    settings_->setValue(QStringLiteral("gemFiles"), gemFiles_);
  }
  refreshActions();
  return true;
}

void MainWindow::chooseGemFile() {
  const QString folder = gemFiles_.isEmpty() ? QDir::homePath() : QFileInfo(gemFiles_.front()).path();
  const QString chosen = QFileDialog::getOpenFileName(this, tr("GEM file"), folder,
                                                      tr("GEM weights (*.safetensors *.ckpt)"), nullptr,
                                                      QFileDialog::DontUseNativeDialog);
  if (!chosen.isEmpty()) {
    useModel(QLatin1String(kGemModelPrefix) + QFileInfo(chosen).absoluteFilePath());
  }
}

void MainWindow::chooseMedia(ObjectId track, Ticks at) {
  const QString folder = session_.hasPath() ? QFileInfo(pathText(session_.path())).path() : QDir::homePath();
  const QString chosen = QFileDialog::getOpenFileName(this, tr("Sound or video"), folder, tr("All files (*)"), nullptr,
                                                      QFileDialog::DontUseNativeDialog);
  if (!chosen.isEmpty()) {
    addMediaAt(session_, track, at, chosen.toStdString());
  }
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!mayLoseEdits()) {
    event->ignore();
    return;
  }
  setFullView(false);
  session_.playback().pause();
  session_.jobs().cancelAll();
  store_.closeCleanly();
  if (settings_) {
    leaveStartPage();  // its layout is none to come back to, nor is one without the panels
    showWorkspace(Workspace::Author);
    settings_->setValue(QStringLiteral("geometry"), saveGeometry());
    settings_->setValue(QStringLiteral("layout"), saveState(kLayoutVersion));
  }
  event->accept();
}

void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  timeline_->setFocus();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  if (takes_ != nullptr) {
    foldLeft();
    foldRight();
    keepViewHigh();
  }
}

void MainWindow::keepViewHigh() {
  if (timelineDock_->height() > height() * 9 / 20) {
    resizeDocks({timelineDock_}, {height() * 2 / 5}, Qt::Vertical);
  }
}

}  // namespace kinescore
