// What `generate` is given to hear and to see: beats, and points found in video.
#pragma once

#include <stop_token>

#include "app/generate_command.h"
#include "engine/core/result.h"
#include "engine/media/heard_sound.h"
#include "engine/request/heard_clips.h"
#include "engine/request/request.h"

namespace kinescore {

/// "120", "96.5@0.25": over the whole of `span`.
[[nodiscard]] Result<RhythmRequest> rhythmFrom(const std::string& text, TimeRange span);
/// A recording that was heard, and the second of it that lies at the start of the performance.
struct HeardMusic {
  std::shared_ptr<const HeardSound> sound;
  double start = 0;
  [[nodiscard]] double secondsLeft() const { return double(sound->frames()) / kHeardRate - start; }
};
/// "song.mp3", "song.mp3@12.5". A file whose whole name has an @ in it is meant first.
[[nodiscard]] Result<HeardMusic> musicFrom(const std::string& text, std::stop_token stop);
/// Reads and hears a file, with a live line on stderr.
[[nodiscard]] Result<std::shared_ptr<const HeardSound>> listenWithLine(const std::filesystem::path& file,
                                                                       std::stop_token stop);
/// The sound clips of a timeline, in the same way; files are named from `folder`.
[[nodiscard]] Result<HeardClips> listenToClipsWithLine(const Timeline& timeline, const std::filesystem::path& folder,
                                                       std::stop_token stop);
/// The folder of options.keypoints, from the start of the performance.
[[nodiscard]] Result<ViewRequest> viewFrom(const GenerateOptions& options);

}  // namespace kinescore
