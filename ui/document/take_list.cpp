#include "ui/document/take_list.h"

#include <algorithm>

#include <QUndoCommand>

namespace kinescore {

/// One entry before and after; null: not there.
class TakeList::TakeEdit : public QUndoCommand {
 public:
  TakeEdit(TakeList& list, const QString& name, std::string id, std::size_t position, TakePointer before, TakePointer after)
      : QUndoCommand(name),
        list_(list),
        id_(std::move(id)),
        position_(position),
        before_(std::move(before)),
        after_(std::move(after)) {}

  void redo() override { bring(after_); }
  void undo() override { bring(before_); }

 private:
  void bring(const TakePointer& entry) {
    const bool goes = entry == nullptr;
    if (goes) {
      wasShown_ = list_.shownId_ == id_;
    }
    const std::string neighbour = goes ? list_.neighbourOf(id_) : std::string();
    list_.replaceOne(id_, entry, position_);
    if (wasShown_) {  // only of one that goes and comes back
      list_.showNow(goes ? neighbour : id_);
    }
    list_.touch();
  }

  TakeList& list_;
  std::string id_;
  std::size_t position_;
  TakePointer before_, after_;
  bool wasShown_ = false;  // when it went
};

TakePointer TakeList::find(const std::string& id) const {
  const auto found = std::find_if(takes_.begin(), takes_.end(),
                                  [&](const TakePointer& take) { return take->id == id; });
  return found == takes_.end() ? nullptr : *found;
}

int TakeList::nextNumber() const {
  int number = 0;
  for (const TakePointer& take : takes_) {
    number = std::max(number, take->number);
  }
  return number + 1;
}

void TakeList::replaceAll(std::vector<TakePointer> takes, std::string shownId) {
  takes_ = std::move(takes);
  shownId_ = std::move(shownId);
  everHeld_.clear();
  for (const TakePointer& take : takes_) {
    everHeld_.insert(take->id);
  }
  touch();
  Q_EMIT shownChanged();
}

void TakeList::add(TakePointer take, bool showIt) {
  const std::string id = take->id;
  if (find(id) == nullptr) {
    takes_.push_back(std::move(take));
    everHeld_.insert(id);
  }
  if (showIt) {
    showNow(id);
  }
  touch();
}

void TakeList::show(const std::string& id) {
  if (find(id) != nullptr && id != shownId_) {
    showNow(id);
    touch();
  }
}

void TakeList::showNeighbour(int direction) {
  for (std::size_t i = 0; i < takes_.size(); ++i) {
    if (takes_[i]->id != shownId_) {
      continue;
    }
    const std::ptrdiff_t wanted = std::ptrdiff_t(i) + direction;
    if (wanted >= 0 && wanted < std::ptrdiff_t(takes_.size())) {
      show(takes_[std::size_t(wanted)]->id);
    }
    return;
  }
}

std::string TakeList::neighbourOf(const std::string& id) const {
  for (std::size_t i = 0; i < takes_.size(); ++i) {
    if (takes_[i]->id == id && takes_.size() > 1) {
      return takes_[i == 0 ? 1 : i - 1]->id;
    }
  }
  return {};
}

void TakeList::rename(QUndoStack& history, const std::string& id, const QString& name) {
  const TakePointer take = find(id);
  if (take == nullptr || take->name == name.toStdString()) {
    return;
  }
  auto renamed = std::make_shared<Take>(*take);
  renamed->name = name.toStdString();
  history.push(new TakeEdit(*this, tr("Rename take %1").arg(take->number), id, takes_.size(), take, renamed));
}

void TakeList::setStarred(QUndoStack& history, const std::string& id, bool starred) {
  const TakePointer take = find(id);
  if (take == nullptr || take->starred == starred) {
    return;
  }
  auto changedTake = std::make_shared<Take>(*take);
  changedTake->starred = starred;
  const QString name = starred ? tr("Keep take %1") : tr("Do not keep take %1");
  history.push(new TakeEdit(*this, name.arg(take->number), id, takes_.size(), take, changedTake));
}

void TakeList::remove(QUndoStack& history, const std::string& id) {
  const auto found = std::find_if(takes_.begin(), takes_.end(),
                                  [&](const TakePointer& take) { return take->id == id; });
  if (found == takes_.end()) {
    return;
  }
  const auto position = std::size_t(found - takes_.begin());
  const TakePointer take = *found;
  history.push(new TakeEdit(*this, tr("Delete take %1").arg(take->number), id, position, take, nullptr));
}

void TakeList::replaceOne(const std::string& id, TakePointer with, std::size_t position) {
  const auto found = std::find_if(takes_.begin(), takes_.end(),
                                  [&](const TakePointer& take) { return take->id == id; });
  if (found != takes_.end() && with != nullptr) {
    *found = std::move(with);
  } else if (found != takes_.end()) {
    takes_.erase(found);
  } else if (with != nullptr) {
    takes_.insert(takes_.begin() + std::ptrdiff_t(std::min(position, takes_.size())), std::move(with));
  }
}

void TakeList::showNow(const std::string& id) {
  if (id == shownId_) {
    return;
  }
  shownId_ = id;
  Q_EMIT shownChanged();
}

void TakeList::touch() {
  ++revision_;
  Q_EMIT changed();
}

QString takeExtentText(const Take& take, FrameRate rate) {
  if (!take.range) {
    return TakeList::tr("Whole range");
  }
  const std::int64_t first = nearestFrame(ticksOfFrame(take.range->start, kEngineRate), rate);
  const std::int64_t end = nearestFrame(ticksOfFrame(take.range->end, kEngineRate), rate);
  return TakeList::tr("Frames %1–%2").arg(first).arg(end - 1);
}

}  // namespace kinescore
