#include "engine/timeline/json_fields.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/motion/skeleton.h"

namespace kinescore {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxStringBytes = std::size_t(1) << 20;

template <int N, class Vector>
json componentsToJson(const Vector& vector) {
  json list = json::array();
  for (int i = 0; i < N; ++i) list.push_back(toJson(vector[i]));
  return list;
}

template <int N>
std::optional<std::array<float, N>> floatsFromJson(const json& list) {
  if (!list.is_array() || list.size() != N) return std::nullopt;
  std::array<float, N> values{};
  for (int i = 0; i < N; ++i) {
    if (!fromJson(list[i], values[i])) return std::nullopt;
  }
  return values;
}

std::optional<std::pair<std::int64_t, std::int64_t>> pairFromJson(const json& list) {
  std::pair<std::int64_t, std::int64_t> value;
  if (!list.is_array() || list.size() != 2) return std::nullopt;
  if (!fromJson(list[0], value.first) || !fromJson(list[1], value.second)) return std::nullopt;
  return value;
}

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<const char*, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (name == names[i]) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

constexpr std::array<const char*, 8> kTrackKindNames = {
    "text", "part-text", "audio", "video", "pose", "path", "contact", "reference"};
constexpr std::array<const char*, 6> kBodyPartNames = {"whole", "left-arm", "right-arm",
                                                       "head",  "spine",    "legs"};
constexpr std::array<const char*, 4> kContactNames = {"left-ankle", "left-toe", "right-ankle",
                                                      "right-toe"};

/// The version a newer program wrote stays in what it wrote.
bool isNewerVersion(const std::string& key, const json& theirs, const json& ours) {
  return (key == "version" || key == "minorVersion") && theirs.is_number() && ours < theirs;
}

json unknownPart(const json& read, const json& known) {
  json unknown = json::object();
  for (const auto& [key, value] : read.items()) {
    const auto ours = known.find(key);
    if (ours == known.end()) {
      unknown[key] = value;
    } else if (isNewerVersion(key, value, *ours)) {
      unknown[key] = value;
    } else if (value.is_object() && ours->is_object()) {
      json inner = unknownPart(value, *ours);
      if (!inner.empty()) unknown[key] = std::move(inner);
    }
  }
  return unknown;
}

void addUnknownPart(json& known, const json& unknown) {
  for (const auto& [key, value] : unknown.items()) {
    const auto ours = known.find(key);
    if (ours == known.end()) {
      known[key] = value;
    } else if (isNewerVersion(key, value, *ours)) {
      *ours = value;
    } else if (value.is_object() && ours->is_object()) {
      addUnknownPart(*ours, value);
    }
  }
}

}  // namespace

json toJson(float value) {
  // A double that prints with few digits and still becomes the same float.
  std::array<char, 48> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  double shortest = value;
  std::from_chars(text.data(), end, shortest);
  return static_cast<float>(shortest) == value ? shortest : double(value);
}
json toJson(Ticks value) { return value.value; }
json toJson(TimeRange value) { return json::array({value.start.value, value.end.value}); }
json toJson(FrameRange value) { return json::array({value.start, value.end}); }
json toJson(FrameRate value) { return json::array({value.numerator, value.denominator}); }
json toJson(const glm::vec2& value) { return componentsToJson<2>(value); }
json toJson(const glm::vec3& value) { return componentsToJson<3>(value); }
json toJson(const glm::quat& q) {
  return json::array({toJson(q.w), toJson(q.x), toJson(q.y), toJson(q.z)});
}

json toJson(const Pose& pose) {
  const Skeleton& skeleton = *kinescore22();
  json rotations = json::object();
  for (std::size_t j = 0; j < pose.localRotations.size() && j < kJointCount22; ++j) {
    rotations[skeleton.jointNames[j]] = toJson(pose.localRotations[j]);
  }
  return {{"root", toJson(pose.rootPosition)}, {"rotations", std::move(rotations)}};
}

json toJson(const StrengthEnvelope& envelope) {
  json list = json::array();
  for (const EnvelopePoint& point : envelope.points) {
    list.push_back(json::array({point.time.value, toJson(point.value)}));
  }
  return list;
}

json toJson(const PathPoint& point) {
  json object = {{"time", point.time.value}, {"position", toJson(point.position)}};
  if (point.heading) object["heading"] = toJson(*point.heading);
  return object;
}

json toJson(const std::vector<PathPoint>& points) {
  json list = json::array();
  for (const PathPoint& point : points) list.push_back(toJson(point));
  return list;
}

bool fromJson(const json& j, bool& value) {
  if (!j.is_boolean()) return false;
  value = j.get<bool>();
  return true;
}

bool fromJson(const json& j, std::int64_t& value) {
  if (!j.is_number_integer()) return false;
  if (j.is_number_unsigned() &&
      j.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
    return false;
  }
  value = j.get<std::int64_t>();
  return true;
}

bool fromJson(const json& j, int& value) {
  std::int64_t wide = 0;
  if (!fromJson(j, wide) || wide < std::numeric_limits<int>::min() ||
      wide > std::numeric_limits<int>::max()) {
    return false;
  }
  value = static_cast<int>(wide);
  return true;
}

bool fromJson(const json& j, std::uint64_t& value) {
  if (!j.is_number_integer() || (!j.is_number_unsigned() && j.get<std::int64_t>() < 0)) return false;
  value = j.get<std::uint64_t>();
  return true;
}

bool fromJson(const json& j, double& value) {
  if (!j.is_number() || !std::isfinite(j.get<double>())) return false;
  value = j.get<double>();
  return true;
}

bool fromJson(const json& j, float& value) {
  double wide = 0;
  if (!fromJson(j, wide) || std::abs(wide) > std::numeric_limits<float>::max()) return false;
  value = static_cast<float>(wide);
  return true;
}

bool fromJson(const json& j, std::string& value) {
  if (!j.is_string() || j.get_ref<const std::string&>().size() > kMaxStringBytes) return false;
  value = j.get<std::string>();
  return true;
}

bool fromJson(const json& j, ObjectId& value) { return fromJson(j, value.value); }
bool fromJson(const json& j, Ticks& value) { return fromJson(j, value.value); }

bool fromJson(const json& j, TimeRange& value) {
  const auto pair = pairFromJson(j);
  if (pair) value = {{pair->first}, {pair->second}};
  return pair.has_value();
}

bool fromJson(const json& j, FrameRange& value) {
  const auto pair = pairFromJson(j);
  if (pair) value = {pair->first, pair->second};
  return pair.has_value();
}

bool fromJson(const json& j, FrameRate& value) {
  FrameRate rate;
  if (!j.is_array() || j.size() != 2 || !fromJson(j[0], rate.numerator) ||
      !fromJson(j[1], rate.denominator)) {
    return false;
  }
  value = rate;
  return true;
}

bool fromJson(const json& j, glm::vec2& value) {
  const auto c = floatsFromJson<2>(j);
  if (c) value = {(*c)[0], (*c)[1]};
  return c.has_value();
}

bool fromJson(const json& j, glm::vec3& value) {
  const auto c = floatsFromJson<3>(j);
  if (c) value = {(*c)[0], (*c)[1], (*c)[2]};
  return c.has_value();
}

bool fromJson(const json& j, glm::quat& value) {
  const auto c = floatsFromJson<4>(j);
  if (c) value = glm::quat((*c)[0], (*c)[1], (*c)[2], (*c)[3]);
  return c.has_value();
}

bool fromJson(const json& j, Pose& value) {
  if (!j.is_object() || !j.contains("root") || !j.contains("rotations")) return false;
  const Skeleton& skeleton = *kinescore22();
  Pose pose = restPose(skeleton);
  const json& rotations = j["rotations"];
  if (!rotations.is_object() || !fromJson(j["root"], pose.rootPosition)) return false;
  for (int joint = 0; joint < skeleton.jointCount(); ++joint) {
    const auto found = rotations.find(skeleton.jointNames[joint]);
    if (found == rotations.end() || !fromJson(*found, pose.localRotations[joint])) return false;
  }
  value = std::move(pose);
  return true;
}

bool fromJson(const json& j, StrengthEnvelope& value) {
  if (!j.is_array()) return false;
  StrengthEnvelope envelope;
  for (const json& item : j) {
    EnvelopePoint point;
    if (!item.is_array() || item.size() != 2 || !fromJson(item[0], point.time) ||
        !fromJson(item[1], point.value)) {
      return false;
    }
    envelope.points.push_back(point);
  }
  value = std::move(envelope);
  return true;
}

bool fromJson(const json& j, PathPoint& value) {
  PathPoint point;
  if (!j.is_object() || !j.contains("time") || !fromJson(j["time"], point.time) ||
      !j.contains("position") || !fromJson(j["position"], point.position)) {
    return false;
  }
  if (j.contains("heading") && !fromJson(j["heading"], point.heading)) return false;
  value = point;
  return true;
}

bool fromJson(const json& j, std::vector<PathPoint>& value) {
  if (!j.is_array()) return false;
  std::vector<PathPoint> points(j.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!fromJson(j[i], points[i])) return false;
  }
  value = std::move(points);
  return true;
}

FieldReader::FieldReader(const json& object, std::string what)
    : object_(object), what_(std::move(what)) {
  if (!object.is_object()) fail(what_ + " is not an object.");
}

const json* FieldReader::find(const char* key) const {
  if (!status_ || !object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() ? nullptr : &*found;
}

void FieldReader::fail(std::string sentence) {
  if (status_) status_ = Error{ErrorCode::BadInput, std::move(sentence)};
}

void FieldReader::accept(const char* key, bool wasRight) {
  if (!wasRight) fail("The field “" + std::string(key) + "” of " + what_ + " is not of the right kind.");
}

void FieldReader::failMissing(const char* key) {
  fail("The field “" + std::string(key) + "” of " + what_ + " is missing.");
}

UnknownFields unknownFieldsOf(const json& read, const json& known) {
  const json unknown = unknownPart(read, known);
  return unknown.empty() ? UnknownFields() : toText(unknown);
}

void addUnknownFields(json& known, const UnknownFields& unknown) {
  if (unknown.empty()) return;
  const json parsed = json::parse(unknown, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_object()) addUnknownPart(known, parsed);
}

std::string toText(const json& j) {
  return j.dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
}

const char* nameOf(TrackKind kind) { return kTrackKindNames[static_cast<std::size_t>(kind)]; }
std::optional<TrackKind> trackKindNamed(std::string_view name) {
  return named<TrackKind>(kTrackKindNames, name);
}
const char* nameOf(BodyPart part) { return kBodyPartNames[static_cast<std::size_t>(part)]; }
std::optional<BodyPart> bodyPartNamed(std::string_view name) {
  return named<BodyPart>(kBodyPartNames, name);
}
const char* contactName(int contact) { return kContactNames[static_cast<std::size_t>(contact)]; }
std::optional<int> contactNamed(std::string_view name) { return named<int>(kContactNames, name); }

}  // namespace kinescore
