// A user's own folders of motion as references: each becomes a small library with its index in the user's
// data folder, beside nobody else's, and is looked through together with the library that ships.
//
//   libraries/sneaks.kslib, libraries/sneaks.index.safetensors
//
// Its clips are called "sneaks/subfolder/file", so that no id is there twice.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/library/dataset_builder.h"
#include "engine/library/library_shelf.h"

namespace kinescore {

/// A folder's clips, retargeted and checked; all of the split to train on.
struct UserClips {
  Library library;
  int files = 0;                         // that were looked at
  int captionedByName = 0, uncaptioned = 0;  // of those that were read
  std::vector<DatasetNote> leftOut;      // unreadable or rejected, a sentence each
  std::vector<DatasetNote> notes;        // what was mended or assumed
  [[nodiscard]] double minutes() const;
};
/// A bad file is left out with its reason; nothing left is an error.
[[nodiscard]] Result<UserClips> readUserClips(const std::filesystem::path& folder, const std::string& name,
                                              const std::function<void(const DatasetProgress&)>& progress = {},
                                              std::stop_token stop = {});

/// Letters, digits, - and _ of the folder's own name.
[[nodiscard]] std::string libraryNameFor(const std::filesystem::path& folder);
/// Nothing but those, and not empty.
[[nodiscard]] Status checkLibraryName(const std::string& name);

/// All that lie in `shelf`, by name. A missing folder holds none; a damaged file is in the list.
[[nodiscard]] std::vector<LibraryFiles> addedLibraryFiles(const std::filesystem::path& shelf);

/// Writes library and index. A library of that name from the same folder is replaced; from another folder it
/// is an error. Without an index (nothing is captioned) prompts find nothing in it; its clips can be pinned.
[[nodiscard]] Result<LibraryFiles> storeUserLibrary(const std::filesystem::path& shelf, const std::string& name,
                                                    const Library& library, const std::optional<CaptionIndex>& index);
/// An error when the name is taken by another folder's clips: asked before the long work.
[[nodiscard]] Status checkLibraryIsFree(const std::filesystem::path& shelf, const std::string& name,
                                        const std::filesystem::path& folder);
[[nodiscard]] Status removeUserLibrary(const std::filesystem::path& shelf, const std::string& name);

}  // namespace kinescore
