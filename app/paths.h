// Where the program finds what it ships, and where it keeps what is the user's.
#pragma once

#include <filesystem>

#include "engine/core/result.h"

namespace kinescore {

/// KINESCORE_RESOURCES, else the first that exists of: beside the program, its source tree (when it
/// runs from the build folder), ../share/kinescore.
[[nodiscard]] Result<std::filesystem::path> resourceFolder();
[[nodiscard]] std::filesystem::path defaultWeightsFile(const std::filesystem::path& resources);
[[nodiscard]] std::filesystem::path defaultLibraryFile(const std::filesystem::path& resources);
/// The index of a library's captions, beside it; empty where there is none.
[[nodiscard]] std::filesystem::path captionIndexOf(const std::filesystem::path& library);
/// The retrieval tower beside a library; empty where there is none.
[[nodiscard]] std::filesystem::path retrievalTowerOf(const std::filesystem::path& library);
[[nodiscard]] std::filesystem::path sampleFolder(const std::filesystem::path& resources);

/// ${XDG_STATE_HOME:-~/.local/state}/kinescore, made if missing: journals, logs.
[[nodiscard]] std::filesystem::path stateFolder();
/// Motion libraries that the user added: KINESCORE_LIBRARIES, else ${XDG_DATA_HOME:-~/.local/share}/kinescore/libraries.
[[nodiscard]] std::filesystem::path userLibraryFolder();
/// ${XDG_DATA_HOME:-~/.local/share}/kinescore/models: weights that were fine-tuned here.
[[nodiscard]] std::filesystem::path userModelFolder();
/// ${XDG_CACHE_HOME:-~/.cache}/kinescore
[[nodiscard]] std::filesystem::path cacheFolder();

}  // namespace kinescore
