#include "engine/library/dataset_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/library/clip_loader.h"
#include "engine/library/folder_import.h"
#include "engine/library/manifest.h"
#include "engine/library/splits.h"
#include "engine/retarget/foot_lock.h"
#include "engine/retarget/repair.h"
#include "engine/retarget/retarget.h"

namespace kinescore {

namespace {

// dy/dz of capture floors that were not level, by actor (a plane through the still stances).
struct FloorSlope {
  std::string_view subject;
  double slope;
};
constexpr std::array<FloorSlope, 12> kFloorSlopes = {{
    {"02", 0.0163}, {"05", 0.0078}, {"06", 0.0077}, {"07", 0.0199}, {"08", 0.0186}, {"46", 0.0170},
    {"43", 0.0065}, {"10", -0.0081}, {"49", -0.0083}, {"12", -0.0076}, {"37", -0.0069}, {"135", -0.0065},
}};

// Still poses that no flag tells.
constexpr std::array<std::string_view, 3> kStillClips = {"cmu_127_01", "cmu_135_08", "cmu_49_15"};

// Clips that begin with something else than the performance, seconds.
struct LateStart {
  std::string_view clip;
  double seconds;
};
constexpr std::array<LateStart, 1> kLateStarts = {{{"cmu_03_02", 0.5}}};

bool isUneven(const ManifestRow& row) {
  return row.source == "CMU" &&
         (row.category == "climb" || row.subject == "01" || row.subject == "03" || row.id == "cmu_14_33" ||
          row.id == "cmu_14_34" || row.id == "cmu_14_35");
}

bool isKeyed(const ManifestRow& row) { return row.source == "CC0" || row.format == "glb"; }

std::string reasonToSkip(const ManifestRow& row, const DatasetOptions& options) {
  if (isKeyed(row) && !options.withKeyed) return "keyed animation is not used for training";
  if (options.withFlagged) return {};
  if (row.hasFlag("retimed_240f")) return "its timing was changed by its source";
  if (row.hasFlag("duplicate_of") || row.hasFlag("duplicate_name")) return "it repeats another clip";
  if (row.hasFlag("static_pose") ||
      std::find(kStillClips.begin(), kStillClips.end(), row.id) != kStillClips.end()) {
    return "it is a still pose";
  }
  return {};
}

double slopeOf(const ManifestRow& row, SourceFamily family) {
  if (family != SourceFamily::Asf) return 0;
  for (const FloorSlope& entry : kFloorSlopes) {
    if (entry.subject == row.subject) return entry.slope;
  }
  return 0;
}

// Who shares one slant of the feet. The Daz figure was fitted anew to each trial.
std::string calibrationGroup(const ManifestRow& row, SourceFamily family) {
  const std::string name(nameOf(family));
  if (family == SourceFamily::Daz) return name + " " + row.id;
  if (family == SourceFamily::Asf || family == SourceFamily::Bvh31 || family == SourceFamily::Bvh131) {
    return name + " " + row.subject;
  }
  return name;
}

ClipQuality qualityOf(const ManifestRow& row, SourceFamily family) {
  if (isKeyed(row)) return ClipQuality::Keyed;
  if (isUneven(row)) return ClipQuality::NoFloor;
  switch (family) {
    case SourceFamily::BallPlay: return ClipQuality::BallPlay;
    case SourceFamily::Daz:
    case SourceFamily::DazFbx:
    case SourceFamily::Neo22: return ClipQuality::Daz;
    default: return ClipQuality::Clean;
  }
}

Result<Split> splitOf(const ManifestRow& row, const DatasetOptions& options) {
  if (options.split) return *options.split;
  if (row.split.empty()) return splitOfSubject(row.source, row.subject);
  const std::optional<Split> split = splitNamed(row.split);
  if (!split) return Error{ErrorCode::BadInput, "its split “" + row.split + "” is unknown."};
  return *split;
}

std::vector<Caption> captionsOf(const std::vector<CaptionRow>& rows, std::int64_t droppedFrames,
                                std::int64_t frameCount) {
  std::vector<Caption> captions;
  for (const CaptionRow& row : rows) {
    Caption caption;
    const auto frame = [&](double seconds) {
      return std::clamp(std::int64_t(std::llround(seconds * kEngineRate.fps())) - droppedFrames,
                        std::int64_t(0), frameCount);
    };
    caption.frames = {frame(row.startSeconds), frame(row.endSeconds)};
    if (caption.frames.isEmpty()) continue;
    caption.action = row.action;
    caption.textA = row.textA;
    caption.textB = row.textB;
    caption.textC = row.textC;
    captions.push_back(std::move(caption));
  }
  return captions;
}

struct Prepared {
  const ManifestRow* row;
  MappedClip mapped;
  StanceSamples stance;
  std::string group;
};

class Builder {
 public:
  Builder(const std::filesystem::path& folder, const DatasetOptions& options) : options_(options), loader_(folder) {}

  // First half: reading and mapping; the feet's slant needs all clips of an actor.
  void prepare(const ManifestRow& row) {
    Result<LoadedClip> loaded = loader_.load(row);
    if (!loaded) return fail(row, loaded.error());
    const auto family = findSourceFamily(*loaded->source.skeleton);
    if (family) levelFloor(loaded->source, slopeOf(row, *family));
    Result<MappedClip> mapped = mapClip(loaded->source, row.floorHeight);
    if (!mapped) return fail(row, mapped.error());
    for (std::string& note : loaded->notes) dataset_.report.notes.push_back({row.id, std::move(note)});
    Prepared clip{&row, std::move(*mapped), {}, calibrationGroup(row, *family)};
    clip.stance = findStance(clip.mapped);
    (isUneven(row) ? unevenStances_ : stances_)[clip.group].append(clip.stance);
    if (*family == SourceFamily::Asf && !isUneven(row)) {
      const float floor = clip.mapped.scale * float(row.floorHeight);
      for (float height : clip.stance.ankleHeights) roomHeights_[clip.group].ankles.push_back(height + floor);
      for (float height : clip.stance.toeHeights) roomHeights_[clip.group].toes.push_back(height + floor);
    }
    prepared_.push_back(std::move(clip));
  }

  void finish(Prepared& clip, const std::vector<CaptionRow>& captions) {
    const ManifestRow& row = *clip.row;
    const RetargetOptions how{isUneven(row), flatElsewhere(clip)};
    Result<Motion> motion = retarget(clip.mapped, clip.stance, calibrationOf(clip), how);
    if (!motion) return fail(row, motion.error());
    limitHands(*motion);
    if (const int jumps = easeJumps(*motion, kFinalJumpRule); jumps > 0) {
      dataset_.report.notes.push_back({row.id, std::to_string(jumps) + " joint jumps eased"});
    }
    std::int64_t dropped = 0;
    for (const LateStart& late : kLateStarts) {
      if (late.clip == row.id) dropped = std::llround(late.seconds * kEngineRate.fps());
    }
    if (dropped >= motion->frameCount()) return fail(row, {ErrorCode::BadInput, "nothing is left of it."});
    if (dropped > 0) *motion = motion->slice({dropped, motion->frameCount()});
    LibraryClip out;
    out.id = row.id;
    out.source = row.source;
    out.subject = row.subject;
    out.description = row.description;
    out.category = row.category;
    const Result<Split> split = splitOf(row, options_);
    if (!split) return fail(row, split.error());
    out.split = *split;
    out.quality = qualityOf(row, clip.mapped.family);
    out.flatFloor = !isUneven(row);
    if (clip.mapped.family == SourceFamily::Daz && out.flatFloor) lockFeet(*motion);
    out.motion = std::move(*motion);
    out.captions = captionsOf(captions, dropped, out.motion.frameCount());
    dataset_.report.minutes += double(out.motion.frameCount()) / kEngineRate.fps() / 60;
    ++dataset_.report.clipCount;
    dataset_.library.clips.push_back(std::move(out));
    clip.mapped = {};  // its memory is not needed any more
  }

  void fail(const ManifestRow& row, const Error& error) {
    dataset_.report.failed.push_back({row.id, error.message});
  }
  void skip(const ManifestRow& row, std::string reason) {
    dataset_.report.skipped.push_back({row.id, std::move(reason)});
  }
  std::vector<Prepared>& prepared() { return prepared_; }
  Dataset& dataset() { return dataset_; }

 private:
  FootCalibration calibrationOf(const Prepared& clip) {
    if (clip.mapped.family == SourceFamily::Mesh2MotionBase || clip.mapped.family == SourceFamily::Mesh2MotionAddon) {
      FootCalibration bindPose;  // their feet are level by alignment
      bindPose.footLength = calibrateFeet(stances_[clip.group]).footLength;
      return bindPose;
    }
    const StanceSamples& level = stances_[clip.group];
    return calibrateFeet(level.count() > 0 ? level : unevenStances_[clip.group]);
  }

  // One room, one floor: where an actor's feet stand in the other trials.
  std::optional<FlatHeights> flatElsewhere(const Prepared& clip) const {
    const auto room = roomHeights_.find(clip.group);
    if (room == roomHeights_.end() || int(room->second.ankles.size()) < kFewStanceSamples) return std::nullopt;
    const float floor = clip.mapped.scale * float(clip.row->floorHeight);
    return FlatHeights{percentile(room->second.ankles, 0.5) - floor, percentile(room->second.toes, 0.5) - floor};
  }

  struct RoomHeights {
    std::vector<float> ankles, toes;
  };

  DatasetOptions options_;
  ClipLoader loader_;
  Dataset dataset_;
  std::vector<Prepared> prepared_;
  std::map<std::string, StanceSamples> stances_;
  std::map<std::string, StanceSamples> unevenStances_;
  std::map<std::string, RoomHeights> roomHeights_;  // above the source's origin
};

bool isPackedBeside(const std::filesystem::path& folder, const std::string& file) {
  const std::filesystem::path first = *std::filesystem::path(file).begin();
  std::error_code error;
  return std::filesystem::exists(folder / (first.string() + ".tar.xz"), error);
}

}  // namespace

Result<Dataset> buildDataset(const std::filesystem::path& folder, const DatasetOptions& options,
                             const std::function<void(const DatasetProgress&)>& progress,
                             std::stop_token stop) {
  const std::optional<FolderStyle> style = styleOfFolder(folder);
  if (style && *style != FolderStyle::Manifest) return importFolder(folder, *style, options, progress, stop);
  const Result<std::string> manifestText = readFile(folder / "manifest.csv");
  if (!manifestText) return manifestText.error();
  const Result<std::vector<ManifestRow>> manifest = parseManifest(*manifestText);
  if (!manifest) return manifest.error();
  const Result<std::string> captionText = readFile(folder / "captions.csv");
  if (!captionText) return captionText.error();
  const auto captions = parseCaptions(*captionText);
  if (!captions) return captions.error();

  Builder builder(folder, options);
  std::vector<const ManifestRow*> wanted;
  for (const ManifestRow& row : *manifest) {
    if (!options.onlyClips.empty() &&
        std::find(options.onlyClips.begin(), options.onlyClips.end(), row.id) == options.onlyClips.end()) {
      continue;
    }
    if (std::string reason = reasonToSkip(row, options); !reason.empty()) {
      builder.skip(row, std::move(reason));
      continue;
    }
    std::error_code error;
    if (!std::filesystem::exists(folder / row.file, error) && isPackedBeside(folder, row.file)) {
      const std::string archive = std::filesystem::path(row.file).begin()->string() + ".tar.xz";
      return Error{ErrorCode::NotFound, row.file + " is still packed: unpack " + archive +
                                            " in its folder (tar xf " + archive + ") and try again."};
    }
    wanted.push_back(&row);
  }

  const int total = int(wanted.size()) * 2;
  int done = 0;
  const Error stopped{ErrorCode::Cancelled, "the building of the data set was stopped."};
  for (const ManifestRow* row : wanted) {
    if (stop.stop_requested()) return stopped;
    if (progress) progress({done, total, row->id});
    builder.prepare(*row);
    ++done;
  }
  static const std::vector<CaptionRow> kNone;
  for (Prepared& clip : builder.prepared()) {
    if (stop.stop_requested()) return stopped;
    if (progress) progress({done, total, clip.row->id});
    const auto found = captions->find(clip.row->id);
    builder.finish(clip, found == captions->end() ? kNone : found->second);
    ++done;
  }
  if (progress) progress({total, total, {}});
  Dataset& dataset = builder.dataset();
  if (dataset.library.clips.empty()) {
    const std::string why = dataset.report.failed.empty()
                                ? "no clip of the manifest was asked for"
                                : dataset.report.failed.front().clip + ": " + dataset.report.failed.front().text;
    return Error{ErrorCode::BadInput, "No clip could be used (" + why + ")."};
  }
  dataset.library.licenseNotice = datasetLicenseNotice();
  return std::move(dataset);
}

}  // namespace kinescore
