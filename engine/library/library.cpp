// The file: "KSLIB01\n", SHA-256 of the rest in hexadecimal and a line end, then one zstd frame
// with the length of the JSON (8 bytes, little endian), the JSON, and the motion data.
#include "engine/library/library.h"

#include <cmath>

#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/library/motion_codec.h"
#include "engine/storage/compression.h"
#include "engine/storage/json.h"

namespace kinescore {

namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "KSLIB01\n";
constexpr std::size_t kHeaderBytes = 8 + 64 + 1;
constexpr std::size_t kMaxPayloadBytes = std::size_t(1) << 30;
constexpr std::size_t kMaxClips = 100'000;
constexpr std::int64_t kMaxFrames = 4'000'000;

constexpr std::string_view kQualities[] = {"clean", "daz", "ballplay", "keyed", "no-floor"};
constexpr std::string_view kSplits[] = {"train", "val", "test", "unseen"};

template <std::size_t N>
int indexIn(const std::string_view (&names)[N], std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return int(i);
  }
  return -1;
}

Error damaged(const std::string& what) {
  return {ErrorCode::BadInput, "the motion library is damaged: " + what + " Install it again."};
}

json captionJson(const Caption& caption) {
  return json::array({caption.frames.start, caption.frames.end, caption.action, caption.textA,
                      caption.textB, caption.textC});
}

json clipJson(const LibraryClip& clip) {
  json captions = json::array();
  for (const Caption& caption : clip.captions) captions.push_back(captionJson(caption));
  return {{"id", clip.id},
          {"source", clip.source},
          {"subject", clip.subject},
          {"description", clip.description},
          {"category", clip.category},
          {"split", kSplits[std::size_t(clip.split)]},
          {"quality", kQualities[std::size_t(clip.quality)]},
          {"flat_floor", clip.flatFloor},
          {"frames", clip.motion.frameCount()},
          {"captions", std::move(captions)}};
}

Result<LibraryClip> clipFromJson(const json& j, std::int64_t& frames) {
  try {
    LibraryClip clip;
    clip.id = j.at("id").get<std::string>();
    clip.source = j.at("source").get<std::string>();
    clip.subject = j.at("subject").get<std::string>();
    clip.description = j.at("description").get<std::string>();
    clip.category = j.at("category").get<std::string>();
    const int split = indexIn(kSplits, j.at("split").get<std::string>());
    const int quality = indexIn(kQualities, j.at("quality").get<std::string>());
    if (split < 0 || quality < 0) return damaged("a clip's kind is unknown.");
    clip.split = Split(split);
    clip.quality = ClipQuality(quality);
    clip.flatFloor = j.at("flat_floor").get<bool>();
    frames = j.at("frames").get<std::int64_t>();
    if (frames < 1 || frames > kMaxFrames) return damaged("a clip's length is wrong.");
    for (const json& c : j.at("captions")) {
      Caption caption;
      caption.frames = {c.at(0).get<std::int64_t>(), c.at(1).get<std::int64_t>()};
      caption.action = c.at(2).get<std::string>();
      caption.textA = c.at(3).get<std::string>();
      caption.textB = c.at(4).get<std::string>();
      caption.textC = c.at(5).get<std::string>();
      if (caption.frames.start < 0 || caption.frames.isEmpty() || caption.frames.end > frames) {
        return damaged("a caption lies outside its clip.");
      }
      clip.captions.push_back(std::move(caption));
    }
    return clip;
  } catch (const json::exception&) {
    return damaged("the list of clips cannot be read.");
  }
}

}  // namespace

const LibraryClip* Library::findClip(std::string_view id) const {
  for (const LibraryClip& clip : clips) {
    if (clip.id == id) return &clip;
  }
  return nullptr;
}

Result<std::string> writeLibrary(const Library& library) {
  json clips = json::array();
  std::vector<const Motion*> motions;
  for (const LibraryClip& clip : library.clips) {
    if (clip.motion.jointCount() != kJointCount22 || clip.motion.rate != kEngineRate ||
        clip.motion.frameCount() < 1) {
      return Error{ErrorCode::InvalidArgument,
                   "clip " + clip.id + " is not on the engine's skeleton at 30 frames a second."};
    }
    for (const glm::vec3& root : clip.motion.rootPositions) {
      for (int a = 0; a < 3; ++a) {
        if (!(std::abs(root[a]) < kMaxRootDistance)) {
          return Error{ErrorCode::InvalidArgument, "clip " + clip.id + " leaves the world."};
        }
      }
    }
    clips.push_back(clipJson(clip));
    motions.push_back(&clip.motion);
  }
  json list{{"format", "kinescore-library"},
            {"skeleton", "kinescore22"},
            {"license_notice", library.licenseNotice},
            {"clips", std::move(clips)}};
  if (!library.userFolder.empty()) list["user_folder"] = library.userFolder;
  const std::string text = list.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string payload;
  for (int i = 0; i < 8; ++i) payload.push_back(char((std::uint64_t(text.size()) >> (8 * i)) & 0xff));
  payload += text;
  payload += encodeMotions(motions);
  if (payload.size() > kMaxPayloadBytes) {
    return Error{ErrorCode::InvalidArgument, "the motion library would be larger than 1 GiB."};
  }
  const std::string body = compressZstd(payload, 19);
  return std::string(kMagic) + sha256Hex(body) + "\n" + body;
}

Result<Library> readLibrary(std::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    if (bytes.size() > kMagic.size() && bytes.substr(0, 5) == kMagic.substr(0, 5) && bytes[7] == '\n') {
      return Error{ErrorCode::Unsupported, "the motion library was made by another version of Kinescore."};
    }
    return Error{ErrorCode::BadInput, "this is no Kinescore motion library."};
  }
  if (bytes.size() < kHeaderBytes) return damaged("it is cut off.");
  const std::string_view body = bytes.substr(kHeaderBytes);
  if (sha256Hex(body) != bytes.substr(kMagic.size(), 64)) return damaged("its checksum is wrong.");
  const Result<std::string> payload = decompressZstd(body, kMaxPayloadBytes);
  if (!payload) return damaged("it cannot be unpacked.");
  if (payload->size() < 8) return damaged("it is cut off.");
  std::uint64_t textSize = 0;
  for (int i = 0; i < 8; ++i) textSize |= std::uint64_t(std::uint8_t((*payload)[i])) << (8 * i);
  if (textSize > payload->size() - 8) return damaged("it is cut off.");
  const std::string_view text = std::string_view(*payload).substr(8, textSize);
  const Result<json> index = parseJson(text, "motion library");
  if (!index) return damaged("the list of clips cannot be read.");

  Library library;
  std::vector<std::int64_t> frames;
  try {
    if (index->at("skeleton") != "kinescore22") return damaged("it is for another skeleton.");
    library.licenseNotice = index->at("license_notice").get<std::string>();
    library.userFolder = index->value("user_folder", "");
    const json& clips = index->at("clips");
    if (!clips.is_array() || clips.size() > kMaxClips) return damaged("the list of clips is too long.");
    std::int64_t total = 0;
    for (const json& j : clips) {
      std::int64_t count = 0;
      Result<LibraryClip> clip = clipFromJson(j, count);
      if (!clip) return clip.error();
      total += count;
      if (total > kMaxFrames) return damaged("it holds too many frames.");
      frames.push_back(count);
      library.clips.push_back(std::move(*clip));
    }
  } catch (const json::exception&) {
    return damaged("the list of clips cannot be read.");
  }
  Result<std::vector<Motion>> motions = decodeMotions(std::string_view(*payload).substr(8 + textSize), frames);
  if (!motions) return damaged(motions.error().message);
  for (std::size_t i = 0; i < library.clips.size(); ++i) library.clips[i].motion = std::move((*motions)[i]);
  return library;
}

Result<Library> loadLibrary(const std::filesystem::path& path) {
  const Result<std::string> bytes = readFile(path);
  if (!bytes) return bytes.error();
  Result<Library> library = readLibrary(*bytes);
  if (!library) return library.error().withContext(path.filename().string());
  return library;
}

}  // namespace kinescore
