// The part of MainWindow that deals with what happens to a project from elsewhere: another program changes it or holds
// it, a run was cut off, earlier versions, files that are dropped, everything put into one folder; and the start page.
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTimer>

#include "engine/core/frame_rates.h"
#include "engine/project/collect.h"
#include "render/offscreen.h"
#include "ui/dialogs/recover_dialog.h"
#include "ui/document/aside.h"
#include "ui/document/clip_adding.h"
#include "ui/document/path_text.h"
#include "ui/main_window.h"
#include "ui/panels/start_page.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

constexpr int kLayoutBehindStart = 1000;  // of saveState; never stored

QString fileNameOf(const std::filesystem::path& path) { return pathText(path.filename()); }

}  // namespace

void MainWindow::recallChoices() {
  if (!settings_) {
    return;
  }
  const QString rate = settings_->value(QStringLiteral("newProjectRate")).toString();
  if (const std::optional<FrameRate> known = frameRateNamed(rate.toStdString()); known && *known != session_.newProjectRate()) {
    session_.setNewProjectRate(*known);
    session_.newProject();
  }
  timeline_->setTimeDisplay(TimeDisplay(std::clamp(settings_->value(QStringLiteral("timeDisplay"), 0).toInt(), 0, 2)));
}

void MainWindow::watchProject() {
  setAcceptDrops(true);
  connect(&session_, &Session::filesMissing, this, &MainWindow::tellMissingFiles);
  connect(&session_.document(), &TimelineDocument::changed, this, &MainWindow::leaveStartPage);
  // Another project's takes do not replace this one's file.
  connect(&session_.document(), &TimelineDocument::replaced, this, [this] { lastExport_.reset(); });
  connect(&watch_, &ProjectWatch::changedOnDisk, this, &MainWindow::tellChangedOnDisk);
  connect(&watch_, &ProjectWatch::goneFromDisk, this, [this] {
    projectBar_->showNote(tr("“%1” is no longer where it was. Saving writes it again.").arg(fileNameOf(session_.path())),
                          tr("Save it again"), [this] { save(); });
  });
  connect(&saveState_, &SaveState::keepingFailed, this, [this](const QString& sentence) {
    projectBar_->showError(sentence, tr("Save"), [this] { save(); });
  });
  connect(topBar_, &TopBar::saveTroubleWanted, this, [this] {
    if (saveState_.kind() == SaveState::Kind::SaveFailed) {
      tellSaved(Error{ErrorCode::IoFailed, session_.saveProblem().toStdString()});
    } else if (saveState_.isTrouble()) {
      projectBar_->showError(saveState_.reason(), tr("Save"), [this] { save(); });
    }
  });
}

void MainWindow::tellReadOnly() {
  if (session_.isReadOnly()) {
    projectBar_->showNote(session_.readOnlyReason(), tr("Save a copy…"), [this] { saveCopy(); });
  }
}

void MainWindow::tellChangedOnDisk() {
  const QString name = fileNameOf(session_.path());
  projectBar_->showNote(session_.isChanged()
                            ? tr("“%1” was changed on disk by another program. Your own edits are not saved; loading asks about them.").arg(name)
                            : tr("“%1” was changed on disk by another program.").arg(name),
                        tr("Load it"), [this] { loadFromDisk(); });
}

void MainWindow::loadFromDisk() {
  if (session_.isChanged() && asksBeforeClosing_) {
    QMessageBox box(QMessageBox::NoIcon, tr("Kinescore"), tr("“%1” has edits that are not saved.").arg(session_.name()),
                    QMessageBox::Cancel, this);
    QPushButton* copy = box.addButton(tr("Save a copy first…"), QMessageBox::AcceptRole);
    QPushButton* load = box.addButton(tr("Load without them"), QMessageBox::DestructiveRole);
    box.setDefaultButton(copy);
    box.exec();
    const bool isCopied = box.clickedButton() == copy && saveCopy();
    if (!isCopied && box.clickedButton() != load) {
      tellChangedOnDisk();
      return;
    }
  }
  if (openProject(session_.path(), session_.saveNeedsPath() && !session_.isReadOnly())) {
    status_->showForAWhile(tr("Loaded “%1”").arg(fileNameOf(session_.path())));
  } else {
    tellChangedOnDisk();
  }
}

void MainWindow::revert() {
  QMessageBox box(QMessageBox::NoIcon, tr("Kinescore"),
                  tr("Revert “%1” to the file on the disk? Edits made since then, and the steps of the history, go.").arg(session_.name()),
                  QMessageBox::Cancel, this);
  QPushButton* go = box.addButton(tr("Revert"), QMessageBox::DestructiveRole);
  box.setDefaultButton(QMessageBox::Cancel);
  box.exec();
  if (box.clickedButton() == go) {
    openProject(session_.path(), session_.saveNeedsPath() && !session_.isReadOnly());
  }
}

void MainWindow::recover() {
  RecoverDialog dialog(stateFolder_, session_.hasPath() && !session_.saveNeedsPath() ? session_.path() : std::filesystem::path(), this);
  if (dialog.exec() == QDialog::Accepted && dialog.chosen() && mayLoseEdits()) {
    openVersion(*dialog.chosen());
  }
}

void MainWindow::openVersion(const RecoverableVersion& version) {
  if (const Status opened = session_.openVersion(version); !opened) {
    projectBar_->showError(QString::fromStdString(opened.error().message), tr("Recover…"), [this] { recover(); });
    return;
  }
  leaveStartPage();
  projectBar_->showNote(tr("This is a copy without a name: %1. Nothing was overwritten.").arg(RecoverDialog::titleOf(version)),
                        tr("Save As…"), [this] { saveAs(); });
}

void MainWindow::offerUnsavedWork() {
  if (stateFolder_.empty()) {
    return;
  }
  runAside(this, [folder = stateFolder_] { return unsavedWork(folder); }, [this](const std::vector<RecoverableVersion>& found) {
    if (found.empty() || session_.isChanged()) {
      return;
    }
    if (found.size() > 1) {
      projectBar_->showNote(tr("Work of %1 earlier runs was not saved and was kept.").arg(found.size()), tr("Recover…"), [this] { recover(); });
      return;
    }
    const RecoverableVersion& only = found.front();
    // That of a project comes back when the project is opened.
    const bool hasProject = !only.project.empty() && std::filesystem::exists(only.project);
    projectBar_->showNote(tr("%1 was not saved and was kept.").arg(RecoverDialog::titleOf(only)),
                          hasProject ? tr("Open the project") : tr("Recover it"), [this, only, hasProject] {
                            if (!mayLoseEdits()) {
                              return;
                            }
                            hasProject ? void(openProject(only.project)) : openVersion(only);
                          });
  });
}

void MainWindow::collectFiles() {
  if (collecting_) {
    return;
  }
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Collect Files"), folderOfProject(),
                                                           QFileDialog::ShowDirsOnly | QFileDialog::DontUseNativeDialog);
  if (!folder.isEmpty()) {
    collectInto(folder);
  }
}

void MainWindow::collectInto(const QString& folder) {
  const QString stem = session_.hasPath() ? pathText(session_.path().stem()) : session_.name().toLower();
  const std::filesystem::path target = std::filesystem::path(folder.toStdString()) / (stem.toStdString() + ".kinescore");
  collecting_ = std::make_shared<std::atomic<bool>>(false);
  projectBar_->showNote(tr("Collecting files into “%1”…").arg(QFileInfo(folder).fileName()), tr("Cancel"),
                        [stop = collecting_] { *stop = true; });
  runAside(this, [document = session_.documentNow(), target, stop = collecting_] {
    return collectProject(document, {}, target, [stop](double) { return !*stop; });
  }, [this, folder](const Result<CollectedProject>& collected) {
    collecting_.reset();
    projectBar_->hide();
    if (!collected) {
      if (collected.error().code == ErrorCode::Cancelled) {
        status_->showForAWhile(QString::fromStdString(collected.error().message));
      } else {
        projectBar_->showError(tr("Could not collect: %1").arg(QString::fromStdString(collected.error().message)),
                               tr("Choose another folder…"), [this] { collectFiles(); });
      }
      return;
    }
    const int missing = int(collected->missing.size());
    if (missing > 0) {
      projectBar_->showError(missing == 1 ? tr("“%1” was missing; everything else is in “%2”.")
                                                .arg(fileNameOf(collected->missing.front()), QFileInfo(folder).fileName())
                                          : tr("%1 files were missing; everything else is in “%2”.").arg(missing).arg(QFileInfo(folder).fileName()),
                             tr("Find it…"), [this] { findMissingFile(); });
      return;
    }
    projectBar_->showNote(collected->files == 0   ? tr("The project is in “%1”; it names no files.").arg(QFileInfo(folder).fileName())
                          : collected->files == 1 ? tr("The project and one file are in “%1”.").arg(QFileInfo(folder).fileName())
                                                  : tr("The project and %1 files are in “%2”.").arg(collected->files).arg(QFileInfo(folder).fileName()));
  });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) {
      event->acceptProposedAction();
      return;
    }
  }
}

void MainWindow::dropEvent(QDropEvent* event) {
  QStringList files;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) {
      files.append(url.toLocalFile());
    }
  }
  event->acceptProposedAction();
  // What is asked must not hold up the program the files come from.
  QTimer::singleShot(0, this, [this, files] { openDropped(files); });
}

void MainWindow::openDropped(const QStringList& files) {
  ErrorBar* bar = startPage() != nullptr ? projectBar_ : errors_;
  for (const QString& file : files) {
    const QFileInfo info(file);
    if (info.suffix().compare(QStringLiteral("kinescore"), Qt::CaseInsensitive) == 0 && info.isFile()) {
      if (mayLoseEdits()) {
        openProject(file.toStdString());
      }
      return;  // one project at a time
    }
  }
  const Ticks at = session_.playback().position();
  for (const QString& file : files) {
    const QFileInfo info(file);
    const std::filesystem::path path = file.toStdString();
    if (info.isDir()) {
      bar->showError(tr("“%1” is a folder. Drop a project, a sound, a video or a BVH file.").arg(info.fileName()));
    } else if (mediaKindOf(path)) {
      leaveStartPage();
      addMediaAt(session_, {}, at, path);
    } else if (info.suffix().compare(QStringLiteral("bvh"), Qt::CaseInsensitive) == 0) {
      leaveStartPage();
      errors_->showNote(tr("“%1” can be followed frame by frame, as a draft.").arg(info.fileName()), tr("Follow it"), [this, path] {
        if (const Status followed = session_.followFile(path); !followed) {
          errors_->showError(QString::fromStdString(followed.error().message), tr("Choose another file"), [this] { chooseDraft(); });
        } else {
          status_->showForAWhile(tr("The next take follows “%1”").arg(fileNameOf(path)));
        }
      });
    } else {
      bar->showError(tr("“%1” is no project, sound, video or BVH file.").arg(info.fileName()));
    }
  }
}

void MainWindow::measureSpeed(const Take& take) {
  const double motionSeconds = double(take.request.frameCount()) / 30;
  if (settings_ && motionSeconds > 0 && take.result.seconds > 0 && !take.request.range) {
    settings_->setValue(QStringLiteral("speed/%1").arg(int(take.request.quality)), take.result.seconds / motionSeconds);
  }
}

StartPage* MainWindow::startPage() const { return start_ != nullptr && pages_->currentWidget() == start_ ? start_ : nullptr; }

void MainWindow::showStartPage() {
  if (startPage() != nullptr) {
    return;
  }
  if (start_ == nullptr) {
    StartPage::Services services;
    services.samples = samplesIn(sampleFolder_);
    services.settings = settings_.get();
    services.countClips = countClips_;
    services.openView = []() -> Result<std::string> {
      const auto opened = render::OffscreenRenderer::create();
      if (!opened) {
        return opened.error();
      }
      return (*opened)->deviceName();
    };
    start_ = new StartPage(services, pages_);
    pages_->addWidget(start_);
    connect(start_, &StartPage::sampleWanted, this, [this](const std::filesystem::path& file) {
      if (mayLoseEdits()) {
        openProject(file, true);
      }
    });
    connect(start_, &StartPage::newWanted, this, &MainWindow::newProject);
    connect(start_, &StartPage::openWanted, this, &MainWindow::chooseAndOpen);
    connect(start_, &StartPage::recentWanted, this, &MainWindow::openRecent);
    connect(start_, &StartPage::closeWanted, this, &MainWindow::leaveStartPage);
    connect(start_, &StartPage::keysWanted, this, &MainWindow::showKeys);
    connect(start_, &StartPage::rateChosen, this, &MainWindow::chooseNewProjectRate);
    connect(start_, &StartPage::timeDisplayChosen, this, &MainWindow::chooseTimeDisplay);
    for (const char* name : {"New", "Open", "Quit", "Keys", "Save", "Save As", "Recover"}) {
      if (const QAction* known = action(name)) {
        start_->allowKeys(known->shortcuts());
      }
    }
  }
  layoutBehindStart_ = saveState(kLayoutBehindStart);
  for (QDockWidget* dock : findChildren<QDockWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
    dock->hide();
  }
  start_->setEngine(topBar_->engineText(), engineProblem_);
  start_->setRecent(recentFiles());
  start_->setChoices(session_.newProjectRate(), timeline_->timeDisplay());
  pages_->setCurrentWidget(start_);
  start_->focusFirst();
}

void MainWindow::leaveStartPage() {
  if (startPage() == nullptr) {
    return;
  }
  pages_->setCurrentWidget(view_);
  restoreState(layoutBehindStart_, kLayoutBehindStart);
  // Heights are only known once the panels are laid out; the window may have another size than when they were hidden.
  QTimer::singleShot(0, this, &MainWindow::keepViewHigh);
  timeline_->setFocus();
}

}  // namespace kinescore
