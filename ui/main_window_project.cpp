// The part of MainWindow that opens and saves projects: the File menu and what stands behind it. What happens to the
// project from elsewhere is in main_window_recovery.cpp.
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>

#include "ui/document/path_text.h"
#include "ui/document/samples.h"
#include "ui/main_window.h"
#include "ui/panels/top_bar.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {

void MainWindow::makeFileMenu() {
  QMenu* menu = topBar_->menus()->addMenu(tr("File"));
  menu->setToolTipsVisible(true);
  add(menu, "New", {QKeySequence::New}, [this] { newProject(); });
  add(menu, "Open…", {QKeySequence::Open}, [this] { chooseAndOpen(); });
  recent_ = menu->addMenu(tr("Open Recent"));
  recent_->setToolTipsVisible(true);
  refreshRecent();
  fillSamples(menu->addMenu(tr("Samples")));
  menu->addSeparator();
  add(menu, "Save", {QKeySequence::Save}, [this] { save(); });
  add(menu, "Save As…", {QKeySequence(tr("Ctrl+Shift+S"))}, [this] { saveAs(); });
  QAction* incremental = add(menu, "Save Incremental", {QKeySequence(tr("Ctrl+Alt+S"))}, [this] { saveIncremental(); });
  incremental->setToolTip(tr("Save under the next number: name-002, name-003 …"));
  add(menu, "Save Copy…", {}, [this] { saveCopy(); });
  QAction* revertAction = add(menu, "Revert…", {}, [this] { revert(); });
  add(menu, "Recover…", {}, [this] { recover(); });
  menu->addSeparator();
  add(menu, "Import…", {QKeySequence(tr("Ctrl+I"))}, [this] { importFiles(); });
  add(menu, "Relink Media…", {}, [this] { findMissingFile(); });
  add(menu, "Collect Files…", {}, [this] { collectFiles(); })
      ->setToolTip(tr("Copy the project, its takes and every file it names into a folder, so that it opens elsewhere"));
  add(menu, "Export…", {QKeySequence(tr("Ctrl+E"))}, [this] { exportTake(); });
  add(menu, "Export Again", {QKeySequence(tr("Ctrl+Shift+E"))}, [this] { exportAgain(); })
      ->setToolTip(tr("Into the same file with the same settings; it is replaced"));
  menu->addSeparator();
  add(menu, "Project Settings…", {}, [this] { showProjectPage(); });
  add(menu, "Preferences…", {QKeySequence(tr("Ctrl+,"))}, [this] { showPreferences(); });
  add(menu, "Quit", {QKeySequence(tr("Ctrl+Q"))}, [this] { close(); });
  const auto refreshRevert = [this, revertAction] {
    const bool isSaved = session_.hasPath() && !session_.saveNeedsPath();
    revertAction->setEnabled(session_.hasPath() && session_.isChanged());
    revertAction->setToolTip(!session_.hasPath()       ? tr("This project was never saved.")
                             : !session_.isChanged()   ? tr("Nothing has changed since it was saved.")
                             : isSaved                 ? tr("Back to the version of %1").arg(session_.savedAt().time().toString(QStringLiteral("HH:mm")))
                                                       : tr("Back to the file as it is on the disk"));
  };
  connect(&session_, &Session::projectChanged, revertAction, refreshRevert);
  refreshRevert();
}

void MainWindow::fillSamples(QMenu* menu) {
  for (const Sample& sample : samplesIn(sampleFolder_)) {
    QAction* entry = menu->addAction(sample.name, this, [this, file = sample.file] {
      if (mayLoseEdits()) {
        openProject(file, true);
      }
    });
    entry->setToolTip(sample.line);
  }
  menu->setToolTipsVisible(true);
  menu->menuAction()->setVisible(!menu->isEmpty());
}

QStringList MainWindow::recentFiles() const {
  return settings_ ? settings_->value(QStringLiteral("recent")).toStringList() : QStringList{};
}

void MainWindow::refreshRecent() {
  if (recent_ == nullptr) {
    return;
  }
  recent_->clear();
  const QStringList files = recentFiles();
  for (const QString& file : files) {
    const bool isThere = QFileInfo::exists(file);
    const QString name = QFileInfo(file).completeBaseName();
    QAction* entry = recent_->addAction(isThere ? name : tr("%1 (missing) – Find it…").arg(name), this, [this, file] { openRecent(file); });
    entry->setToolTip(file);
  }
  recent_->menuAction()->setVisible(!files.isEmpty());
}

void MainWindow::openRecent(const QString& file) {
  if (!QFileInfo::exists(file)) {
    findRecent(file);
  } else if (mayLoseEdits()) {
    openProject(file.toStdString());
  }
}

void MainWindow::findRecent(const QString& file) {
  const QString chosen =
      QFileDialog::getOpenFileName(this, tr("Where is “%1”?").arg(QFileInfo(file).fileName()), QFileInfo(file).path(),
                                   tr("Kinescore projects (*.kinescore)"), nullptr, QFileDialog::DontUseNativeDialog);
  if (!chosen.isEmpty() && mayLoseEdits() && openProject(chosen.toStdString())) {
    forgetRecent(file);
  }
}

bool MainWindow::openProject(const std::filesystem::path& path, bool isSample) {
  const Status opened = tryOpen(path, isSample);
  if (!opened) {
    tellNotOpened(opened.error());
  }
  return opened.ok();
}

void MainWindow::start(const std::filesystem::path& project) {
  const Status opened = project.empty() ? Status() : tryOpen(project, false);
  if (!project.empty() && opened) {
    return;
  }
  showStartPage();
  // One bar, and what was asked for comes first: kept work is offered at the next start, and by File > Recover.
  if (opened) {
    offerUnsavedWork();
  } else {
    tellNotOpened(opened.error());
  }
}

Status MainWindow::tryOpen(const std::filesystem::path& path, bool isSample) {
  projectBar_->hide();
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  if (Status opened = session_.open(whole, isSample ? OpenAs::Sample : OpenAs::Project); !opened) {
    return opened;
  }
  if (!isSample) {
    rememberRecent(whole);
  }
  leaveStartPage();
  tellReadOnly();
  return {};
}

void MainWindow::tellNotOpened(const Error& error) {
  // Where the eye is: the bar of the timeline is behind the start page.
  ErrorBar* bar = startPage() != nullptr ? projectBar_ : errors_;
  bar->showError(QString::fromStdString(error.message), tr("Choose another file"), [this] { chooseAndOpen(); });
}

void MainWindow::newProject() {
  if (mayLoseEdits()) {
    projectBar_->hide();
    errors_->hide();
    session_.newProject();
    leaveStartPage();
  }
}

void MainWindow::chooseAndOpen() {
  if (!mayLoseEdits()) {
    return;
  }
  const QString chosen =
      QFileDialog::getOpenFileName(this, tr("Open"), folderOfProject(), tr("Kinescore projects (*.kinescore)"), nullptr,
                                   QFileDialog::DontUseNativeDialog);
  if (!chosen.isEmpty()) {
    openProject(chosen.toStdString());
  }
}

QString MainWindow::folderOfProject() const {
  return session_.hasPath() && !session_.saveNeedsPath() ? QFileInfo(pathText(session_.path())).absolutePath() : QDir::homePath();
}

bool MainWindow::tellSaved(const Status& saved) {
  if (saved) {
    return true;
  }
  const QString why = QString::fromStdString(saved.error().message);
  const bool hasSave = session_.hasPath() && !session_.saveNeedsPath();
  const bool isKept = session_.journalProblem().isEmpty() && !stateFolder_.empty();
  const QString rest = hasSave && isKept ? tr("Your last save is safe and your edits are in the journal.")
                       : isKept          ? tr("Your edits are in the journal.")
                       : hasSave         ? tr("Your last save is safe.")
                                         : QString();
  errors_->showError(tr("Could not save: %1 %2").arg(why.endsWith(u'.') ? why : why + u'.', rest).trimmed(), tr("Save elsewhere…"),
                     [this] { saveAs(); });
  return false;
}

bool MainWindow::mayReplaceOnDisk() {
  if (!watch_.isChangedOnDisk()) {
    return true;
  }
  QMessageBox box(QMessageBox::NoIcon, tr("Kinescore"),
                  tr("“%1” was changed on disk by another program. Saving replaces that version; it stays among the backups.")
                      .arg(QFileInfo(pathText(session_.path())).fileName()),
                  QMessageBox::Cancel, this);
  QPushButton* replace = box.addButton(tr("Replace it"), QMessageBox::AcceptRole);
  box.setDefaultButton(QMessageBox::Cancel);
  box.exec();
  return box.clickedButton() == replace;
}

bool MainWindow::save() {
  if (session_.saveNeedsPath()) {
    return session_.isReadOnly() ? saveCopy() : saveAs();
  }
  if (!mayReplaceOnDisk() || !tellSaved(session_.save())) {
    return false;
  }
  rememberRecent(session_.path());
  projectBar_->hide();
  return true;
}

std::filesystem::path MainWindow::askForName(const QString& title, const QString& start) {
  QFileDialog dialog(this, title, start, tr("Kinescore projects (*.kinescore)"));
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setDefaultSuffix(QStringLiteral("kinescore"));
  dialog.setOption(QFileDialog::DontUseNativeDialog);
  dialog.selectFile(QFileInfo(start).fileName());
  if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) {
    return {};
  }
  return dialog.selectedFiles().first().toStdString();
}

bool MainWindow::saveAs() {
  const QString start = session_.hasPath() && !session_.saveNeedsPath()
                            ? pathText(session_.path())
                            : folderOfProject() + u'/' + session_.name().toLower().replace(u' ', u'-') +
                                  QStringLiteral(".kinescore");
  const std::filesystem::path path = askForName(tr("Save As"), start);
  if (path.empty() || !tellSaved(session_.saveAs(path))) {
    return false;
  }
  rememberRecent(path);
  projectBar_->hide();
  return true;
}

bool MainWindow::saveIncremental() {
  if (session_.saveNeedsPath()) {
    return saveAs();
  }
  const std::filesystem::path path = nextVersionOf(session_.path());
  if (!tellSaved(session_.saveAs(path))) {
    return false;
  }
  rememberRecent(path);
  projectBar_->hide();
  return true;
}

/// Of a project that may be saved the copy is another file and the project stays open; of one that is read-only the copy
/// is what goes on.
bool MainWindow::saveCopy() {
  QString name = session_.hasPath() ? QFileInfo(pathText(session_.path())).completeBaseName() : session_.name().toLower();
  name = tr("%1-copy").arg(name) + QStringLiteral(".kinescore");
  const QString folder = session_.hasPath() ? QFileInfo(pathText(session_.path())).absolutePath() : QDir::homePath();
  const bool mayWrite = QFileInfo(folder).isWritable() && session_.hasPath() && (!session_.saveNeedsPath() || session_.isReadOnly());
  const std::filesystem::path path = askForName(tr("Save Copy"), (mayWrite ? folder : QDir::homePath()) + u'/' + name);
  if (path.empty()) {
    return false;
  }
  if (session_.isReadOnly()) {
    if (!tellSaved(session_.saveAs(path))) {
      return false;
    }
    rememberRecent(path);
    projectBar_->hide();
    return true;
  }
  if (!tellSaved(session_.saveCopy(path))) {
    return false;
  }
  errors_->showNote(tr("A copy was saved as “%1”.").arg(pathText(path.filename())));
  return true;
}

void MainWindow::tellMissingFiles() {
  const std::vector<std::string> files = session_.missingFiles();
  if (files.empty()) {
    return;
  }
  const QString first = QFileInfo(QString::fromStdString(files.front())).fileName();
  const int others = int(files.size()) - 1;
  errors_->showError(others == 0   ? tr("“%1” is not where it was.").arg(first)
                     : others == 1 ? tr("“%1” and one more file are not where they were.").arg(first)
                                   : tr("“%1” and %2 more files are not where they were.").arg(first).arg(others),
                     tr("Find it…"), [this] { findMissingFile(); });
}

void MainWindow::findMissingFile() {
  const std::vector<std::string> files = session_.missingFiles();
  if (files.empty()) {
    errors_->showNote(tr("Every file of sound and video is where it was."));
    return;
  }
  const QString name = QFileInfo(QString::fromStdString(files.front())).fileName();
  const QString folder = session_.hasPath() ? QFileInfo(pathText(session_.path())).path() : QDir::homePath();
  const QString chosen = QFileDialog::getOpenFileName(this, tr("Where is “%1”?").arg(name), folder, tr("All files (*)"),
                                                      nullptr, QFileDialog::DontUseNativeDialog);
  if (chosen.isEmpty()) {
    tellMissingFiles();
  } else {
    session_.relink(files.front(), chosen.toStdString());
  }
}

bool MainWindow::mayLoseEdits() {
  if (!session_.isChanged() || !asksBeforeClosing_) {
    return true;
  }
  QMessageBox box(QMessageBox::NoIcon, tr("Kinescore"), tr("“%1” has edits that are not saved.").arg(session_.name()),
                  QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
  box.setDefaultButton(QMessageBox::Save);
  switch (box.exec()) {
    case QMessageBox::Save: return save();
    case QMessageBox::Discard: return true;
    default: return false;
  }
}

void MainWindow::rememberRecent(const std::filesystem::path& path) {
  if (!settings_) {
    return;
  }
  QStringList recent = recentFiles();
  const QString full = QFileInfo(pathText(path)).absoluteFilePath();
  recent.removeAll(full);
  recent.prepend(full);
  settings_->setValue(QStringLiteral("recent"), recent.mid(0, 10));
  refreshRecent();
}

void MainWindow::forgetRecent(const QString& file) {
  QStringList recent = recentFiles();
  recent.removeAll(file);
  settings_->setValue(QStringLiteral("recent"), recent);
  refreshRecent();
}

}  // namespace kinescore
