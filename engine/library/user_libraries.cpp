#include "engine/library/user_libraries.h"

#include <algorithm>
#include <cctype>

#include "engine/core/files.h"
#include "engine/library/folder_import.h"
#include "engine/library/library_check.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLongestName = 64;

bool isNameLetter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; }

LibraryFiles filesOf(const fs::path& shelf, const std::string& name) {
  return {shelf / (name + ".kslib"), shelf / (name + ".index.safetensors")};
}

fs::path wholePath(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(folder, error);
  return error ? folder.lexically_normal() : whole;
}

void append(std::vector<DatasetNote>& to, std::vector<DatasetNote>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Loops made on the spot, swimming, flying: their poses can be shown and learned from, how their feet meet the floor
/// cannot.
void freeFromFloor(Library& library, std::vector<DatasetNote>& notes) {
  for (LibraryClip& clip : library.clips) {
    if (!clip.flatFloor) continue;
    const ClipCheck onFloor = checkClip(clip);
    clip.flatFloor = false;
    if (onFloor.isGood() || !checkClip(clip).isGood()) {
      clip.flatFloor = true;
      continue;
    }
    clip.quality = ClipQuality::NoFloor;
    notes.push_back({clip.id, onFloor.reasons.front().text + ": its poses are used, its way over the floor is not"});
  }
}

}  // namespace

double UserClips::minutes() const {
  double frames = 0;
  for (const LibraryClip& clip : library.clips) frames += double(clip.motion.frameCount());
  return frames / kEngineRate.fps() / 60;
}

Result<UserClips> readUserClips(const fs::path& folder, const std::string& name,
                                const std::function<void(const DatasetProgress&)>& progress, std::stop_token stop) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return Error{ErrorCode::NotFound, "“" + folder.string() + "” is no folder."};
  if (!styleOfFolder(folder)) {
    return Error{ErrorCode::BadInput, "“" + folder.string() + "” holds no motion that can be read: put BVH files into it (or AMASS-style NPZ files)."};
  }
  DatasetOptions options;
  options.split = Split::Train;
  options.withKeyed = true;
  Result<Dataset> dataset = buildDataset(folder, options, progress, stop);
  if (!dataset) return dataset.error();
  freeFromFloor(dataset->library, dataset->report.notes);
  CheckOptions how;
  const Result<LibraryCheck> check = checkLibrary(dataset->library, how, progress, stop);
  if (!check) return check.error();

  UserClips clips;
  DatasetReport& report = dataset->report;
  clips.files = report.clipCount + int(report.failed.size() + report.skipped.size());
  clips.captionedByName = report.captionedByName;
  clips.uncaptioned = report.uncaptioned;
  clips.notes = std::move(report.notes);
  append(clips.leftOut, report.failed);
  append(clips.leftOut, report.skipped);
  clips.library = withoutRejected(std::move(dataset->library), *check, clips.leftOut);
  if (clips.library.clips.empty()) {
    return Error{ErrorCode::BadInput, "No clip of “" + folder.string() + "” can be used (" + clips.leftOut.front().clip + ": " +
                                          clips.leftOut.front().text + ")."};
  }
  clips.library.userFolder = wholePath(folder).string();
  for (LibraryClip& clip : clips.library.clips) clip.id = name + "/" + clip.id;
  return clips;
}

std::string libraryNameFor(const fs::path& folder) {
  std::string name;
  for (const char c : wholePath(folder).filename().string()) name += isNameLetter(c) ? c : '-';
  return name.substr(0, kLongestName);
}

Status checkLibraryName(const std::string& name) {
  const bool isGood = !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), isNameLetter);
  if (isGood) return {};
  return Error{ErrorCode::InvalidArgument, "“" + name + "” is no name for a library: use up to 64 letters, digits, - and _, for example --name sneaks."};
}

std::vector<LibraryFiles> addedLibraryFiles(const fs::path& shelf) {
  std::vector<LibraryFiles> found;
  std::error_code error;
  for (auto it = fs::directory_iterator(shelf, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (it->path().extension() != ".kslib" || !it->is_regular_file(ignored)) continue;
    LibraryFiles files = filesOf(shelf, it->path().stem().string());
    if (!fs::is_regular_file(files.captionIndex, ignored)) files.captionIndex.clear();
    found.push_back(std::move(files));
  }
  std::sort(found.begin(), found.end(), [](const LibraryFiles& a, const LibraryFiles& b) { return a.library < b.library; });
  return found;
}

Status checkLibraryIsFree(const fs::path& shelf, const std::string& name, const fs::path& folder) {
  std::error_code error;
  const fs::path file = filesOf(shelf, name).library;
  if (!fs::exists(file, error)) return {};
  const Result<Library> there = loadLibrary(file);
  if (!there || there->userFolder == wholePath(folder).string()) return {};  // a damaged one may be replaced
  return Error{ErrorCode::InvalidArgument, "The library “" + name + "” was added from “" + there->userFolder +
                                               "”; choose another --name, or remove it first with `kinescore library remove " + name + "`."};
}

Result<LibraryFiles> storeUserLibrary(const fs::path& shelf, const std::string& name, const Library& library,
                                      const std::optional<CaptionIndex>& index) {
  if (Status named = checkLibraryName(name); !named) return named.error();
  if (Status isFree = checkLibraryIsFree(shelf, name, library.userFolder); !isFree) return isFree.error();
  const Result<std::string> bytes = writeLibrary(library);
  if (!bytes) return bytes.error();
  std::error_code error;
  fs::create_directories(shelf, error);
  if (error) return Error{ErrorCode::IoFailed, "The folder “" + shelf.string() + "” could not be made: " + error.message() + "."};
  LibraryFiles files = filesOf(shelf, name);
  // An index that does not fit its library is left out with a warning, so stopping in between is safe.
  if (Status saved = saveFileSafely(files.library, *bytes); !saved) return saved.error();
  if (!index) {
    fs::remove(files.captionIndex, error);
    files.captionIndex.clear();
    return files;
  }
  if (Status saved = saveFileSafely(files.captionIndex, writeCaptionIndex(*index)); !saved) return saved.error();
  return files;
}

Status removeUserLibrary(const fs::path& shelf, const std::string& name) {
  if (Status named = checkLibraryName(name); !named) return named;
  const LibraryFiles files = filesOf(shelf, name);
  std::error_code error;
  if (!fs::is_regular_file(files.library, error)) {
    std::string names;
    for (const LibraryFiles& other : addedLibraryFiles(shelf)) names += (names.empty() ? "" : ", ") + other.library.stem().string();
    return Error{ErrorCode::NotFound, "There is no added library “" + name + "”; there " + (names.empty() ? "is none." : "are: " + names + ".")};
  }
  if (!fs::remove(files.library, error)) return Error{ErrorCode::IoFailed, "“" + files.library.string() + "” could not be removed: " + error.message() + "."};
  fs::remove(files.captionIndex, error);
  return {};
}

}  // namespace kinescore
