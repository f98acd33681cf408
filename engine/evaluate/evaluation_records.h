// Figures of every stretch, in-between, key and path of one evaluation, a file each, so that a run that was
// stopped goes on and two runs can be compared without performing anything again.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"
#include "engine/evaluate/motion_measures.h"
#include "engine/generation/samplers.h"

namespace kinescore {

/// Who made a motion. Copy: the train stretch whose caption is nearest; no network at all.
enum class Column { Copy, Plain, Referenced, Real };
constexpr std::array<Column, 4> kColumns = {Column::Copy, Column::Plain, Column::Referenced, Column::Real};
[[nodiscard]] const char* nameOf(Column column);  // "copy", "plain", "referenced", "real"

enum class Stage { Before, After };  // the solver

/// What one evaluator says of a motion.
struct Verdict {
  int right = -1;        // names the action: 1 or 0; -1: too few train stretches for the action to count
  double recall = 0;     // share of the stretch's pools in which its caption is among the best three
};

struct MotionRecord {
  SkateSums skate;
  JerkFigures jerk;
  std::vector<double> novelty;   // a second each, metres
  std::array<double, 5> mbench{};
  std::vector<Verdict> verdicts; // an evaluator each
};

struct StretchRecord {
  std::string clip, action;
  bool isClean = false;          // clean capture on a flat floor: feet and jerk count
  int pools = 0;                 // in which its caption is the right one
  std::vector<MotionRecord> before, after;  // a seed each; of captures `after` alone, one
  double diversityBefore = -1, diversityAfter = -1;  // m; < 0: not measured
};

struct InbetweenRecord {
  std::string clip;
  double slerp = 0, squad = 0;                      // m, joints in the world, frames that were not given
  std::vector<double> sampledBefore, sampledAfter;  // a seed each
  double estimatedBefore = 0, estimatedAfter = 0;
};

struct KeyFigures {
  double poseMetres = 0, targetMetres = 0;  // mean joint of all poses; mean of all targets; at their own times
  double jerkNear = 0, jerkClip = 0;        // within 5 frames of any of them; mean
};
struct KeysRecord {
  std::string clip;
  std::vector<KeyFigures> before, after;    // a seed each
  KeyFigures real;
};

struct PathRecord {
  std::string clip;                         // "drawn …" for a drawn one
  bool isDrawn = false;
  std::vector<double> before, after;        // a seed each: m, smoothed root from the path
};

struct ViewRecord {
  std::string clip;
  std::vector<double> before, after;        // a camera each: m, see alignedViewDistance
};
struct BeatRecord {
  std::string clip;
  std::vector<double> before, after;        // a seed each: see beatGain
};

/// What a run is about; a folder holds one.
struct EvaluationHeader {
  std::string split, manifestHash, modelHash, evaluatorHash, evaluatorSet, quality;
  std::string deviceName, precisionPath;    // told, not compared
  int limit = 0;                            // 0: everything
  int poolSize = 32, bootstraps = 2000;
  std::uint64_t bootstrapSeed = 0;
  int knownActions = 0;                     // classes that accuracy is over
  double guidance = Guidance{}.textScale;   // by text
  int beginnings = 1;                       // of a window, of which the retrieval tower chooses one
  [[nodiscard]] bool isSameQuestion(const EvaluationHeader& other) const;  // all but the model and the machine
};

struct EvaluationRecords {
  EvaluationHeader header;
  std::map<Column, std::map<int, StretchRecord>> stretches;  // by number in the manifest
  std::map<int, InbetweenRecord> inbetweens;
  std::map<int, KeysRecord> keys;
  std::map<int, PathRecord> paths;
  std::map<int, ViewRecord> views;
  std::map<int, BeatRecord> beats;
};

[[nodiscard]] nlohmann::json jsonFrom(const EvaluationHeader& header);
[[nodiscard]] nlohmann::json jsonFrom(const StretchRecord& record);
[[nodiscard]] nlohmann::json jsonFrom(const InbetweenRecord& record);
[[nodiscard]] nlohmann::json jsonFrom(const KeysRecord& record);
[[nodiscard]] nlohmann::json jsonFrom(const PathRecord& record);
[[nodiscard]] nlohmann::json jsonFrom(const ViewRecord& record);
[[nodiscard]] nlohmann::json jsonFrom(const BeatRecord& record);

/// Names of files in a run's folder: "run.json", "items/plain-017.json" …
[[nodiscard]] std::filesystem::path headerFile(const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path itemFile(const std::filesystem::path& folder, const std::string& kind, int number);
constexpr const char* kInbetweenKind = "in-between";
constexpr const char* kKeysKind = "keys";
constexpr const char* kPathKind = "path";
constexpr const char* kViewKind = "view";
constexpr const char* kBeatKind = "beat";

/// Everything a folder holds so far. A missing header is NotFound; a damaged item is one sentence.
[[nodiscard]] Result<EvaluationRecords> loadEvaluation(const std::filesystem::path& folder);

}  // namespace kinescore
