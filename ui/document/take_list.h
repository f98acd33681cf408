// The takes of the project and which one is shown. A take's arrival is not a step of the history
// (it may land in the middle of a gesture), and neither is looking at another one: it would drop what was
// undone. Renaming, keeping and deleting are.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include <QObject>
#include <QString>
#include <QUndoStack>

#include "engine/request/take.h"

namespace kinescore {

using TakePointer = std::shared_ptr<const Take>;

class TakeList : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  /// In the order they were made.
  [[nodiscard]] const std::vector<TakePointer>& takes() const { return takes_; }
  [[nodiscard]] TakePointer find(const std::string& id) const;
  [[nodiscard]] TakePointer shown() const { return find(shownId_); }
  [[nodiscard]] const std::string& shownId() const { return shownId_; }
  [[nodiscard]] int nextNumber() const;
  /// Grows with every change; a save remembers it.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  /// Ids of all takes since the project was opened, also deleted ones that undo could bring back.
  [[nodiscard]] const std::set<std::string>& everHeld() const { return everHeld_; }

  /// Another project's takes.
  void replaceAll(std::vector<TakePointer> takes, std::string shownId);
  /// A finished take. The same content twice is one take; it is shown again.
  void add(TakePointer take, bool show);

  void show(const std::string& id);
  /// The next (+1) or previous (-1) take, stopping at the ends.
  void showNeighbour(int direction);

  // Steps of the history.
  void rename(QUndoStack& history, const std::string& id, const QString& name);
  void setStarred(QUndoStack& history, const std::string& id, bool starred);
  /// When it was shown its neighbour is, until it comes back.
  void remove(QUndoStack& history, const std::string& id);

 Q_SIGNALS:
  void changed();
  /// Another take (or another content) is on screen.
  void shownChanged();

 private:
  class TakeEdit;
  /// The take that is shown when this one goes.
  [[nodiscard]] std::string neighbourOf(const std::string& id) const;
  void replaceOne(const std::string& id, TakePointer with, std::size_t position);
  void showNow(const std::string& id);
  void touch();

  std::vector<TakePointer> takes_;
  std::string shownId_;
  std::set<std::string> everHeld_;
  std::uint64_t revision_ = 1;
};

/// "Frames 110 to 195" or "Whole range", in the project's frames.
[[nodiscard]] QString takeExtentText(const Take& take, FrameRate rate);

}  // namespace kinescore
