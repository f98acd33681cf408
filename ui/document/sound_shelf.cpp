#include "ui/document/sound_shelf.h"

#include <system_error>

#include "engine/media/sound_file.h"
#include "ui/document/aside.h"

namespace kinescore {
namespace fs = std::filesystem;

SoundPointer SoundShelf::find(const fs::path& file) const {
  const auto known = known_.find(file);
  return known == known_.end() ? nullptr : known->second.sound;
}

void SoundShelf::keep(const std::map<fs::path, SoundPointer>& files) {
  std::erase_if(known_, [&](const auto& entry) { return files.count(entry.first) == 0; });
  waiting_.clear();
  for (const auto& [file, sound] : files) {
    Known& known = known_[file];
    if (!known.sound && !known.wasRead) {
      known.sound = sound;  // its time is asked for with the others'
    }
    waiting_.push_back(file);
  }
  readNext();
}

SoundShelf::Known SoundShelf::readAgain(const fs::path& file, const Known& before, const std::stop_token& stop) {
  std::error_code noTime, noSize;
  Known now{fs::last_write_time(file, noTime), fs::file_size(file, noSize), before.sound, true};
  if (noTime || noSize) {
    return {};
  }
  const bool isSame = before.wasRead && now.time == before.time && now.bytes == before.bytes;
  const bool isTakenOver = !before.wasRead && before.sound != nullptr;
  if (!isSame && !isTakenOver) {
    const auto sound = readSoundFile(file, {}, stop);
    now.sound = sound ? *sound : nullptr;
  }
  return now;
}

void SoundShelf::readNext() {
  if (isReading_ || waiting_.empty()) {
    return;
  }
  isReading_ = true;
  const fs::path file = waiting_.back();
  waiting_.pop_back();
  runAside(this, [file, before = known_[file], stop = stop_.get_token()] { return readAgain(file, before, stop); },
           [this, file](Known read) { take(file, std::move(read)); });
}

void SoundShelf::take(const fs::path& file, Known read) {
  isReading_ = false;
  if (const auto known = known_.find(file); known != known_.end()) {
    // Not what it was when the reading began: it may have been forgotten and asked for again since.
    const bool isNew = known->second.sound != read.sound;
    known->second = std::move(read);
    if (isNew) {
      Q_EMIT changed();
    }
  }
  readNext();
}

}  // namespace kinescore
