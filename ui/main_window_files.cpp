// The part of MainWindow about files of other programs: takes that leave as files, and what comes in.
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

#include "ui/dialogs/export_dialog.h"
#include "ui/document/path_text.h"
#include "ui/main_window.h"
#include "ui/panels/status_bar.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {

void MainWindow::exportTake() {
  if (session_.takes().shown() == nullptr) {
    errors_->showError(tr("There is no take to export yet; Ctrl+Enter performs the timeline."), tr("Generate"), [this] { generate(); });
    return;
  }
  ExportDialog dialog(session_, this);
  connect(&dialog, &ExportDialog::exported, this, [this, &dialog](const QString& path) {
    lastExport_ = dialog.choice();
    status_->showForAWhile(tr("Exported %1").arg(QFileInfo(path).fileName()));
  });
  dialog.exec();
}

void MainWindow::exportAgain() {
  const TakePointer take = session_.takes().shown();
  if (!lastExport_ || take == nullptr) {
    exportTake();
    return;
  }
  const QString name = QFileInfo(lastExport_->path).fileName();
  const Status done = exportMotion(*take->result.motion, lastExport_->path.toStdString(), optionsAgain(*lastExport_, session_));
  if (!done) {
    errors_->showError(tr("“%1” was not exported again: %2").arg(name, QString::fromStdString(done.error().message)),
                       tr("Export elsewhere…"), [this] { exportTake(); });
    return;
  }
  status_->showForAWhile(tr("Exported %1 again, from take %2").arg(name).arg(take->number));
}

void MainWindow::importFiles() {
  const QString folder = session_.hasPath() ? QFileInfo(pathText(session_.path())).path() : QDir::homePath();
  const QStringList chosen = QFileDialog::getOpenFileNames(
      this, tr("Import"), folder, tr("Sound, video, BVH, projects (*.wav *.mp3 *.flac *.ogg *.opus *.m4a *.aac *.aif *.aiff *.wma "
                                     "*.mp4 *.mov *.mkv *.webm *.avi *.m4v *.mpg *.bvh *.kinescore);;All files (*)"),
      nullptr, QFileDialog::DontUseNativeDialog);
  openDropped(chosen);
}

}  // namespace kinescore
