#include "ui/panels/command_list.h"

#include <algorithm>

#include <QMenu>
#include <QMenuBar>

namespace kinescore {
namespace {

QString plain(QString text) { return text.remove(u'…').remove(u'&'); }

void collect(const QList<QAction*>& entries, const QString& path, std::vector<Command>& commands) {
  for (QAction* entry : entries) {
    if (entry->isSeparator() || !entry->isVisible()) {
      continue;
    }
    const QString name = plain(entry->text());
    if (entry->menu() != nullptr) {
      collect(entry->menu()->actions(), path.isEmpty() ? name : path + QStringLiteral(" ▸ ") + name, commands);
    } else {
      commands.push_back({entry, name, path, QKeySequence::listToString(entry->shortcuts(), QKeySequence::NativeText)});
    }
  }
}

}  // namespace

std::vector<Command> commandsOf(const QMenuBar& menus) {
  std::vector<Command> commands;
  collect(menus.actions(), {}, commands);
  return commands;
}

std::vector<Command> commandsFor(const std::vector<Command>& commands, const QString& words) {
  const QString whole = words.simplified();
  const QStringList parts = whole.split(u' ', Qt::SkipEmptyParts);
  std::vector<Command> found;
  std::copy_if(commands.begin(), commands.end(), std::back_inserter(found), [&](const Command& command) {
    const QString all = command.menu + u' ' + command.name;
    return std::all_of(parts.begin(), parts.end(), [&](const QString& part) { return all.contains(part, Qt::CaseInsensitive); });
  });
  const auto rank = [&](const Command& command) {
    return whole.isEmpty() || command.name.startsWith(whole, Qt::CaseInsensitive) ? 0
           : command.name.contains(whole, Qt::CaseInsensitive)                    ? 1
                                                                                  : 2;
  };
  std::stable_sort(found.begin(), found.end(), [&](const Command& a, const Command& b) { return rank(a) < rank(b); });
  return found;
}

QString commandsAsText(const std::vector<Command>& commands) {
  qsizetype widest = 0;
  for (const Command& command : commands) {
    widest = std::max(widest, command.menu.size() + command.name.size() + 3);
  }
  QString text;
  for (const Command& command : commands) {
    text += (command.menu + QStringLiteral(" ▸ ") + command.name).leftJustified(widest + 2);
    text = text.append(command.key).trimmed() + u'\n';
  }
  return text;
}

}  // namespace kinescore
