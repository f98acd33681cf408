#include "ui/panels/library_panel.h"

#include <algorithm>

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QStackedLayout>
#include <QUrl>

#include "ui/document/library_clips.h"
#include "ui/panels/clip_grid.h"
#include "ui/theme/theme.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

constexpr int kTypingPause = 150;  // milliseconds
constexpr int kMostChips = 6;
constexpr int kChipGap = 4;
constexpr int kChipsLeft = 10, kChipsRight = 4;

QPushButton* makeChip(const QString& words, QWidget* parent) {
  auto* chip = new QPushButton(words, parent);
  chip->setProperty("kind", "chip");
  chip->setCheckable(true);
  chip->setFocusPolicy(Qt::TabFocus);
  return chip;
}

QString shownText(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

LibraryPanel::LibraryPanel(Session& session, ClipLibrary& library, QWidget* parent)
    : QWidget(parent), session_(session), library_(library) {
  setObjectName(QStringLiteral("library"));
  const auto [column, header, row] = framePanel(this, 10, 6, 2);
  title_ = makeHeading(tr("Library"), header);
  row->addWidget(title_);
  row->addStretch();
  fold_ = makeIconButton(QStringLiteral("search"), tr("Library"), {}, header);
  fold_->setObjectName(QStringLiteral("foldLibrary"));
  add_ = makeIconButton(QStringLiteral("plus"), tr("Add a folder of your own motion"), {}, header);
  add_->setObjectName(QStringLiteral("addFolder"));
  row->addWidget(fold_);
  row->addWidget(add_);
  connect(fold_, &QToolButton::clicked, this, &LibraryPanel::foldToggled);
  connect(add_, &QToolButton::clicked, this, &LibraryPanel::openFolderMenu);

  body_ = new Panel("body", this);
  auto* inner = new QVBoxLayout(body_);
  inner->setContentsMargins(0, 0, 0, 0);
  inner->setSpacing(0);
  errors_ = new ErrorBar(body_);
  inner->addWidget(errors_);
  makeAddingBar(inner);
  makeSearch(inner);
  makeChips(inner);
  makeGrid(inner);
  column->addWidget(body_, 1);
  listen();
  setFolded(false);
  refreshState();
}

void LibraryPanel::makeSearch(QVBoxLayout* column) {
  auto* box = new QWidget(body_);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(10, 7, 10, 7);
  row->setSpacing(6);
  field_ = new QLineEdit(box);
  field_->setObjectName(QStringLiteral("librarySearch"));
  field_->setPlaceholderText(tr("Search clips"));
  field_->setAccessibleName(tr("Search the library"));
  field_->setFixedHeight(measure::kField);
  field_->addAction(icon(QStringLiteral("search"), colorOf(tokens().t3)), QLineEdit::LeadingPosition);
  count_ = makeLabel({}, field_);
  count_->setObjectName(QStringLiteral("libraryCount"));
  count_->setFont(numberFont(11));
  count_->setAttribute(Qt::WA_TransparentForMouseEvents);
  auto* inField = new QHBoxLayout(field_);
  inField->setContentsMargins(0, 0, 8, 0);
  inField->addStretch();
  inField->addWidget(count_);
  filter_ = makeIconButton(QStringLiteral("filter"), tr("Class and folder"), {}, box);
  filter_->setObjectName(QStringLiteral("libraryFilter"));
  filter_->setProperty("kind", "play");
  filter_->setPopupMode(QToolButton::InstantPopup);
  filterMenu_ = new QMenu(filter_);
  filter_->setMenu(filterMenu_);
  connect(filterMenu_, &QMenu::aboutToShow, this, &LibraryPanel::fillFilterMenu);
  row->addWidget(field_, 1);
  row->addWidget(filter_);
  column->addWidget(box);
  typing_.setSingleShot(true);
  typing_.setInterval(kTypingPause);
  connect(&typing_, &QTimer::timeout, this, &LibraryPanel::ask);
  connect(field_, &QLineEdit::textChanged, this, [this](const QString& words) {
    query_.words = words.simplified().toStdString();
    typing_.start();
  });
  connect(field_, &QLineEdit::returnPressed, this, [this] {
    typing_.stop();
    ask();
    grid_->setFocus();
  });
}

void LibraryPanel::makeChips(QVBoxLayout* column) {
  chipRow_ = new QWidget(body_);
  auto* row = new QHBoxLayout(chipRow_);
  row->setContentsMargins(kChipsLeft, 0, kChipsRight, 7);
  row->setSpacing(kChipGap);
  best_ = makeChip(tr("Best match"), chipRow_);
  best_->setToolTip(tr("All classes and folders, best first"));
  row->addWidget(best_);
  for (int i = 0; i < kMostChips; ++i) {
    auto* chip = makeChip({}, chipRow_);
    actionChips_.push_back(chip);
    row->addWidget(chip);
    connect(chip, &QPushButton::clicked, this, [this, chip] {
      const std::string action = chip->property("action").toString().toStdString();
      setAction(action == query_.action ? std::string() : action);
    });
  }
  own_ = makeChip(tr("Your folder"), chipRow_);
  own_->setToolTip(tr("Only clips of folders that you added"));
  row->addWidget(own_);
  row->addStretch();
  column->addWidget(chipRow_);
  connect(best_, &QPushButton::clicked, this, [this] {
    query_.action.clear();
    query_.folder.clear();
    setOnlyOwn(false);
  });
  connect(own_, &QPushButton::clicked, this, [this] {
    const bool wasOn = isOnlyOwn();
    query_.folder.clear();
    setOnlyOwn(!wasOn);
  });
}

void LibraryPanel::makeAddingBar(QVBoxLayout* column) {
  addingBar_ = new QWidget(body_);
  addingBar_->setObjectName(QStringLiteral("addingFolder"));
  auto* box = new QVBoxLayout(addingBar_);
  box->setContentsMargins(10, 6, 10, 0);
  box->setSpacing(4);
  auto* row = new QHBoxLayout;
  addingWords_ = makeLabel({}, addingBar_);
  auto* cancel = makeLink(tr("Cancel"), addingBar_);
  cancel->setObjectName(QStringLiteral("cancelAdding"));
  row->addWidget(addingWords_, 1);
  row->addWidget(cancel);
  addingProgress_ = new QProgressBar(addingBar_);
  addingProgress_->setTextVisible(false);
  addingProgress_->setAccessibleName(tr("Adding a folder"));
  box->addLayout(row);
  box->addWidget(addingProgress_);
  column->addWidget(addingBar_);
  addingBar_->hide();
  connect(cancel, &QPushButton::clicked, this, [this] {
    addingWords_->setText(tr("Cancelling…"));
    library_.cancelAdding();
  });
}

void LibraryPanel::makeGrid(QVBoxLayout* column) {
  auto* stack = new QWidget(body_);
  pages_ = new QStackedLayout(stack);
  grid_ = new ClipGrid(stack);
  auto* said = new QWidget(stack);
  auto* words = new QVBoxLayout(said);
  words->setContentsMargins(16, 12, 16, 12);
  words->setSpacing(6);
  message_ = new QLabel(said);
  message_->setObjectName(QStringLiteral("libraryMessage"));
  message_->setWordWrap(true);
  message_->setProperty("kind", "label");
  message_->setStyleSheet(QStringLiteral("font-size: 12px;"));
  messageLink_ = makeLink(tr("Add a folder…"), said);
  words->addWidget(message_);
  words->addWidget(messageLink_, 0, Qt::AlignLeft);
  words->addStretch();
  pages_->addWidget(grid_);
  pages_->addWidget(said);
  column->addWidget(stack, 1);
  connect(messageLink_, &QPushButton::clicked, this, &LibraryPanel::chooseFolder);
  connect(grid_, &QAbstractItemView::activated, this, [this](const QModelIndex& index) { addToTimeline(grid_->clips().clip(index)); });
  connect(grid_, &QWidget::customContextMenuRequested, this, &LibraryPanel::openClipMenu);
}

void LibraryPanel::listen() {
  connect(&library_, &ClipLibrary::stateChanged, this, &LibraryPanel::refreshState);
  connect(&library_, &ClipLibrary::found, this, &LibraryPanel::show);
  connect(&library_, &ClipLibrary::adding, this, [this](const QString& what, double fraction) {
    addingBar_->show();
    addingWords_->setText(addingWords_->fontMetrics().elidedText(what, Qt::ElideMiddle, measure::kLeftPanel - 90));
    addingWords_->setToolTip(what);
    addingProgress_->setRange(0, fraction < 0 ? 0 : 1000);
    addingProgress_->setValue(int(std::max(fraction, 0.0) * 1000));
  });
  connect(&library_, &ClipLibrary::added, this, [this](const QString& name, int clips, int files, const QString& firstLeftOut) {
    addingBar_->hide();
    if (!firstLeftOut.isEmpty()) {
      errors_->showNote(tr("“%1”: %2 of %3 files became clips. %4").arg(name).arg(clips).arg(files).arg(firstLeftOut));
    } else {
      errors_->hide();
    }
    field_->clear();
    query_ = {};
    query_.folder = name.toStdString();  // asked for as soon as the libraries are open again
  });
  connect(&library_, &ClipLibrary::failed, this, [this](const QString& sentence) {
    addingBar_->setVisible(library_.isAdding());
    if (!sentence.isEmpty()) {
      errors_->showError(sentence);
    }
  });
  const auto showUsed = [this] { grid_->clips().setUsed(clipsInUse(session_)); };
  connect(&session_.document(), &TimelineDocument::changed, this, showUsed);
  connect(&session_.document(), &TimelineDocument::replaced, this, showUsed);
  connect(&session_, &Session::projectChanged, this, showUsed);
}

QString LibraryPanel::message() const { return pages_->currentIndex() == 1 ? message_->text() : QString(); }

QWidget* LibraryPanel::searchField() const {
  return field_;
}

void LibraryPanel::setFolded(bool folded) {
  isFolded_ = folded;
  // The takes below have the same width and hold it: with a fixed one here, too, the docks would have no seam to drag.
  const int width = folded ? measure::kFoldedPanel : measure::kLeftPanel;
  setMinimumWidth(width);
  setMaximumWidth(width + 1);
  setMaximumHeight(folded ? measure::kPanelHeader : QWIDGETSIZE_MAX);
  title_->setVisible(!folded);
  add_->setVisible(!folded);
  body_->setVisible(!folded);
  fold_->setVisible(folded || isFoldable_);
  fold_->setIcon(icon(folded ? QStringLiteral("search") : QStringLiteral("chevron-left")));
  fold_->setToolTip(folded ? tr("Library") : tr("Fold the column"));
  fold_->setAccessibleName(fold_->toolTip());
}

void LibraryPanel::setFoldable(bool foldable) {
  isFoldable_ = foldable;
  setFolded(isFolded_);
}

void LibraryPanel::lookFor(const QString& words) {
  query_ = {};
  field_->setText(words);
  typing_.stop();
  ask();
}

void LibraryPanel::ask() {
  refreshChips();
  library_.search(query_);
}

void LibraryPanel::show(const LibraryView& view) {
  const QModelIndex current = grid_->currentIndex();
  const std::string kept = current.isValid() ? grid_->clips().clip(current).id : std::string();
  const bool isSame = std::equal(view.clips.begin(), view.clips.end(), view_.clips.begin(), view_.clips.end(),
                                 [](const OfferedClip& a, const OfferedClip& b) {
                                   return a.id == b.id && a.frames == b.frames && a.library == b.library;
                                 });
  view_ = view;
  if (!isSame) {
    grid_->clips().show(view.clips);
    const int row = grid_->clips().rowOf(kept);
    if (row >= 0) {
      grid_->setCurrentIndex(grid_->clips().index(row));
    } else {
      grid_->scrollToTop();
    }
  }
  grid_->clips().setUsed(clipsInUse(session_));
  count_->setText(tr("%1 of %2").arg(view.clips.size()).arg(view.offered));
  field_->setTextMargins(0, 0, count_->sizeHint().width() + 6, 0);
  refreshChips();
  if (!view.clips.empty()) {
    pages_->setCurrentIndex(0);
  } else if (!query_.words.empty()) {
    showMessage(tr("No clip matches “%1”. Try other words or add your own folder.").arg(shownText(query_.words)), true);
  } else if (query_.onlyOwn && library_.folders().isEmpty()) {
    showMessage(tr("You have not added a folder yet. Its clips are found here and shown to the engine."), true);
  } else {
    showMessage(tr("No clip is of this class and folder."), false);
  }
}

void LibraryPanel::showMessage(const QString& words, bool offersFolder) {
  message_->setText(words);
  messageLink_->setVisible(offersFolder && library_.canAdd());
  pages_->setCurrentIndex(1);
}

void LibraryPanel::refreshState() {
  const bool isReady = library_.state() == ClipLibrary::State::Ready;
  field_->setEnabled(isReady);
  filter_->setEnabled(isReady);
  chipRow_->setVisible(isReady);
  count_->setVisible(isReady);
  add_->setEnabled(library_.canAdd());
  const QString noFolders = tr("This window was started without a place for your own libraries.");
  add_->setToolTip(library_.canAdd() ? tr("Add a folder of your own motion") : noFolders);
  switch (library_.state()) {
    case ClipLibrary::State::None: showMessage(tr("There is no motion library here, so there are no clips to show."), false); break;
    case ClipLibrary::State::Loading: showMessage(tr("Opening the library…"), false); break;
    case ClipLibrary::State::Failed: showMessage(library_.problem(), false); break;
    case ClipLibrary::State::Ready: {
      const bool isGone = !query_.folder.empty() && !library_.folders().contains(shownText(query_.folder)) && query_.folder != kShippedLibrary;
      if (isGone) {
        query_.folder.clear();
      }
      ask();
      break;
    }
  }
  if (!isReady) {
    const QString why = message_->text();
    field_->setToolTip(why);
    filter_->setToolTip(why);
    grid_->clips().show({});
    view_ = {};
  } else {
    field_->setToolTip({});
    filter_->setToolTip(tr("Class and folder"));
  }
}

void LibraryPanel::refreshChips() {
  best_->setChecked(query_.action.empty() && query_.folder.empty() && !query_.onlyOwn);
  own_->setChecked(isOnlyOwn());
  // The chosen class first, then as many of the most frequent as there is room for.
  std::vector<std::string> offered;
  if (!query_.action.empty()) {
    offered.push_back(query_.action);
  }
  for (const ActionCount& count : view_.actions) {
    if (count.action != query_.action) {
      offered.push_back(count.action);
    }
  }
  int room = measure::kLeftPanel - kChipsLeft - kChipsRight - best_->sizeHint().width() - own_->sizeHint().width() - kChipGap;
  bool isFull = false;
  for (std::size_t i = 0; i < actionChips_.size(); ++i) {
    QPushButton* chip = actionChips_[i];
    if (i < offered.size()) {
      chip->setText(shownText(actionTitle(offered[i])));
      chip->setProperty("action", shownText(offered[i]));
      chip->setChecked(offered[i] == query_.action);
      room -= chip->sizeHint().width() + kChipGap;
      isFull = isFull || (room < 0 && i > 0);
    }
    chip->setVisible(i < offered.size() && !isFull);
  }
}

void LibraryPanel::setAction(const std::string& action) {
  query_.action = action;
  ask();
}

bool LibraryPanel::isOnlyOwn() const {
  return query_.onlyOwn || (!query_.folder.empty() && query_.folder != kShippedLibrary);
}

void LibraryPanel::setOnlyOwn(bool onlyOwn) {
  query_.onlyOwn = onlyOwn;
  ask();
}

void LibraryPanel::fillFilterMenu() {
  filterMenu_->clear();
  const auto entry = [&](const QString& words, bool isOn, std::function<void()> choose) {
    QAction* action = filterMenu_->addAction(words, this, std::move(choose));
    action->setCheckable(true);
    action->setChecked(isOn);
  };
  const auto ofFolder = [this](const std::string& name) {
    query_.folder = name;
    query_.onlyOwn = false;
    ask();
  };
  entry(tr("Every Folder"), query_.folder.empty() && !query_.onlyOwn, [ofFolder] { ofFolder({}); });
  entry(tr("Kinescore"), query_.folder == kShippedLibrary, [ofFolder] { ofFolder(kShippedLibrary); });
  for (const QString& name : library_.folders()) {
    entry(name, query_.folder == name.toStdString(), [ofFolder, name] { ofFolder(name.toStdString()); });
  }
  filterMenu_->addSeparator();
  entry(tr("Every Class"), query_.action.empty(), [this] { setAction({}); });
  for (const ActionCount& count : view_.actions) {
    entry(tr("%1 (%2)").arg(shownText(actionTitle(count.action))).arg(count.clips), query_.action == count.action,
          [this, action = count.action] { setAction(action); });
  }
}

void LibraryPanel::openFolderMenu() {
  if (library_.folders().isEmpty()) {
    chooseFolder();
    return;
  }
  QMenu menu(this);
  menu.setObjectName(QStringLiteral("folderMenu"));
  menu.addAction(tr("Add Folder…"), this, &LibraryPanel::chooseFolder)->setEnabled(!library_.isAdding());
  menu.addSeparator();
  for (const QString& name : library_.folders()) {
    menu.addAction(tr("Forget “%1”").arg(name), this, [this, name] { library_.forget(name); });
  }
  menu.exec(add_->mapToGlobal(QPoint(0, add_->height())));
}

void LibraryPanel::chooseFolder() {
  if (library_.isAdding()) {
    errors_->showNote(tr("A folder is being added; wait for it or cancel it."));
    return;
  }
  const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder of your own motion"), QDir::homePath(),
                                                           QFileDialog::ShowDirsOnly | QFileDialog::DontUseNativeDialog);
  if (!chosen.isEmpty()) {
    addFolder(chosen.toStdString());
  }
}

void LibraryPanel::addFolder(const std::filesystem::path& folder) {
  errors_->hide();
  library_.addFolder(folder);
}

void LibraryPanel::openClipMenu(const QPoint& at) {
  const QModelIndex under = grid_->indexAt(at), index = under.isValid() ? under : grid_->currentIndex();
  if (!index.isValid()) {
    return;
  }
  grid_->setCurrentIndex(index);
  const OfferedClip clip = grid_->clips().clip(index);
  QMenu menu(this);
  menu.setObjectName(QStringLiteral("clipMenu"));
  menu.addAction(tr("Add as Reference"), this, [this, clip] { addToTimeline(clip); });
  menu.addAction(tr("Preview"), this, [this, index] { grid_->preview(index); });
  if (!clip.folder.empty()) {
    menu.addAction(tr("Show Folder"), this, [this, folder = shownText(clip.folder)] {
      if (!QFileInfo(folder).isDir()) {
        errors_->showError(tr("The folder “%1” is not where it was; its clips stay in the library.").arg(folder));
      } else {
        QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
      }
    });
  }
  menu.exec(grid_->viewport()->mapToGlobal(under.isValid() ? at : grid_->visualRect(index).center()));
}

void LibraryPanel::addToTimeline(const OfferedClip& clip) {
  session_.playback().pause();
  placeClip(session_, carried(clip), session_.playback().position());
}

}  // namespace kinescore
