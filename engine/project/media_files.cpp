#include "engine/project/media_files.h"

#include <algorithm>
#include <functional>
#include <map>

namespace kinescore {
namespace fs = std::filesystem;
namespace {

/// The name of a clip's file; null for clips that have none.
std::string* fileOf(Clip& clip) {
  if (auto* audio = std::get_if<AudioCondition>(&clip.condition)) return &audio->file;
  if (auto* video = std::get_if<VideoCondition>(&clip.condition)) return &video->file;
  return nullptr;
}

void forEachFile(const Timeline& timeline, const std::function<void(const Clip&, const std::string&)>& visit) {
  for (const auto& track : timeline.tracks()) {
    if (track->kind != TrackKind::Audio && track->kind != TrackKind::Video) continue;
    for (const auto& clip : timeline.clipsOf(track->id)) {
      Clip copy = *clip;
      if (const std::string* file = fileOf(copy); file != nullptr && !file->empty()) visit(*clip, *file);
    }
  }
}

fs::path wholePath(const fs::path& folder, const fs::path& file) {
  return (fs::absolute(folder.empty() ? fs::path(".") : folder) / file).lexically_normal();
}

/// `whole` as it is named from `folder`.
std::string nameFrom(const fs::path& folder, const fs::path& whole) {
  if (folder.empty()) return whole.string();
  return whole.lexically_proximate(fs::absolute(folder).lexically_normal()).generic_string();
}

TimelinePatch renamed(const Timeline& timeline, const std::function<std::string(const std::string&)>& nameOf) {
  TimelinePatch patch;
  forEachFile(timeline, [&](const Clip& clip, const std::string& file) {
    Clip changed = clip;
    *fileOf(changed) = nameOf(file);
    if (changed != clip) patch.changes.push_back({clip.id, TimelineObject{clip}, TimelineObject{std::move(changed)}});
  });
  return patch;
}

bool isThere(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

}  // namespace

std::vector<std::string> mediaFilesOf(const Timeline& timeline) {
  std::vector<std::string> files;
  forEachFile(timeline, [&](const Clip&, const std::string& file) {
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  });
  return files;
}

Result<Timeline> withMediaNamedFrom(const Timeline& timeline, const fs::path& from, const fs::path& to) {
  return apply(timeline, renamed(timeline, [&](const std::string& file) { return nameFrom(to, wholePath(from, file)); }));
}

std::vector<std::string> missingMedia(const Timeline& timeline, const fs::path& folder) {
  std::vector<std::string> files = mediaFilesOf(timeline);
  std::erase_if(files, [&](const std::string& file) { return isThere(wholePath(folder, file)); });
  return files;
}

Result<TimelinePatch> relinkMedia(const Timeline& timeline, const fs::path& folder, const std::string& file,
                                  const fs::path& found) {
  const std::vector<std::string> files = mediaFilesOf(timeline);
  if (std::find(files.begin(), files.end(), file) == files.end()) {
    return Error{ErrorCode::InvalidArgument, "No clip names “" + fs::path(file).filename().string() + "”."};
  }
  const fs::path to = wholePath({}, found);
  if (!isThere(to)) return Error{ErrorCode::NotFound, "“" + found.filename().string() + "” is not there."};
  const fs::path oldFolder = wholePath(folder, file).parent_path();
  std::map<std::string, std::string> names{{file, nameFrom(folder, to)}};
  for (const std::string& other : missingMedia(timeline, folder)) {
    if (other == file) continue;
    const fs::path place = (to.parent_path() / wholePath(folder, other).lexically_proximate(oldFolder)).lexically_normal();
    if (isThere(place)) names.emplace(other, nameFrom(folder, place));
  }
  TimelinePatch patch = renamed(timeline, [&](const std::string& name) {
    const auto next = names.find(name);
    return next == names.end() ? name : next->second;
  });
  if (const Result<Timeline> tried = apply(timeline, patch); !tried) return tried.error();
  return patch;
}

}  // namespace kinescore
