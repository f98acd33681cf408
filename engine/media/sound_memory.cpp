#include "engine/media/sound_memory.h"

#include <algorithm>
#include <system_error>

#include "engine/media/sound_file.h"

namespace kinescore {
namespace fs = std::filesystem;

constexpr double kReadingShare = 0.3;  // of the time that listening takes

Result<std::shared_ptr<const HeardSound>> listenTo(const fs::path& file, const std::function<void(double)>& progress,
                                                   std::stop_token stop) {
  const auto show = [&](double done) {
    if (progress) progress(done);
  };
  const auto sound = readSoundFile(file, [&](double done) { show(kReadingShare * done); }, stop);
  if (!sound) return sound.error();
  auto heard = hear(*sound, file.filename().string(),
                    [&](double done) { show(kReadingShare + (1 - kReadingShare) * done); }, stop);
  if (!heard) return heard.error();
  return std::make_shared<const HeardSound>(*std::move(heard));
}

Result<std::shared_ptr<const HeardSound>> SoundMemory::listenTo(const fs::path& file,
                                                                const std::function<void(double)>& progress,
                                                                std::stop_token stop) {
  std::error_code noTime, noSize;
  const Known now{file, fs::last_write_time(file, noTime), fs::file_size(file, noSize), nullptr};
  const bool isThere = !noTime && !noSize;
  const auto known = std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.file == file; });
  if (known != known_.end()) {
    if (isThere && known->changed == now.changed && known->bytes == now.bytes) return known->heard;
    known_.erase(known);
  }
  auto heard = kinescore::listenTo(file, progress, std::move(stop));
  if (heard && isThere) {
    known_.push_back(now);
    known_.back().heard = *heard;
  }
  return heard;
}

void SoundMemory::keepOnly(const std::vector<fs::path>& files) {
  std::erase_if(known_, [&](const Known& known) {
    return std::find(files.begin(), files.end(), known.file) == files.end();
  });
}

}  // namespace kinescore
