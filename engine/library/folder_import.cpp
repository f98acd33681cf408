#include "engine/library/folder_import.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/core/files.h"
#include "engine/io/amass.h"
#include "engine/io/humanml3d.h"
#include "engine/io/text_scanner.h"
#include "engine/library/bvh_import.h"
#include "engine/library/joint_solve.h"
#include "engine/library/manifest.h"
#include "engine/library/splits.h"
#include "engine/retarget/repair.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxClipBytes = std::uint64_t(1) << 29;
constexpr std::uint64_t kMaxTextBytes = std::uint64_t(1) << 26;
constexpr std::size_t kMaxFiles = 200'000;
constexpr std::size_t kMaxNotice = 16'384;
constexpr std::int64_t kMaxFrames = 4'000'000;  // of one library
constexpr const char* kJointFolders[] = {"new_joints", "joints", "new_joint_vecs"};

// How much HumanML3D takes off the start of some sources' files before it counts frames, seconds.
struct TakenOff {
  std::string_view source;
  double seconds;
};
constexpr TakenOff kTakenOff[] = {
    {"Eyes_Japan_Dataset", 3}, {"MPI_HDM05", 3}, {"TotalCapture", 1}, {"MPI_Limits", 1}, {"Transitions_mocap", 0.5}};

Result<std::vector<fs::path>> filesBelow(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> files;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto it = fs::recursive_directory_iterator(folder, options, error); !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (!it->is_regular_file(ignored) || !equalsIgnoringCase(it->path().extension().string(), ending)) continue;
    files.push_back(it->path().lexically_relative(folder));
    if (files.size() > kMaxFiles) return Error{ErrorCode::Unsupported, folder.string() + " holds more than 200000 files; build it in parts."};
  }
  if (error) return Error{ErrorCode::IoFailed, folder.string() + " cannot be read: " + error.message() + "."};
  std::sort(files.begin(), files.end());
  return files;
}

bool holdsMotion(const fs::path& folder) {
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error); !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const std::string ending = it->path().extension().string();
    if (ending == ".npz" || equalsIgnoringCase(ending, ".bvh")) return true;
  }
  return false;
}

std::string noticeOf(const fs::path& folder, const char* style) {
  std::string notice = std::string("Imported from a folder ") + style +
                       ". The terms under which its owner got that data hold for this library too; Kinescore knows nothing that "
                       "allows to pass it on. All motion was retargeted to one skeleton and resampled; it is not the original capture data.";
  for (const char* name : {"LICENSE", "LICENSE.txt", "LICENSE.md", "license.txt", "LICENCE"}) {
    const Result<std::string> text = readFile(folder / name, kMaxTextBytes);
    if (!text) continue;
    return notice + "\nIts " + name + ":\n" + text->substr(0, kMaxNotice);
  }
  return notice + "\nThe folder holds no licence file.";
}

// Lines of one split after the other give longer texts their own caption: three wordings each.
void addCaptions(const std::vector<CaptionLine>& lines, LibraryClip& clip) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<const CaptionLine*>> byTime;
  const std::int64_t frames = clip.motion.frameCount();
  for (const CaptionLine& line : lines) {
    FrameRange range{0, frames};
    if (!line.isOfWholeClip()) {
      range.start = std::clamp<std::int64_t>(std::llround(line.startSeconds * kEngineRate.fps()), 0, frames);
      range.end = std::clamp<std::int64_t>(std::llround(line.endSeconds * kEngineRate.fps()), 0, frames);
    }
    if (!range.isEmpty()) byTime[{range.start, range.end}].push_back(&line);
  }
  for (auto& [range, wordings] : byTime) {
    std::stable_sort(wordings.begin(), wordings.end(), [](const CaptionLine* a, const CaptionLine* b) { return a->text.size() < b->text.size(); });
    for (std::size_t i = 0; i < wordings.size(); i += 3) {
      Caption caption;
      caption.frames = {range.first, range.second};
      const auto text = [&](std::size_t k) { return i + k < wordings.size() ? wordings[i + k]->text : std::string(); };
      caption.textA = text(0);
      caption.textB = text(1);
      caption.textC = text(2);
      for (const CaptionLine* line : wordings) {
        if (caption.action.empty()) caption.action = line->verb;
      }
      if (caption.action.empty()) caption.action = "other";
      clip.captions.push_back(std::move(caption));
    }
  }
}

/// Parts of a path, none of which leads upwards.
std::vector<std::string> partsOf(const fs::path& path) {
  std::vector<std::string> parts;
  for (const fs::path& part : path.lexically_normal()) {
    if (part != "." && part != ".." && part != "/") parts.push_back(part.string());
  }
  return parts;
}

class Importer {
 public:
  Importer(const fs::path& folder, const DatasetOptions& options) : folder_(folder), options_(options) {}

  struct Origin {
    std::string source, subject;
    bool operator==(const Origin&) const = default;
  };

  /// SOURCE/SUBJECT/… of a file below `folder`. Files that lie flat count as one subject, so that no
  /// subject is ever split.
  static Origin originOf(const fs::path& file, const fs::path& folder) {
    const std::vector<std::string> parts = partsOf(file);
    const std::string name = (folder / "").lexically_normal().parent_path().filename().string();
    if (parts.size() >= 3) return {parts[0], parts[1]};
    return {name, parts.size() == 2 ? parts[0] : name};
  }

  Result<Motion> loadAmass(const fs::path& file, const fs::path& below) {
    if (file == lastFile_) return last_;
    const Result<std::string> bytes = readFile(below / file, kMaxClipBytes);
    if (!bytes) return bytes.error();
    if (!looksLikeAmass(*bytes)) return Error{ErrorCode::Unsupported, file.string() + " holds no motion of the SMPL body."};
    Result<Motion> motion = readAmass(*bytes, file.string());
    if (!motion) return motion;
    lastFile_ = file;
    last_ = *motion;
    return motion;
  }

  /// Null when it could not be retargeted; that is in the report then.
  LibraryClip* add(std::string id, const Origin& origin, std::optional<Split> split, const MappedClip& mapped, const std::vector<CaptionLine>& captions,
           const std::string& description) {
    Result<Motion> motion = retargetAlone(mapped);
    if (!motion) {
      fail(id, motion.error());
      return nullptr;
    }
    limitHands(*motion);
    if (const int jumps = easeJumps(*motion, kFinalJumpRule); jumps > 0) {
      dataset_.report.notes.push_back({id, std::to_string(jumps) + " joint jumps eased"});
    }
    LibraryClip clip;
    clip.id = std::move(id);
    clip.source = origin.source;
    clip.subject = origin.subject;
    clip.description = description;
    clip.category = "imported";
    clip.split = options_.split ? *options_.split : split ? *split : splitOfSubject(origin.source, origin.subject);
    clip.motion = std::move(*motion);
    addCaptions(captions, clip);
    frames_ += clip.motion.frameCount();
    dataset_.report.minutes += double(clip.motion.frameCount()) / kEngineRate.fps() / 60;
    ++dataset_.report.clipCount;
    dataset_.library.clips.push_back(std::move(clip));
    return &dataset_.library.clips.back();
  }
  void dropLast() {
    const std::int64_t frames = dataset_.library.clips.back().motion.frameCount();
    frames_ -= frames;
    dataset_.report.minutes -= double(frames) / kEngineRate.fps() / 60;
    --dataset_.report.clipCount;
    dataset_.library.clips.pop_back();
  }

  void fail(const std::string& id, const Error& error) { dataset_.report.failed.push_back({id, error.message}); }
  void skip(const std::string& id, std::string reason) { dataset_.report.skipped.push_back({id, std::move(reason)}); }
  [[nodiscard]] bool isFull() const { return frames_ > kMaxFrames; }
  [[nodiscard]] bool isWanted(const std::string& id) const {
    return options_.onlyClips.empty() || std::find(options_.onlyClips.begin(), options_.onlyClips.end(), id) != options_.onlyClips.end();
  }
  Dataset& dataset() { return dataset_; }

 private:
  fs::path folder_;
  DatasetOptions options_;
  Dataset dataset_;
  fs::path lastFile_;  // several clips of an index are parts of one file
  Motion last_;
  std::int64_t frames_ = 0;
};

using Progress = std::function<void(const DatasetProgress&)>;
const Error kStopped{ErrorCode::Cancelled, "the building of the data set was stopped."};
const Error kTooLong{ErrorCode::Unsupported, "The folder holds more than 37 hours of motion; build it in parts."};

using CaptionTable = std::map<std::string, std::vector<CaptionRow>>;

/// captions.csv at the top of a tree; empty where there is none.
Result<CaptionTable> captionTableOf(const fs::path& folder) {
  const Result<std::string> text = readFile(folder / "captions.csv", kMaxTextBytes);
  return text ? parseCaptions(*text) : Result<CaptionTable>(CaptionTable{});
}

void addCaptionRows(const std::vector<CaptionRow>& rows, LibraryClip& clip) {
  for (const CaptionRow& row : rows) {
    const auto frame = [&](double seconds) {
      return std::clamp<std::int64_t>(std::llround(seconds * kEngineRate.fps()), 0, clip.motion.frameCount());
    };
    const FrameRange range{frame(row.startSeconds), frame(row.endSeconds)};
    if (!range.isEmpty()) clip.captions.push_back({range, row.action, row.textA, row.textB, row.textC});
  }
}

void importNpz(Importer& importer, const fs::path& folder, const fs::path& file, const std::string& id, const CaptionTable& captions) {
  const Result<Motion> motion = importer.loadAmass(file, folder);
  if (!motion) {
    if (motion.error().code == ErrorCode::Unsupported) importer.skip(id, motion.error().message);
    else importer.fail(id, motion.error());
    return;
  }
  LibraryClip* clip = importer.add(id, Importer::originOf(file, folder), std::nullopt, mapAngles(*motion), {}, file.stem().string());
  const auto found = captions.find(id);
  if (clip && found != captions.end()) addCaptionRows(found->second, *clip);
}

/// What a BVH file's clip does: the table's rows, else the text beside it, else the words of its name.
Status captionBvh(Importer& importer, const fs::path& path, const CaptionTable& captions, LibraryClip& clip) {
  if (const auto found = captions.find(clip.id); found != captions.end()) {
    addCaptionRows(found->second, clip);
    return {};
  }
  if (const fs::path beside = captionFileBeside(path); !beside.empty()) {
    const Result<std::string> text = readFile(beside, kMaxTextBytes);
    if (!text) return text.error();
    const auto lines = readCaptionLines(*text, beside.filename().string());
    if (!lines) return lines.error();
    addCaptions(*lines, clip);
    return {};
  }
  const std::string words = captionFromFileName(path);
  if (words.empty()) {
    ++importer.dataset().report.uncaptioned;
    return {};
  }
  addCaptions({{words, {}, 0, 0}}, clip);
  ++importer.dataset().report.captionedByName;
  return {};
}

void importBvhFile(Importer& importer, const fs::path& folder, const fs::path& file, const std::string& id, const CaptionTable& captions) {
  const Result<std::string> bytes = readFile(folder / file, kMaxClipBytes);
  if (!bytes) return importer.fail(id, bytes.error());
  const Result<ImportedBvh> bvh = importBvh(*bytes, file.filename().string());
  if (!bvh) return importer.fail(id, bvh.error());
  LibraryClip* clip = importer.add(id, Importer::originOf(file, folder), std::nullopt, bvh->clip, {}, file.stem().string());
  if (!clip) return;
  for (const std::string& note : bvh->notes) importer.dataset().report.notes.push_back({id, note});
  if (const Status captioned = captionBvh(importer, folder / file, captions, *clip); !captioned) {
    importer.dropLast();
    importer.fail(id, captioned.error());
  }
}

Status importTree(Importer& importer, const fs::path& folder, const Progress& progress, const std::stop_token& stop) {
  const Result<std::vector<fs::path>> archives = filesBelow(folder, ".npz");
  if (!archives) return archives.error();
  const Result<std::vector<fs::path>> bvhs = filesBelow(folder, ".bvh");
  if (!bvhs) return bvhs.error();
  const Result<CaptionTable> captions = captionTableOf(folder);
  if (!captions) return captions.error();
  const int count = int(archives->size() + bvhs->size());
  int done = 0;
  for (const bool isBvh : {false, true}) {
    for (const fs::path& file : isBvh ? *bvhs : *archives) {
      if (stop.stop_requested()) return kStopped;
      if (importer.isFull()) return kTooLong;
      const std::string id = fs::path(file).replace_extension().generic_string();
      if (progress) progress({done++, count, id});
      if (!importer.isWanted(id)) continue;
      (isBvh ? importBvhFile : importNpz)(importer, folder, file, id, *captions);
    }
  }
  return {};
}

/// A row of index.csv: which part of an AMASS file a clip is.
struct IndexRow {
  fs::path file;  // below the AMASS folder
  Importer::Origin origin;
  std::int64_t start = 0, end = 0;  // frames of 20 a second, after what is taken off
};

Result<std::map<std::string, IndexRow>> readIndex(const fs::path& folder) {
  std::map<std::string, IndexRow> index;
  std::error_code error;
  if (!fs::exists(folder / "index.csv", error)) return index;
  const Result<std::string> text = readFile(folder / "index.csv", kMaxTextBytes);
  if (!text) return text.error();
  const auto rows = parseCsv(*text);
  const std::vector<std::string> expected = {"source_path", "start_frame", "end_frame", "new_name"};
  if (rows.empty() || rows[0] != expected) {
    return Error{ErrorCode::BadInput, "index.csv must begin with the line source_path,start_frame,end_frame,new_name."};
  }
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const auto start = rows[r].size() == 4 ? parseNumber(rows[r][1]) : std::nullopt;
    const auto end = rows[r].size() == 4 ? parseNumber(rows[r][2]) : std::nullopt;
    if (!start || !end || !(*start >= 0 && *start < 1e8) || !(*end > -2 && *end < 1e8)) {
      return Error{ErrorCode::BadInput, "index.csv, row " + std::to_string(r + 1) + ": a path, two frames and a name are expected."};
    }
    std::vector<std::string> parts = partsOf(rows[r][0]);
    if (!parts.empty() && parts[0] == "pose_data") parts.erase(parts.begin());
    IndexRow row;
    for (const std::string& part : parts) row.file /= part;
    row.file.replace_extension(".npz");
    if (parts.size() >= 3) row.origin = {parts[0], parts[1]};
    row.start = std::int64_t(*start);
    row.end = std::int64_t(*end);
    index[fs::path(rows[r][3]).stem().string()] = std::move(row);
  }
  return index;
}

std::map<std::string, Split> readSplitLists(const fs::path& folder) {
  std::map<std::string, Split> splits;
  for (const Split split : {Split::Train, Split::Val, Split::Test}) {
    const Result<std::string> text = readFile(folder / (std::string(nameOf(split)) + ".txt"), kMaxTextBytes);
    if (!text) continue;
    for (std::size_t at = 0; at < text->size();) {
      const std::size_t end = std::min(text->find_first_of("\r\n", at), text->size());
      if (end > at) splits[text->substr(at, end - at)] = split;
      at = end + 1;
    }
  }
  return splits;
}

fs::path jointFileOf(const fs::path& folder, const std::string& id) {
  std::error_code error;
  for (const char* joints : kJointFolders) {
    fs::path file = fs::path(joints) / (id + ".npy");
    if (fs::exists(folder / file, error)) return file;
  }
  return {};
}

Result<MappedClip> partOfAmass(Importer& importer, const IndexRow& row, const fs::path& amass) {
  const Result<Motion> whole = importer.loadAmass(row.file, amass);
  if (!whole) return whole.error();
  double offset = 0;
  for (const TakenOff& entry : kTakenOff) {
    if (entry.source == row.origin.source) offset = entry.seconds;
  }
  const double fps = whole->rate.fps(), twenty = kHumanMl3dRate.fps();
  const auto frameAt = [&](std::int64_t f) { return std::int64_t(std::llround((offset + double(f) / twenty) * fps)); };
  const FrameRange part{frameAt(row.start), row.end > row.start ? std::min(frameAt(row.end), whole->frameCount()) : whole->frameCount()};
  if (part.start >= part.end) return Error{ErrorCode::BadInput, row.file.string() + " ends before its part begins."};
  return mapAngles(whole->slice(part));
}

Status importHumanMl3d(Importer& importer, const fs::path& folder, const fs::path& amass, const Progress& progress,
                       const std::stop_token& stop) {
  const Result<std::vector<fs::path>> texts = filesBelow(folder / "texts", ".txt");
  if (!texts) return texts.error();
  const auto index = readIndex(folder);
  if (!index) return index.error();
  const std::map<std::string, Split> splits = readSplitLists(folder);
  std::set<std::string> ids;
  for (const fs::path& text : *texts) ids.insert(text.stem().string());
  int done = 0;
  bool areSubjectsUnknown = false;
  for (const std::string& id : ids) {
    if (stop.stop_requested()) return kStopped;
    if (importer.isFull()) return kTooLong;
    if (progress) progress({done++, int(ids.size()), id});
    if (!importer.isWanted(id)) continue;
    if (id.size() > 1 && id[0] == 'M' && ids.contains(id.substr(1))) {
      importer.skip(id, "it is the mirror image of " + id.substr(1) + "; the trainer makes its own");
      continue;
    }
    const std::string textName = "texts/" + id + ".txt";
    const Result<std::string> text = readFile(folder / textName, kMaxTextBytes);
    if (!text) {
      importer.fail(id, text.error());
      continue;
    }
    const auto lines = readCaptionLines(*text, textName);
    if (!lines) {
      importer.fail(id, lines.error());
      continue;
    }
    const auto row = index->find(id);
    const fs::path joints = jointFileOf(folder, id);
    Result<MappedClip> mapped = Error{ErrorCode::NotFound, "its motion is in none of the folders new_joints, joints and new_joint_vecs" +
                                                               std::string(amass.empty() ? ", and no AMASS folder was given." : ".")};
    if (!joints.empty()) {
      const Result<std::string> bytes = readFile(folder / joints, kMaxClipBytes);
      const Result<JointPositions> positions = bytes ? readJointPositions(*bytes, joints.generic_string()) : Result<JointPositions>(bytes.error());
      mapped = positions ? mapJointPositions(*positions, kHumanMl3dRate) : Result<MappedClip>(positions.error());
    } else if (!amass.empty() && row != index->end()) {
      mapped = partOfAmass(importer, row->second, amass);
    }
    if (!mapped) {
      importer.fail(id, mapped.error());
      continue;
    }
    Importer::Origin origin = row == index->end() ? Importer::Origin{} : row->second.origin;
    if (origin.source.empty()) {
      origin = {"HumanML3D", id};
      areSubjectsUnknown = true;
    }
    const auto split = splits.find(id);
    importer.add(id, origin, split == splits.end() ? std::nullopt : std::optional(split->second), *mapped, *lines, lines->front().text);
  }
  if (areSubjectsUnknown) {
    importer.dataset().report.notes.push_back({"index.csv", "there is none, or not for every clip: subjects are not known, so such clips count as subjects of their own"});
  }
  return {};
}

}  // namespace

std::optional<FolderStyle> styleOfFolder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "manifest.csv", error)) return FolderStyle::Manifest;
  if (fs::is_directory(folder / "texts", error)) return FolderStyle::HumanMl3d;
  if (fs::is_directory(folder, error) && holdsMotion(folder)) return FolderStyle::Tree;
  return std::nullopt;
}

Result<Dataset> importFolder(const fs::path& folder, FolderStyle style, const DatasetOptions& options, const Progress& progress,
                             std::stop_token stop) {
  Importer importer(folder, options);
  const bool isTree = style == FolderStyle::Tree;
  const Status done = isTree ? importTree(importer, folder, progress, stop) : importHumanMl3d(importer, folder, options.amass, progress, stop);
  if (!done) return done.error();
  Dataset& dataset = importer.dataset();
  if (dataset.library.clips.empty()) {
    const auto& bad = dataset.report.failed.empty() ? dataset.report.skipped : dataset.report.failed;
    const std::string why = bad.empty() ? "there is none" : bad.front().clip + ": " + bad.front().text;
    return Error{ErrorCode::BadInput, "No clip could be used (" + why + ")."};
  }
  dataset.library.licenseNotice = noticeOf(folder, isTree ? "of motion files" : "in the manner of HumanML3D");
  return std::move(dataset);
}

}  // namespace kinescore
