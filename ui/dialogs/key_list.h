// All commands with their keys: to look through, to copy, to keep as a text.
#pragma once

#include "ui/panels/command_list.h"
#include "ui/widgets/own_keys_dialog.h"

class QLineEdit;
class QTableWidget;

namespace kinescore {

class KeyList : public OwnKeysDialog {
  Q_OBJECT

 public:
  KeyList(std::vector<Command> commands, QWidget* parent);
  /// What is listed now, as lines of text.
  [[nodiscard]] QString text() const { return commandsAsText(listed_); }

 private:
  void refresh(const QString& words);

  std::vector<Command> commands_, listed_;
  QTableWidget* table_;
};

}  // namespace kinescore
