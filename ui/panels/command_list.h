// Every command of the window, as its menus hold it: what the key list prints and the command palette finds.
#pragma once

#include <vector>

#include <QString>

class QAction;
class QMenuBar;

namespace kinescore {

struct Command {
  QAction* action = nullptr;
  QString name;  // without dots and marks
  QString menu;  // "Timeline ▸ Speed"
  QString key;   // all of them, as this system writes them; empty: none
};

/// In the order of the menus; what an empty or hidden menu holds is left out.
[[nodiscard]] std::vector<Command> commandsOf(const QMenuBar& menus);
/// Those in whose name or menu all words occur, those whose name begins with them first. No words: all.
[[nodiscard]] std::vector<Command> commandsFor(const std::vector<Command>& commands, const QString& words);
/// A line each: menu, name, key; for printing.
[[nodiscard]] QString commandsAsText(const std::vector<Command>& commands);

}  // namespace kinescore
