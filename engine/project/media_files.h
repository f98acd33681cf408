// The files of sound and video that clips name. On disk a project names them from its own folder, so
// that both can be moved together and no machine's paths stand in it; in memory, where clips go from
// one project to another, they are named in full.
//
//   const auto whole = withMediaNamedFrom(timeline, "/shots/old", {});
//   for (const std::string& file : missingMedia(*whole, {})) offer(file);
//   document.edit("Relink media", relinkMedia(timeline, {}, file, "/elsewhere/walk.mp4"));
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/timeline/patch.h"

namespace kinescore {

/// Each name once, in the order of tracks and clips.
[[nodiscard]] std::vector<std::string> mediaFilesOf(const Timeline& timeline);

/// The same files, named from the folder `to` instead of from `from`; an empty folder names them in full. Clips
/// without a file stay without.
[[nodiscard]] Result<Timeline> withMediaNamedFrom(const Timeline& timeline, const std::filesystem::path& from,
                                                  const std::filesystem::path& to);

/// Those that are not there, named as in the timeline.
[[nodiscard]] std::vector<std::string> missingMedia(const Timeline& timeline, const std::filesystem::path& folder);

/// Every clip that names `file` names `found` from now on; and what else is missing is looked for around `found`
/// as it lay around `file`. Locked clips go along: what is said of them stays the same.
[[nodiscard]] Result<TimelinePatch> relinkMedia(const Timeline& timeline, const std::filesystem::path& folder,
                                                const std::string& file, const std::filesystem::path& found);

}  // namespace kinescore
