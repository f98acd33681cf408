// A field at the top of the window: words find commands, Enter runs one, Esc closes.
#pragma once

#include <QFrame>

#include "ui/panels/command_list.h"

class QLineEdit;
class QListWidget;

namespace kinescore {

class CommandPalette : public QFrame {
  Q_OBJECT

 public:
  explicit CommandPalette(QWidget* window);
  /// Opens over the top of its window with these commands.
  void open(std::vector<Command> commands);
  [[nodiscard]] QLineEdit& field() const { return *field_; }
  /// What is listed now, best first.
  [[nodiscard]] const std::vector<Command>& listed() const { return listed_; }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void refresh();
  void step(int by);
  void run(int row);

  QLineEdit* field_;
  QListWidget* list_;
  std::vector<Command> commands_, listed_;
};

}  // namespace kinescore
