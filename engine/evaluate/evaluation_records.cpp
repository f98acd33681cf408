#include "engine/evaluate/evaluation_records.h"

#include <cmath>
#include <cstdio>

#include "engine/core/files.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr const char* kFormat = "kinescore-evaluation-run-1";

// Fewer digits than a double has, the same for all: files stay small and bits do not matter here.
double brief(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10.0, 7 - std::ceil(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}
Json briefList(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double v : values) list.push_back(brief(v));
  return list;
}

Json jsonOf(const MotionRecord& m) {
  Json verdicts = Json::array();
  for (const Verdict& v : m.verdicts) verdicts.push_back({v.right, brief(v.recall)});
  return {{"skate", {brief(m.skate.millimetres), m.skate.low, m.skate.fast, m.skate.pairs}},
          {"jerk", {brief(m.jerk.mean), brief(m.jerk.p95)}},
          {"novelty", briefList(m.novelty)},
          {"mbench", briefList({m.mbench.begin(), m.mbench.end()})},
          {"verdicts", verdicts}};
}

MotionRecord motionFrom(const Json& json) {
  MotionRecord m;
  const Json& skate = json.at("skate");
  m.skate = {skate.at(0), skate.at(1), skate.at(2), skate.at(3)};
  m.jerk = {json.at("jerk").at(0), json.at("jerk").at(1)};
  m.novelty = json.at("novelty").get<std::vector<double>>();
  for (std::size_t i = 0; i < m.mbench.size(); ++i) m.mbench[i] = json.at("mbench").at(i);
  for (const Json& v : json.at("verdicts")) m.verdicts.push_back({v.at(0).get<int>(), v.at(1).get<double>()});
  return m;
}

Json listOf(const std::vector<MotionRecord>& motions) {
  Json list = Json::array();
  for (const MotionRecord& m : motions) list.push_back(jsonOf(m));
  return list;
}

StretchRecord stretchFrom(const Json& json) {
  StretchRecord r;
  r.clip = json.at("clip");
  r.action = json.at("action");
  r.isClean = json.at("clean");
  r.pools = json.at("pools");
  for (const Json& m : json.at("before")) r.before.push_back(motionFrom(m));
  for (const Json& m : json.at("after")) r.after.push_back(motionFrom(m));
  r.diversityBefore = json.at("diversity").at(0);
  r.diversityAfter = json.at("diversity").at(1);
  return r;
}

InbetweenRecord inbetweenFrom(const Json& json) {
  return {json.at("clip"),
          json.at("slerp"),
          json.at("squad"),
          json.at("sampled_before").get<std::vector<double>>(),
          json.at("sampled_after").get<std::vector<double>>(),
          json.at("estimated").at(0),
          json.at("estimated").at(1)};
}

Json jsonOf(const KeyFigures& k) {
  return {brief(k.poseMetres), brief(k.targetMetres), brief(k.jerkNear), brief(k.jerkClip)};
}
KeyFigures keyFiguresFrom(const Json& json) { return {json.at(0), json.at(1), json.at(2), json.at(3)}; }

KeysRecord keysFrom(const Json& json) {
  KeysRecord r;
  r.clip = json.at("clip");
  for (const Json& k : json.at("before")) r.before.push_back(keyFiguresFrom(k));
  for (const Json& k : json.at("after")) r.after.push_back(keyFiguresFrom(k));
  r.real = keyFiguresFrom(json.at("real"));
  return r;
}

PathRecord pathFrom(const Json& json) {
  return {json.at("clip"), json.at("drawn"), json.at("before").get<std::vector<double>>(), json.at("after").get<std::vector<double>>()};
}

template <class Record>
Record clipWithFigures(const Json& json) {
  return {json.at("clip"), json.at("before").get<std::vector<double>>(), json.at("after").get<std::vector<double>>()};
}

}  // namespace

const char* nameOf(Column column) {
  switch (column) {
    case Column::Copy: return "copy";
    case Column::Plain: return "plain";
    case Column::Referenced: return "referenced";
    case Column::Real: return "real";
  }
  return "";
}

bool EvaluationHeader::isSameQuestion(const EvaluationHeader& o) const {
  return split == o.split && manifestHash == o.manifestHash && evaluatorHash == o.evaluatorHash && limit == o.limit;
}

nlohmann::json jsonFrom(const EvaluationHeader& h) {
  return {{"format", kFormat},       {"split", h.split},
          {"manifest", h.manifestHash}, {"model", h.modelHash},
          {"evaluators", h.evaluatorHash}, {"evaluator_set", h.evaluatorSet},
          {"quality", h.quality},    {"device", h.deviceName},
          {"precision", h.precisionPath}, {"limit", h.limit},
          {"pool_size", h.poolSize}, {"bootstraps", h.bootstraps},
          {"bootstrap_seed", h.bootstrapSeed}, {"known_actions", h.knownActions},
          {"guidance", h.guidance},  {"beginnings", h.beginnings}};
}

nlohmann::json jsonFrom(const StretchRecord& r) {
  return {{"clip", r.clip},   {"action", r.action}, {"clean", r.isClean}, {"pools", r.pools}, {"before", listOf(r.before)},
          {"after", listOf(r.after)}, {"diversity", {brief(r.diversityBefore), brief(r.diversityAfter)}}};
}

nlohmann::json jsonFrom(const InbetweenRecord& r) {
  return {{"clip", r.clip},
          {"slerp", brief(r.slerp)},
          {"squad", brief(r.squad)},
          {"sampled_before", briefList(r.sampledBefore)},
          {"sampled_after", briefList(r.sampledAfter)},
          {"estimated", {brief(r.estimatedBefore), brief(r.estimatedAfter)}}};
}

nlohmann::json jsonFrom(const KeysRecord& r) {
  Json json{{"clip", r.clip}, {"before", Json::array()}, {"after", Json::array()}, {"real", jsonOf(r.real)}};
  for (const KeyFigures& k : r.before) json["before"].push_back(jsonOf(k));
  for (const KeyFigures& k : r.after) json["after"].push_back(jsonOf(k));
  return json;
}

nlohmann::json jsonFrom(const PathRecord& r) {
  return {{"clip", r.clip}, {"drawn", r.isDrawn}, {"before", briefList(r.before)}, {"after", briefList(r.after)}};
}

nlohmann::json jsonFrom(const ViewRecord& r) {
  return {{"clip", r.clip}, {"before", briefList(r.before)}, {"after", briefList(r.after)}};
}

nlohmann::json jsonFrom(const BeatRecord& r) {
  return {{"clip", r.clip}, {"before", briefList(r.before)}, {"after", briefList(r.after)}};
}

fs::path headerFile(const fs::path& folder) { return folder / "run.json"; }

fs::path itemFile(const fs::path& folder, const std::string& kind, int number) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "-%03d", number);
  return folder / "items" / (kind + digits + ".json");
}

Result<EvaluationRecords> loadEvaluation(const fs::path& folder) {
  EvaluationRecords records;
  std::error_code ignored;
  if (!fs::exists(headerFile(folder), ignored)) {
    return Error{ErrorCode::NotFound, "There is no evaluation in “" + folder.string() + "”."};
  }
  auto bytes = readFile(headerFile(folder), 1 << 20);
  if (!bytes) return bytes.error();
  auto header = parseJson(*bytes, "evaluation in “" + folder.string() + "”");
  if (!header) return header.error();
  const auto damaged = [](const fs::path& file) {
    return Error{ErrorCode::BadInput, "“" + file.string() + "” is not a part of an evaluation; remove it to have it measured again."};
  };
  try {
    if (header->at("format") != kFormat) return damaged(headerFile(folder));
    EvaluationHeader& h = records.header;
    h.split = header->at("split");
    h.manifestHash = header->at("manifest");
    h.modelHash = header->at("model");
    h.evaluatorHash = header->at("evaluators");
    h.evaluatorSet = header->at("evaluator_set");
    h.quality = header->at("quality");
    h.deviceName = header->at("device");
    h.precisionPath = header->at("precision");
    h.limit = header->at("limit");
    h.poolSize = header->at("pool_size");
    h.bootstraps = header->at("bootstraps");
    h.bootstrapSeed = header->at("bootstrap_seed");
    h.knownActions = header->at("known_actions");
    h.guidance = header->value("guidance", h.guidance);
    h.beginnings = header->value("beginnings", h.beginnings);
  } catch (const Json::exception&) {
    return damaged(headerFile(folder));
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "items", ignored)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  for (const fs::path& file : files) {
    const std::string stem = file.stem().string();
    const auto dash = stem.rfind('-');
    int number = -1;
    if (dash == std::string::npos || std::sscanf(stem.c_str() + dash + 1, "%d", &number) != 1 || number < 0) return damaged(file);
    const std::string kind = stem.substr(0, dash);
    auto itemBytes = readFile(file, 64 << 20);
    if (!itemBytes) return itemBytes.error();
    auto json = parseJson(*itemBytes, "item of an evaluation");
    if (!json) return damaged(file);
    try {
      if (kind == kInbetweenKind) records.inbetweens[number] = inbetweenFrom(*json);
      else if (kind == kKeysKind) records.keys[number] = keysFrom(*json);
      else if (kind == kPathKind) records.paths[number] = pathFrom(*json);
      else if (kind == kViewKind) records.views[number] = clipWithFigures<ViewRecord>(*json);
      else if (kind == kBeatKind) records.beats[number] = clipWithFigures<BeatRecord>(*json);
      else {
        bool isKnown = false;
        for (const Column column : kColumns) {
          if (kind != nameOf(column)) continue;
          records.stretches[column][number] = stretchFrom(*json);
          isKnown = true;
        }
        if (!isKnown) return damaged(file);
      }
    } catch (const Json::exception&) {
      return damaged(file);
    }
  }
  return records;
}

}  // namespace kinescore
