#include "ui/document/selection.h"

namespace kinescore {

std::optional<ObjectId> Selection::singleClip() const {
  if (clips_.size() != 1) {
    return std::nullopt;
  }
  return *clips_.begin();
}

void Selection::selectClips(std::set<ObjectId> clips) {
  clips_ = std::move(clips);
  surface_ = clips_.empty() ? Surface::Nothing : Surface::Clips;
  Q_EMIT changed();
}

void Selection::toggleClip(ObjectId clip) {
  std::set<ObjectId> clips = clips_;
  if (clips.erase(clip) == 0) {
    clips.insert(clip);
  }
  selectClips(std::move(clips));
}

void Selection::selectTrack(ObjectId track) {
  track_ = track;
  clips_.clear();
  surface_ = Surface::Track;
  Q_EMIT changed();
}

void Selection::selectTake(const QString& takeId) {
  takeId_ = takeId;
  clips_.clear();
  surface_ = Surface::Take;
  Q_EMIT changed();
}

void Selection::setTime(std::optional<TimeSelection> time) {
  time_ = time;
  if (time_) {
    surface_ = Surface::Time;
    clips_.clear();
  } else if (surface_ == Surface::Time) {
    surface_ = Surface::Nothing;
  }
  Q_EMIT changed();
}

void Selection::selectNothing() {
  clips_.clear();
  surface_ = Surface::Nothing;
  Q_EMIT changed();
}

void Selection::keepExisting(const Timeline& timeline) {
  const std::size_t before = clips_.size();
  std::erase_if(clips_, [&](ObjectId id) { return timeline.findClip(id) == nullptr; });
  const bool trackGone = surface_ == Surface::Track && timeline.findTrack(track_) == nullptr;
  if (clips_.size() == before && !trackGone) {
    return;
  }
  if (trackGone || (surface_ == Surface::Clips && clips_.empty())) {
    surface_ = Surface::Nothing;
  }
  Q_EMIT changed();
}

}  // namespace kinescore
