#include "engine/project/take_store.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/core/files.h"
#include "engine/request/take_json.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "kinescore-take";
constexpr const char* kVersion = "1";
constexpr std::uint64_t kMaxTakeBytes = std::uint64_t(512) << 20;

Error damaged(const std::string& why) { return {ErrorCode::BadInput, "The take is damaged: " + why + "."}; }

json describe(const Take& take) {
  json origins = json::array();
  for (const FrameOrigin& origin : take.origins) {
    origins.push_back(json::array({origin.frames.start, origin.frames.end, origin.takeId}));
  }
  const GeneratedMotion& result = take.result;
  json object = {{"id", take.id},
                 {"baseTake", take.baseTakeId},
                 {"name", take.name},
                 {"number", take.number},
                 {"origins", std::move(origins)},
                 {"engineVersion", take.engineVersion},
                 {"model", result.modelHash},
                 {"precision", result.precisionPath},
                 {"device", result.deviceName},
                 {"networkEvaluations", result.networkEvaluations},
                 {"seconds", std::isfinite(result.seconds) ? result.seconds : 0.0}};
  if (take.range) object["range"] = toJson(*take.range);
  return object;
}

Status readOrigins(const json& list, std::vector<FrameOrigin>& origins) {
  for (const json& item : list) {
    FrameOrigin origin;
    if (!item.is_array() || item.size() != 3 || !fromJson(item[0], origin.frames.start) ||
        !fromJson(item[1], origin.frames.end) || !fromJson(item[2], origin.takeId)) {
      return damaged("its list of origins cannot be read");
    }
    origins.push_back(std::move(origin));
  }
  return {};
}

Status readDescription(std::string_view text, Take& take) {
  const Result<json> parsed = parseJson(text, "take");
  if (!parsed) return parsed.error();
  FieldReader fields(*parsed, "the take");
  fields.require("id", take.id);
  fields.read("baseTake", take.baseTakeId);
  fields.read("name", take.name);
  fields.read("number", take.number);
  fields.read("range", take.range);
  fields.read("engineVersion", take.engineVersion);
  fields.read("model", take.result.modelHash);
  fields.read("precision", take.result.precisionPath);
  fields.read("device", take.result.deviceName);
  fields.read("networkEvaluations", take.result.networkEvaluations);
  fields.read("seconds", take.result.seconds);
  if (!fields.status()) return fields.status();
  const json* origins = fields.find("origins");
  if (origins == nullptr || !origins->is_array()) return damaged("it does not say where its frames came from");
  return readOrigins(*origins, take.origins);
}

template <class T>
void copyInto(std::vector<T>& values, const TensorView& view) {
  values.resize(view.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(static_cast<void*>(values.data()), view.bytes.data(), view.bytes.size());
}

Result<std::shared_ptr<const Motion>> readMotion(const SafetensorsFile& file) {
  const Result<TensorView> roots = file.require("root_positions", {-1, 3});
  if (!roots) return roots.error();
  const Result<TensorView> rotations = file.require("local_rotations", {roots->shape[0], kJointCount22, 4});
  if (!rotations) return rotations.error();
  if (roots->type != ElementType::F32 || rotations->type != ElementType::F32) {
    return damaged("its numbers are of the wrong type");
  }
  auto motion = std::make_shared<Motion>();
  copyInto(motion->rootPositions, *roots);
  copyInto(motion->localRotations, *rotations);
  if (file.find("contacts") != nullptr) {
    const Result<TensorView> contacts = file.require("contacts", {roots->shape[0], 4});
    if (!contacts) return contacts.error();
    if (contacts->type != ElementType::U8) return damaged("its numbers are of the wrong type");
    copyInto(motion->contacts, *contacts);
  }
  if (motion->frameCount() == 0) return damaged("it has no frames");
  return std::shared_ptr<const Motion>(std::move(motion));
}

Status checkOrigins(const Take& take) {
  std::int64_t next = 0;
  for (const FrameOrigin& origin : take.origins) {
    if (origin.frames.start != next || origin.frames.end <= next) return damaged("its origins do not add up");
    next = origin.frames.end;
  }
  return next == take.result.motion->frameCount() ? Status() : damaged("its origins do not add up");
}

}  // namespace

bool isTakeId(std::string_view id) {
  return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::filesystem::path takePath(const std::filesystem::path& takesFolder, std::string_view id) {
  return takesFolder / (std::string(id) + ".safetensors");
}

Result<std::string> writeTake(const Take& take) {
  const Motion& motion = *take.result.motion;
  const std::int64_t frames = motion.frameCount();
  const auto isFinite = [](const auto& value) {
    for (int i = 0; i < value.length(); ++i) {
      if (!std::isfinite(value[i])) return false;
    }
    return true;
  };
  if (motion.jointCount() != kJointCount22 || motion.rate != kEngineRate || frames == 0 ||
      !std::all_of(motion.rootPositions.begin(), motion.rootPositions.end(), isFinite) ||
      !std::all_of(motion.localRotations.begin(), motion.localRotations.end(), isFinite)) {
    return Error{ErrorCode::EngineFailed, "“" + take.name + "” holds no motion that can be stored; generate it again."};
  }
  const auto floatsOf = [](const auto& values) {
    return std::span(reinterpret_cast<const float*>(values.data()), values.size() * sizeof(values[0]) / sizeof(float));
  };
  SafetensorsWriter writer;
  writer.setMetadata("format", kFormat);
  writer.setMetadata("version", kVersion);
  writer.setMetadata("request", requestTextOf(take));
  writer.setMetadata("report", writeReport(take.result.report));
  writer.setMetadata("take", toText(describe(take)));
  writer.addFloats("root_positions", {frames, 3}, floatsOf(motion.rootPositions));
  writer.addFloats("local_rotations", {frames, kJointCount22, 4}, floatsOf(motion.localRotations));
  if (!motion.contacts.empty()) {
    writer.addBytes("contacts", ElementType::U8, {frames, 4}, std::string(motion.contacts.begin(), motion.contacts.end()));
  }
  return writer.write();
}

Result<std::shared_ptr<const Take>> readTake(std::string bytes) {
  const Result<SafetensorsFile> file = SafetensorsFile::read(std::move(bytes));
  if (!file) return file.error();
  const auto& metadata = file->metadata();
  const auto field = [&](const char* key) -> std::string_view {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string_view() : std::string_view(found->second);
  };
  if (field("format") != kFormat) return Error{ErrorCode::BadInput, "The file is no take of Kinescore."};
  if (field("version") != kVersion) {
    return Error{ErrorCode::Unsupported, "The take was written by a newer version of Kinescore; update to open it."};
  }
  auto take = std::make_shared<Take>();
  if (Status s = readDescription(field("take"), *take); !s) return s.error();
  Result<GenerationRequest> request = readRequest(field("request"));
  if (!request) return request.error();
  take->request = std::move(*request);
  Result<TakeReport> report = readReport(field("report"));
  if (!report) return report.error();
  take->result.report = std::move(*report);
  Result<std::shared_ptr<const Motion>> motion = readMotion(*file);
  if (!motion) return motion.error();
  take->result.motion = std::move(*motion);
  if (Status s = checkOrigins(*take); !s) return s.error();
  if (takeIdOf(*take, field("request"), field("report")) != take->id) {
    return damaged("its content is not what its name says");
  }
  return std::shared_ptr<const Take>(std::move(take));
}

Result<std::shared_ptr<const Take>> loadTake(const std::filesystem::path& takesFolder, std::string_view id) {
  if (!isTakeId(id)) return Error{ErrorCode::BadInput, "A take of the project has no proper name."};
  Result<std::string> bytes = readFile(takePath(takesFolder, id), kMaxTakeBytes);
  if (!bytes) return bytes.error();
  auto take = readTake(std::move(*bytes));
  if (take && (*take)->id != id) return damaged("it is another take than its name says");
  return take;
}

}  // namespace kinescore
