// What can be brought back of this project and of runs that were cut off, to choose one of.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <QDialog>

#include "engine/project/recovery.h"

class QLabel;
class QListWidget;
class QPushButton;

namespace kinescore {

class RecoverDialog : public QDialog {
  Q_OBJECT

 public:
  /// `project` empty: only what is left of unsaved work.
  RecoverDialog(const std::filesystem::path& stateFolder, const std::filesystem::path& project, QWidget* parent = nullptr);

  /// After it was accepted.
  [[nodiscard]] const std::optional<RecoverableVersion>& chosen() const { return chosen_; }
  /// Whether the disk was looked through.
  [[nodiscard]] bool isReady() const { return isReady_; }

  /// "“Walk”: 12 edits, today 14:32"
  [[nodiscard]] static QString titleOf(const RecoverableVersion& version);

 private:
  void show(std::vector<RecoverableVersion> found);
  void refresh();
  void throwAway();
  [[nodiscard]] const RecoverableVersion* current() const;

  std::vector<RecoverableVersion> versions_;
  std::optional<RecoverableVersion> chosen_;
  bool isReady_ = false;
  bool mayThrowAway_ = false;  // it was asked once
  QLabel* state_;
  QListWidget* list_;
  QPushButton *open_, *throwAway_;
};

}  // namespace kinescore
