#include "engine/library/shards.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/core/files.h"
#include "engine/library/splits.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMaxShards = 10'000;
constexpr const char* kListName = "shards.json";

Shard describe(const fs::path& file, const Library& library) {
  Shard shard;
  shard.file = file;
  shard.clips = int(library.clips.size());
  for (const LibraryClip& clip : library.clips) {
    shard.frames += clip.motion.frameCount();
    for (const Caption& caption : clip.captions) {
      shard.actionFrames[clip.split][caption.action] += std::min(double(caption.frames.length()), kMostCountedFrames);
    }
  }
  return shard;
}

json jsonOf(const Shard& shard) {
  json actions = json::object();
  for (const auto& [split, frames] : shard.actionFrames) actions[std::string(nameOf(split))] = frames;
  return {{"file", shard.file.filename().string()}, {"clips", shard.clips}, {"frames", shard.frames}, {"action_frames", std::move(actions)}};
}

}  // namespace

std::int64_t ShardSet::frames() const {
  std::int64_t sum = 0;
  for (const Shard& shard : shards) sum += shard.frames;
  return sum;
}

Result<ShardSet> writeShards(const Library& library, const fs::path& folder, double minutesEach) {
  std::int64_t frames = 0;
  for (const LibraryClip& clip : library.clips) frames += clip.motion.frameCount();
  const double minutes = double(frames) / kEngineRate.fps() / 60;
  if (!(minutesEach > 0)) return Error{ErrorCode::InvalidArgument, "A piece must last longer than 0 minutes."};
  const auto count = std::min(std::size_t(std::max(1.0, std::round(minutes / minutesEach))), library.clips.size());
  if (count == 0) return Error{ErrorCode::BadInput, "The library holds no clips."};
  if (count > kMaxShards) return Error{ErrorCode::InvalidArgument, "That would be more than 10000 pieces; ask for longer ones."};
  std::error_code error;
  fs::create_directories(folder, error);
  if (fs::exists(folder / kListName, error)) {
    return Error{ErrorCode::InvalidArgument, folder.string() + " already holds the pieces of a library; choose another folder."};
  }
  ShardSet set;
  json list = json::array();
  for (std::size_t s = 0; s < count; ++s) {
    Library piece;
    piece.licenseNotice = library.licenseNotice;
    for (std::size_t c = s; c < library.clips.size(); c += count) piece.clips.push_back(library.clips[c]);
    const Result<std::string> bytes = writeLibrary(piece);
    if (!bytes) return bytes.error();
    char name[32];
    std::snprintf(name, sizeof name, "shard-%03zu.kslib", s);
    if (const Status saved = saveFileSafely(folder / name, *bytes); !saved) return saved.error();
    set.shards.push_back(describe(folder / name, piece));
    list.push_back(jsonOf(set.shards.back()));
  }
  const std::string text = json{{"format", "kinescore-shards"}, {"shards", std::move(list)}}.dump(1) + "\n";
  if (const Status saved = saveFileSafely(folder / kListName, text); !saved) return saved.error();
  return set;
}

Result<ShardSet> loadShards(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    const Result<Library> library = loadLibrary(path);
    if (!library) return library.error();
    return ShardSet{{describe(path, *library)}};
  }
  const Result<std::string> text = readFile(path / kListName);
  if (!text) return text.error();
  const Result<json> list = parseJson(*text, kListName);
  if (!list) return list.error();
  const Error damaged{ErrorCode::BadInput, (path / kListName).string() + " is no list of the pieces of a library."};
  ShardSet set;
  try {
    if (list->at("format") != "kinescore-shards") return damaged;
    for (const json& row : list->at("shards")) {
      Shard shard;
      const fs::path name(row.at("file").get<std::string>());
      if (name.empty() || name != name.filename() || set.shards.size() >= kMaxShards) return damaged;
      shard.file = path / name;
      shard.clips = row.at("clips").get<int>();
      shard.frames = row.at("frames").get<std::int64_t>();
      for (const auto& [split, frames] : row.at("action_frames").items()) {
        const auto named = splitNamed(split);
        if (!named) return damaged;
        for (const auto& [action, count] : frames.items()) {
          const double value = count.get<double>();
          if (!(value >= 0 && value < 1e12)) return damaged;
          shard.actionFrames[*named][action] = value;
        }
      }
      if (shard.clips < 1 || shard.frames < 1) return damaged;
      set.shards.push_back(std::move(shard));
    }
  } catch (const json::exception&) {
    return damaged;
  }
  if (set.shards.empty()) return damaged;
  return set;
}

}  // namespace kinescore
