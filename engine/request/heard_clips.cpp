#include "engine/request/heard_clips.h"

namespace kinescore {

Result<HeardClips> listenToClips(const std::vector<std::string>& files, const std::filesystem::path& folder,
                                 SoundMemory& memory, const ListeningSink& progress, std::stop_token stop) {
  HeardClips clips;
  clips.files = files;
  std::vector<std::filesystem::path> paths;
  for (const std::string& file : files) paths.push_back(folder / file);
  memory.keepOnly(paths);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto show = [&](double done) {
      if (progress) progress(paths[i].filename().string(), (double(i) + done) / double(files.size()));
    };
    auto heard = memory.listenTo(paths[i], show, stop);
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Listening was stopped."};
    if (heard)
      clips.sounds[files[i]] = *std::move(heard);
    else
      clips.problems.push_back("The sound clip is left out: " + heard.error().message);
  }
  return clips;
}

}  // namespace kinescore
