// A folder of the user's motion becomes a library beside the one that ships: what `kinescore library add` and the
// window's library panel do.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/library/user_libraries.h"

namespace kinescore {

struct AddedFolder {
  UserClips clips;
  LibraryFiles files;
};
/// What is being done, and how far it is, 0 … 1 (below 0: not known).
using FolderProgress = std::function<void(const std::string& what, double fraction)>;

/// Reads the folder, indexes its captions with the text model and puts both on `shelf` as `name`. Nothing is written when
/// it fails or is stopped.
[[nodiscard]] Result<AddedFolder> addFolderAsLibrary(const std::filesystem::path& shelf, const std::string& name,
                                                     const std::filesystem::path& folder, const FolderProgress& progress,
                                                     std::stop_token stop);

/// The folder's own name; with a number behind it where another folder's clips have that name already.
[[nodiscard]] std::string freeLibraryName(const std::filesystem::path& shelf, const std::filesystem::path& folder);

}  // namespace kinescore
