// The part of MainWindow about the library: its panel, clips that are gone, and the engine that must hear of new ones.
#include <QDockWidget>

#include "ui/document/library_clips.h"
#include "ui/main_window.h"
#include "ui/panels/inspector.h"
#include "ui/panels/library_panel.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/takes_panel.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

constexpr int kFoldLeftUnder = 1366;
constexpr int kLibraryHeight = 334;  // of 520, as the takes below it

}  // namespace

QWidget* MainWindow::makeLibraryPanel(const WindowServices& services) {
  libraryPanel_ = new LibraryPanel(session_, library_, this);
  if (services.library.files) {
    timeline_->setLibrary(&library_);
  }
  inspector_->setLibrary(&library_);
  connect(libraryPanel_, &LibraryPanel::foldToggled, this, [this] {
    isLeftUnfolded_ = !isLeftUnfolded_;
    foldLeft();
  });
  connect(&library_, &ClipLibrary::stateChanged, this, &MainWindow::tellGoneClips);
  connect(&session_.document(), &TimelineDocument::replaced, this, &MainWindow::tellGoneClips);
  connect(&library_, &ClipLibrary::librariesChanged, this, &MainWindow::openLibrariesAgain);
  connect(timeline_, &TimelineView::clipPinned, this, [this](const QString& clip, const QString& title, ObjectId) {
    status_->showForAWhile(tr("“%1” is pinned to the prompt from the next take on").arg(title), tr("Unpin"), [this, clip] {
      ReferenceWishes wishes = session_.wishes();
      std::erase_if(wishes.pins, [&](const ReferencePin& pin) { return pin.clipId == clip.toStdString(); });
      session_.setWishes(std::move(wishes));
    });
  });
  connect(timeline_, &TimelineView::similarClipsWanted, this, [this](const QString& words) {
    libraryDock_->show();
    isLeftUnfolded_ = true;
    foldLeft();
    libraryPanel_->lookFor(words);
  });
  library_.load();
  return libraryPanel_;
}

void MainWindow::openLibrariesAgain() {
  if (!openModel_ || !engineProblem_.isEmpty()) {
    return;
  }
  // The same model anew: it opens what libraries there are at its first job.
  if (const Result<OfferedModel> opened = openModel_(model_.toStdString()); opened) {
    service_.useGenerator(opened->makeGenerator);
  }
}

void MainWindow::foldLeft() {
  const bool isNarrow = width() < kFoldLeftUnder;
  isLeftUnfolded_ = isLeftUnfolded_ && isNarrow;
  const bool isFolded = isNarrow && !isLeftUnfolded_;
  const bool wasFolded = libraryPanel_->isFolded();
  libraryPanel_->setFoldable(isNarrow);
  libraryPanel_->setFolded(isFolded);
  takes_->setFolded(isFolded);
  if (wasFolded && !isFolded) {
    shareLeftColumn();
  }
}

void MainWindow::shareLeftColumn() {
  const int all = libraryDock_->height() + takesDock_->height();
  const int library = std::max(all * kLibraryHeight / 520, 0);
  resizeDocks({libraryDock_, takesDock_}, {library, all - library}, Qt::Vertical);
}

void MainWindow::tellGoneClips() {
  if (library_.state() != ClipLibrary::State::Ready) {
    return;
  }
  const auto gone = goneClips(session_, library_);
  if (gone.empty()) {
    return;
  }
  const auto& reference = std::get<ReferenceCondition>(gone.front()->condition);
  const QString name = QString::fromStdString(gone.front()->name.empty() ? reference.clipId : gone.front()->name);
  const std::string id = reference.clipId;
  errors_->showError(tr("“%1” came from a folder that is gone.").arg(name), tr("Use the nearest clip"), [this, id, name] {
    library_.findNearest(name, [this, id, name](const OfferedClip* nearest) {
      if (nearest == nullptr) {
        errors_->showError(tr("No clip of the library is like “%1”. Add its folder again, or choose another clip.").arg(name));
      } else if (replaceGoneClip(session_, id, carried(*nearest))) {
        status_->showForAWhile(tr("“%1” is shown in place of “%2”").arg(nearest->title, name));
        tellGoneClips();
      }
    });
  });
}

}  // namespace kinescore
