// Listening to a timeline's sound clips before a request is built: RequestOptions::sounds.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/media/sound_memory.h"

namespace kinescore {

struct HeardClips {
  std::vector<std::string> files;  // all that were asked for
  std::map<std::string, std::shared_ptr<const HeardSound>> sounds;  // by their names in the timeline
  std::vector<std::string> problems;  // a sentence for each file that cannot be heard; its clips are left out
};

/// Which recording is being listened to (its name without folders), and how much of all is done, 0 … 1.
using ListeningSink = std::function<void(const std::string& name, double fraction)>;

/// `files`: soundFilesOf a timeline, named from `folder` (the project's). What `memory` knows is not heard again, and
/// it forgets what is not among them. The only error is ErrorCode::Cancelled.
[[nodiscard]] Result<HeardClips> listenToClips(const std::vector<std::string>& files,
                                               const std::filesystem::path& folder, SoundMemory& memory,
                                               const ListeningSink& progress = {}, std::stop_token stop = {});

}  // namespace kinescore
