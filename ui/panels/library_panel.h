// The library: search, filters, the grid of clips, and the user's own folders.
#pragma once

#include <filesystem>

#include <QTimer>
#include <QWidget>

#include "ui/document/clip_library.h"
#include "ui/document/session.h"

class QLabel;
class QLineEdit;
class QMenu;
class QProgressBar;
class QPushButton;
class QStackedLayout;
class QToolButton;
class QVBoxLayout;

namespace kinescore {

class ClipGrid;
class ErrorBar;

class LibraryPanel : public QWidget {
  Q_OBJECT

 public:
  LibraryPanel(Session& session, ClipLibrary& library, QWidget* parent = nullptr);

  [[nodiscard]] ClipGrid& grid() { return *grid_; }
  /// Where the words to look for are typed.
  [[nodiscard]] QWidget* searchField() const;
  /// What is said in place of clips; empty while there are some.
  [[nodiscard]] QString message() const;
  /// Narrow: one button that asks for the width.
  void setFolded(bool folded);
  [[nodiscard]] bool isFolded() const { return isFolded_; }
  /// Shows the button that makes it narrow again.
  void setFoldable(bool foldable);
  /// Looks for these words, as if they had been typed.
  void lookFor(const QString& words);
  void addFolder(const std::filesystem::path& folder);

 Q_SIGNALS:
  /// The button that makes the column wide or narrow was pressed.
  void foldToggled();

 private:
  void makeSearch(QVBoxLayout* column);
  void makeChips(QVBoxLayout* column);
  void makeAddingBar(QVBoxLayout* column);
  void makeGrid(QVBoxLayout* column);
  void listen();
  void ask();
  void show(const LibraryView& view);
  void refreshState();
  void refreshChips();
  void showMessage(const QString& words, bool offersFolder);
  void setAction(const std::string& action);
  /// Also when only one of the user's folders is asked for.
  [[nodiscard]] bool isOnlyOwn() const;
  void setOnlyOwn(bool onlyOwn);
  void openFolderMenu();
  void chooseFolder();
  void fillFilterMenu();
  void openClipMenu(const QPoint& at);
  void addToTimeline(const OfferedClip& clip);

  Session& session_;
  ClipLibrary& library_;
  ClipQuery query_;
  LibraryView view_;
  QTimer typing_;  // waits for a pause

  QWidget* body_ = nullptr;
  QLabel* title_ = nullptr;
  QToolButton *add_ = nullptr, *fold_ = nullptr, *filter_ = nullptr;
  bool isFolded_ = false, isFoldable_ = false;
  ErrorBar* errors_ = nullptr;
  QWidget* addingBar_ = nullptr;
  QLabel* addingWords_ = nullptr;
  QProgressBar* addingProgress_ = nullptr;
  QLineEdit* field_ = nullptr;
  QLabel* count_ = nullptr;
  QWidget* chipRow_ = nullptr;
  QPushButton *best_ = nullptr, *own_ = nullptr;
  std::vector<QPushButton*> actionChips_;
  QMenu* filterMenu_ = nullptr;
  QStackedLayout* pages_ = nullptr;
  ClipGrid* grid_ = nullptr;
  QLabel* message_ = nullptr;
  QPushButton* messageLink_ = nullptr;
};

}  // namespace kinescore
