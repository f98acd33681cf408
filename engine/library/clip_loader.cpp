#include "engine/library/clip_loader.h"

#include <array>
#include <cmath>

#include "engine/core/files.h"
#include "engine/io/ballplay.h"
#include "engine/io/bvh.h"
#include "engine/retarget/repair.h"

namespace kinescore {

namespace {

// Tracking jumps found by looking at the clips, seconds.
struct TrackingJump {
  std::string_view clip;
  double start;
  double end;
};
constexpr std::array<TrackingJump, 5> kTrackingJumps = {{
    {"cmu_60_09", 6.3, 6.5},
    {"cmu_60_10", 5.0, 5.2},
    {"cmu_60_10", 5.9, 6.1},
    {"cmu_60_13", 10.3, 10.4},
    {"cmu_60_15", 12.0, 12.2},
}};

FrameRate rateOf(double fps) { return {int(std::lround(fps)), 1}; }

}  // namespace

ClipLoader::ClipLoader(std::filesystem::path folder) : folder_(std::move(folder)) {}

Result<std::string> ClipLoader::readInside(const std::filesystem::path& file) const {
  const std::filesystem::path plain = file.lexically_normal();
  if (plain.is_absolute() || plain.empty() || *plain.begin() == "..") {
    return Error{ErrorCode::BadInput, "its file lies outside the folder."};
  }
  return readFile(folder_ / plain);
}

Result<Motion> ClipLoader::loadAmc(const ManifestRow& row, const std::string& bytes) {
  const std::filesystem::path file(row.file);
  const std::string_view named = asfNameInAmc(bytes);
  if (named.empty()) return Error{ErrorCode::BadInput, row.file + " does not name its ASF skeleton in the first line."};
  const std::string path = (file.parent_path() / std::string(named)).generic_string();
  auto known = asfSkeletons_.find(path);
  if (known == asfSkeletons_.end()) {
    const Result<std::string> text = readInside(path);
    if (!text) return text.error();
    Result<AsfSkeleton> asf = readAsf(*text, path, row.metresPerUnit);
    if (!asf) return asf.error();
    known = asfSkeletons_.emplace(path, std::move(*asf)).first;
  }
  return readAmc(bytes, row.file, known->second, row.metresPerUnit, rateOf(row.fps));
}

Result<Motion> ClipLoader::loadBallPlay(const ManifestRow& row, const std::string& bytes) {
  if (!ballPlaySkeleton_) {
    const std::string path = (std::filesystem::path(row.file).parent_path() / "skeleton.json").generic_string();
    const Result<std::string> text = readInside(path);
    if (!text) return text.error();
    Result<std::shared_ptr<const Skeleton>> skeleton = readBallPlaySkeleton(*text, path);
    if (!skeleton) return skeleton.error();
    ballPlaySkeleton_ = std::move(*skeleton);
  }
  return readBallPlay(bytes, row.file, ballPlaySkeleton_);
}

Result<SourceClip> ClipLoader::loadGlb(const ManifestRow& row) {
  if (!glb_ || glbName_ != row.file) {
    const Result<std::string> bytes = readInside(row.file);
    if (!bytes) return bytes.error();
    Result<GlbFile> file = readGlbAnimations(*bytes, row.file);
    if (!file) return file.error();
    glb_ = std::make_unique<GlbFile>(std::move(*file));
    glbName_ = row.file;
  }
  Result<GlbMotion> motion = sampleGlbAnimation(*glb_, row.clip, {60, 1});
  if (!motion) return motion.error();
  return SourceClip{motion->skeleton, motion->rate, std::move(motion->positions), std::move(motion->rotations)};
}

Result<LoadedClip> ClipLoader::load(const ManifestRow& row) {
  LoadedClip loaded;
  if (row.format == "glb") {
    Result<SourceClip> clip = loadGlb(row);
    if (!clip) return clip.error();
    loaded.source = std::move(*clip);
    return loaded;
  }
  const Result<std::string> bytes = readInside(row.file);
  if (!bytes) return bytes.error();
  Result<Motion> motion = Error{ErrorCode::Unsupported, "the format “" + row.format + "” is unknown."};
  if (row.format == "amc") {
    motion = loadAmc(row, *bytes);
  } else if (row.format == "npz") {
    motion = loadBallPlay(row, *bytes);
  } else if (row.format == "bvh") {
    const Result<BvhFile> file = readBvh(*bytes, row.file);
    if (!file) return file.error();
    for (const std::string& warning : file->warnings) loaded.notes.push_back(warning);
    motion = motionFromBvh(*file, row.metresPerUnit);
    if (motion) motion->rate = rateOf(row.fps);
  }
  if (!motion) return motion.error();
  if (motion->frameCount() < 1) return Error{ErrorCode::BadInput, "the clip has no frames."};

  const int spikes = removeSpikes(*motion);
  if (spikes > 0) loaded.notes.push_back(std::to_string(spikes) + " joint spikes removed");
  if (const int leaps = bridgeRootJumps(*motion); leaps > 0) {
    loaded.notes.push_back(std::to_string(leaps) + " leaps of the whole body bridged");
  }
  const int jumps = easeJumps(*motion, sourceJumpRule(motion->rate));
  if (jumps > 0) loaded.notes.push_back(std::to_string(jumps) + " joint jumps eased");
  for (const TrackingJump& jump : kTrackingJumps) {
    if (jump.clip != row.id) continue;
    bridgeFrames(*motion, std::int64_t(jump.start * motion->rate.fps()) - 1,
                 std::int64_t(jump.end * motion->rate.fps()) + 1);
    loaded.notes.push_back("a tracking jump bridged");
  }
  loaded.source = sourceFromMotion(*motion);
  return loaded;
}

}  // namespace kinescore
