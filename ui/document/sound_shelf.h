// Recordings for playing, read beside the window's thread, one at a time. A file that cannot be read is silent: that it is
// missing is told where it is named.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include <QObject>

#include "engine/media/sound.h"

namespace kinescore {

using SoundPointer = std::shared_ptr<const Sound>;

class SoundShelf : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;
  ~SoundShelf() override { stop_.request_stop(); }

  /// What is known of a file; null: nothing yet, or nothing that can be heard.
  [[nodiscard]] SoundPointer find(const std::filesystem::path& file) const;
  /// Reads these where they are not known or have changed on the disk, and forgets all else: whole recordings are large.
  /// Those that somebody has already decoded are taken from there.
  void keep(const std::map<std::filesystem::path, SoundPointer>& files);

 Q_SIGNALS:
  /// Another recording is there, or one has gone.
  void changed();

 private:
  struct Known {
    std::filesystem::file_time_type time;
    std::uintmax_t bytes = 0;
    SoundPointer sound;
    bool wasRead = false;
  };
  static Known readAgain(const std::filesystem::path& file, const Known& before, const std::stop_token& stop);
  void readNext();
  void take(const std::filesystem::path& file, Known read);

  std::map<std::filesystem::path, Known> known_;
  std::vector<std::filesystem::path> waiting_;
  bool isReading_ = false;
  std::stop_source stop_;
};

}  // namespace kinescore
