// Recordings that were listened to, so that each is heard once. The same call for the command line and for the window.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/media/heard_sound.h"

namespace kinescore {

/// Reads and hears a file: readSoundFile and hear with their errors. `progress` hears 0 … 1.
[[nodiscard]] Result<std::shared_ptr<const HeardSound>> listenTo(const std::filesystem::path& file,
                                                                 const std::function<void(double)>& progress = {},
                                                                 std::stop_token stop = {});

/// Used by one thread at a time.
class SoundMemory {
 public:
  /// What is known of the file while its size and the time of its last change are the same; else it is listened to now,
  /// and remembered where that went well.
  [[nodiscard]] Result<std::shared_ptr<const HeardSound>> listenTo(const std::filesystem::path& file,
                                                                   const std::function<void(double)>& progress = {},
                                                                   std::stop_token stop = {});
  /// Forgets everything but these: whole recordings are large.
  void keepOnly(const std::vector<std::filesystem::path>& files);

 private:
  struct Known {
    std::filesystem::path file;
    std::filesystem::file_time_type changed;
    std::uintmax_t bytes = 0;
    std::shared_ptr<const HeardSound> heard;
  };
  std::vector<Known> known_;
};

}  // namespace kinescore
