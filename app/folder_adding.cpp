#include "app/folder_adding.h"

#include <algorithm>
#include <optional>

#include "app/caption_embedding.h"
#include "app/paths.h"

namespace kinescore {
namespace {

constexpr int kMostNames = 100;

bool hasCaptions(const Library& library) {
  return std::any_of(library.clips.begin(), library.clips.end(), [](const LibraryClip& clip) { return !clip.captions.empty(); });
}

}  // namespace

Result<AddedFolder> addFolderAsLibrary(const std::filesystem::path& shelf, const std::string& name,
                                       const std::filesystem::path& folder, const FolderProgress& progress,
                                       std::stop_token stop) {
  if (const Status named = checkLibraryName(name); !named) return named.error();
  if (const Status isFree = checkLibraryIsFree(shelf, name, folder); !isFree) return isFree.error();
  Result<UserClips> clips = readUserClips(
      folder, name,
      [&](const DatasetProgress& p) {
        progress("Reading clip " + std::to_string(p.done + 1) + " of " + std::to_string(p.total) + ": " + p.clip,
                 p.total ? double(p.done) / p.total : -1);
      },
      stop);
  if (!clips) return clips.error();
  std::optional<CaptionIndex> index;
  if (hasCaptions(clips->library)) {
    const auto resources = resourceFolder();
    const std::filesystem::path tower = resources ? retrievalTowerOf(defaultLibraryFile(*resources)) : std::filesystem::path();
    Result<CaptionIndex> made =
        indexWithTextModel(clips->library, tower, [&](double fraction) { progress("Reading captions", fraction); }, stop);
    if (!made) return made.error();
    index = std::move(*made);
  }
  Result<LibraryFiles> files = storeUserLibrary(shelf, name, clips->library, index);
  if (!files) return files.error();
  return AddedFolder{std::move(*clips), std::move(*files)};
}

std::string freeLibraryName(const std::filesystem::path& shelf, const std::filesystem::path& folder) {
  const std::string own = libraryNameFor(folder);
  std::string name = own;
  for (int number = 2; number < kMostNames && !checkLibraryIsFree(shelf, name, folder); ++number) {
    name = own + "-" + std::to_string(number);
  }
  return name;
}

}  // namespace kinescore
