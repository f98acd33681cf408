#include "engine/project/collect.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/project/media_files.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr const char* kMediaFolder = "media";
constexpr std::size_t kPieceBytes = std::size_t(4) << 20;

bool isTakeNumber(const std::string& source) { return source.find_first_not_of("0123456789") == std::string::npos; }

std::uint64_t sizeOf(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

/// Copies files side by side and takes them away again unless it is told to keep them.
class Collector {
 public:
  Collector(fs::path folder, GoOn goOn) : folder_(std::move(folder)), goOn_(std::move(goOn)) {}
  ~Collector() {
    if (isKept_) return;
    std::error_code ignored;
    for (const fs::path& file : copies_) fs::remove(file, ignored);
    if (madeFolder_) fs::remove(folder_, ignored);  // only when it is empty
  }
  void expect(const fs::path& file) { bytesToCopy_ += sizeOf(file); }
  void keep() { isKept_ = true; }
  [[nodiscard]] int count() const { return int(copies_.size()); }

  Result<fs::path> copy(const fs::path& file) {
    std::error_code error;
    madeFolder_ = fs::create_directories(folder_, error) || madeFolder_;
    if (error) return Error{ErrorCode::IoFailed, "The folder “" + folder_.string() + "” cannot be made: " + error.message() + "."};
    const Result<InputFile> from = InputFile::open(file);
    if (!from) return from.error();
    const fs::path target = freeName(file);
    Result<NewFile> to = NewFile::create(target);
    if (!to) return to.error();
    std::string piece;
    for (std::uint64_t at = 0; at < from->size(); at += piece.size()) {
      piece.resize(std::size_t(std::min<std::uint64_t>(kPieceBytes, from->size() - at)));
      if (Status read = from->readAt(at, piece); !read) return read.error();
      if (Status written = to->append(piece); !written) return written.error();
      bytesCopied_ += piece.size();
      if (goOn_ && !goOn_(double(bytesCopied_) / double(std::max<std::uint64_t>(bytesToCopy_, 1)))) {
        return Error{ErrorCode::Cancelled, "Collecting was stopped; nothing was left behind."};
      }
    }
    if (const Result<std::string> hash = to->finish(); !hash) return hash.error();
    copies_.push_back(target);
    return target;
  }

 private:
  /// “song.wav”, “song-2.wav” for another file of that name.
  [[nodiscard]] fs::path freeName(const fs::path& file) const {
    fs::path name = folder_ / file.filename();
    for (int i = 2; fs::exists(name); ++i) {
      name = folder_ / (file.stem().string() + "-" + std::to_string(i) + file.extension().string());
    }
    return name;
  }

  fs::path folder_;
  GoOn goOn_;
  std::vector<fs::path> copies_;
  bool madeFolder_ = false, isKept_ = false;
  std::uint64_t bytesToCopy_ = 0, bytesCopied_ = 0;
};

Result<Timeline> withNames(const Timeline& timeline, const std::map<std::string, std::string>& names) {
  TimelinePatch patch;
  for (const auto& track : timeline.tracks()) {
    for (const auto& clip : timeline.clipsOf(track->id)) {
      Clip changed = *clip;
      std::string* file = nullptr;
      if (auto* audio = std::get_if<AudioCondition>(&changed.condition)) file = &audio->file;
      if (auto* video = std::get_if<VideoCondition>(&changed.condition)) file = &video->file;
      if (file == nullptr) continue;
      const auto name = names.find(*file);
      if (name == names.end() || name->second == *file) continue;
      *file = name->second;
      patch.changes.push_back({clip->id, TimelineObject{*clip}, TimelineObject{std::move(changed)}});
    }
  }
  return apply(timeline, patch);
}

}  // namespace

Result<CollectedProject> collectProject(const ProjectDocument& document, const fs::path& folder, const fs::path& target,
                                        const GoOn& goOn) {
  const fs::path to = fs::absolute(target).lexically_normal();
  if (fs::exists(to) || fs::exists(takesFolderOf(to))) {
    return Error{ErrorCode::IoFailed, "“" + to.filename().string() + "” is in that folder already; choose an empty folder."};
  }
  Result<Timeline> whole = withMediaNamedFrom(document.timeline, folder, {});
  if (!whole) return whole.error();

  CollectedProject collected{to, 0, {}};
  std::vector<std::string> wanted = mediaFilesOf(*whole);
  ProjectDocument next = document;
  std::string& draft = next.settings.draft;
  if (!draft.empty() && !isTakeNumber(draft)) {
    draft = (fs::absolute(folder) / draft).lexically_normal().string();
    if (std::find(wanted.begin(), wanted.end(), draft) == wanted.end()) wanted.push_back(draft);
  }
  Collector collector(to.parent_path() / kMediaFolder, goOn);
  for (const std::string& file : wanted) collector.expect(file);
  std::map<std::string, std::string> names;
  for (const std::string& file : wanted) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) {
      collected.missing.push_back(file);
      names[file] = fs::path(file).lexically_proximate(to.parent_path()).generic_string();
      continue;
    }
    const Result<fs::path> copy = collector.copy(file);
    if (!copy) return copy.error();
    names[file] = copy->lexically_relative(to.parent_path()).generic_string();
  }
  Result<Timeline> timeline = withNames(*whole, names);
  if (!timeline) return timeline.error();
  next.timeline = *std::move(timeline);
  if (names.count(draft) != 0) draft = names[draft];
  next.name = to.stem().string();
  makeOwn(next);
  const Result<ProjectLock> lock = ProjectLock::acquire(to);
  if (!lock) return lock.error();
  if (const Result<SavedProject> saved = saveProject(next, to); !saved) return saved.error();
  collected.files = collector.count();
  collector.keep();
  return collected;
}

}  // namespace kinescore
