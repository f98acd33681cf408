#include "engine/timeline/timeline_json.h"

#include <array>

#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

using nlohmann::json;

constexpr int kObjectVersion = 1;

// In the order of the Condition variant.
constexpr std::array<const char*, std::variant_size_v<Condition>> kConditionNames = {
    "text", "audio", "video", "pose", "target", "path", "contact", "reference"};

json fieldsOf(const TextCondition& c) { return {{"prompt", c.prompt}, {"part", nameOf(c.part)}}; }

json fieldsOf(const AudioCondition& c) {
  json fields = {{"file", c.file},
                 {"inPoint", toJson(c.inPoint)},
                 {"beatsPerMinute", c.beatsPerMinute},
                 {"beatOffsetSeconds", c.beatOffsetSeconds}};
  // As with colours: projects that do not say it keep their text and hash.
  if (c.kind != SoundKind::Auto) fields["kind"] = nameOf(c.kind);
  return fields;
}

json fieldsOf(const VideoCondition& c) {
  return {{"file", c.file}, {"inPoint", toJson(c.inPoint)}, {"speed", c.speed}, {"mirror", c.mirror}};
}

json fieldsOf(const PoseCondition& c) {
  return {{"pose", toJson(c.pose)}, {"toleranceMeters", toJson(c.toleranceMeters)}};
}

json fieldsOf(const TargetCondition& c) {
  json fields = {{"joint", kinescore22()->jointNames[c.joint]},
                 {"position", toJson(c.position)},
                 {"toleranceMeters", toJson(c.toleranceMeters)}};
  if (c.rotation) fields["rotation"] = toJson(*c.rotation);
  return fields;
}

json fieldsOf(const PathCondition& c) { return {{"points", toJson(c.points)}}; }

json fieldsOf(const ContactCondition& c) {
  json fields = {{"contact", contactName(c.contact)}, {"hard", c.hard}};
  if (c.place) fields["place"] = toJson(*c.place);
  return fields;
}

json fieldsOf(const ReferenceCondition& c) {
  return {{"clip", c.clipId},
          {"inPoint", toJson(c.inPoint)},
          {"speed", c.speed},
          {"mirror", c.mirror},
          {"automatic", c.automatic}};
}

json toJson(const Condition& condition) {
  json object = std::visit([](const auto& c) { return fieldsOf(c); }, condition);
  object["type"] = kConditionNames[condition.index()];
  return object;
}

void readFields(FieldReader& fields, TextCondition& c) {
  fields.require("prompt", c.prompt);
  fields.readNamed("part", c.part, bodyPartNamed);
}
void readFields(FieldReader& fields, AudioCondition& c) {
  fields.require("file", c.file);
  fields.read("inPoint", c.inPoint);
  fields.read("beatsPerMinute", c.beatsPerMinute);
  fields.read("beatOffsetSeconds", c.beatOffsetSeconds);
  fields.readNamed("kind", c.kind, soundKindNamed);
}
void readFields(FieldReader& fields, VideoCondition& c) {
  fields.require("file", c.file);
  fields.read("inPoint", c.inPoint);
  fields.read("speed", c.speed);
  fields.read("mirror", c.mirror);
}
void readFields(FieldReader& fields, PoseCondition& c) {
  fields.require("pose", c.pose);
  fields.read("toleranceMeters", c.toleranceMeters);
}
void readFields(FieldReader& fields, TargetCondition& c) {
  fields.readNamed("joint", c.joint, [](std::string_view name) { return kinescore22()->findJoint(name); });
  fields.require("position", c.position);
  fields.read("rotation", c.rotation);
  fields.read("toleranceMeters", c.toleranceMeters);
}
void readFields(FieldReader& fields, PathCondition& c) { fields.require("points", c.points); }
void readFields(FieldReader& fields, ContactCondition& c) {
  fields.readNamed("contact", c.contact, contactNamed);
  fields.read("hard", c.hard);
  fields.read("place", c.place);
}
void readFields(FieldReader& fields, ReferenceCondition& c) {
  fields.require("clip", c.clipId);
  fields.read("inPoint", c.inPoint);
  fields.read("speed", c.speed);
  fields.read("mirror", c.mirror);
  fields.read("automatic", c.automatic);
}

template <std::size_t I = 0>
Condition emptyCondition(std::string_view type) {
  if constexpr (I + 1 < std::variant_size_v<Condition>) {
    if (type != kConditionNames[I]) return emptyCondition<I + 1>(type);
  }
  return Condition(std::in_place_index<I>);
}

bool isConditionName(std::string_view type) {
  for (const char* name : kConditionNames) {
    if (type == name) return true;
  }
  return false;
}

std::string stringField(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json head(const char* type, ObjectId id) {
  return {{"type", type}, {"version", kObjectVersion}, {"id", id.value}};
}

// Only one that was chosen is written, so that projects without colours keep their text and hash.
void addColor(json& object, int color) {
  if (color != 0) object["color"] = color;
}

json fieldsOf(const Track& t) {
  json object = head("track", t.id);
  object.update(json{{"kind", nameOf(t.kind)}, {"name", t.name}, {"order", t.order}, {"muted", t.muted},
                     {"soloed", t.soloed}, {"locked", t.locked}, {"folded", t.folded}, {"height", t.height}});
  addColor(object, t.color);
  return object;
}

json fieldsOf(const Clip& c) {
  json object = head("clip", c.id);
  object.update(json{{"track", c.trackId.value}, {"span", toJson(c.span)}, {"name", c.name},
                     {"muted", c.muted}, {"locked", c.locked}, {"strength", toJson(c.strength)},
                     {"condition", toJson(c.condition)}});
  return object;
}

json fieldsOf(const Marker& m) {
  json object = head("marker", m.id);
  object.update(json{{"time", toJson(m.time)}, {"name", m.name}});
  addColor(object, m.color);
  return object;
}

json fieldsOf(const TimelineSettings& s) {
  json object = head("settings", kSettingsId);
  object.update(json{{"rate", toJson(s.rate)}, {"duration", toJson(s.duration)}, {"playRange", toJson(s.playRange)}});
  return object;
}

Status readObject(const json& j, const std::string& what, Track& t) {
  FieldReader fields(j, what);
  fields.require("id", t.id);
  fields.readNamed("kind", t.kind, trackKindNamed);
  fields.read("name", t.name);
  fields.read("order", t.order);
  fields.read("muted", t.muted);
  fields.read("soloed", t.soloed);
  fields.read("locked", t.locked);
  fields.read("folded", t.folded);
  fields.read("height", t.height);
  fields.read("color", t.color);
  return fields.status();
}

Status readObject(const json& j, const std::string& what, Clip& c) {
  FieldReader fields(j, what);
  fields.require("id", c.id);
  fields.require("track", c.trackId);
  fields.require("span", c.span);
  fields.read("name", c.name);
  fields.read("muted", c.muted);
  fields.read("locked", c.locked);
  fields.read("strength", c.strength);
  if (!fields.status()) return fields.status();
  const auto condition = j.find("condition");
  if (condition == j.end() || !condition->is_object()) {
    return Error{ErrorCode::BadInput, "The field “condition” of " + what + " is missing."};
  }
  const std::string type = stringField(*condition, "type");
  if (!isConditionName(type)) {
    return Error{ErrorCode::BadInput, "The condition “" + type + "” of " + what + " is not known."};
  }
  c.condition = emptyCondition(type);
  FieldReader inner(*condition, "the condition of " + what);
  std::visit([&](auto& value) { readFields(inner, value); }, c.condition);
  return inner.status();
}

Status readObject(const json& j, const std::string& what, Marker& m) {
  FieldReader fields(j, what);
  fields.require("id", m.id);
  fields.require("time", m.time);
  fields.read("name", m.name);
  fields.read("color", m.color);
  return fields.status();
}

Status readObject(const json& j, const std::string& what, TimelineSettings& s) {
  FieldReader fields(j, what);
  fields.require("rate", s.rate);
  fields.require("duration", s.duration);
  s.playRange = {{0}, s.duration};
  fields.read("playRange", s.playRange);
  return fields.status();
}

template <class T>
Result<TimelineObject> readAs(const json& j, const std::string& what) {
  T object;
  if (Status read = readObject(j, what, object); !read) return read.error();
  object.unknown = unknownFieldsOf(j, fieldsOf(object));
  return TimelineObject(std::move(object));
}

}  // namespace

json toJson(const TimelineObject& object) {
  return std::visit(
      [](const auto& value) {
        json fields = fieldsOf(value);
        addUnknownFields(fields, value.unknown);
        return fields;
      },
      object);
}

Result<TimelineObject> objectFromJson(const json& j) {
  if (!j.is_object()) return Error{ErrorCode::BadInput, "A timeline object is not a JSON object."};
  const std::string type = stringField(j, "type");
  std::uint64_t id = 0;
  if (const auto found = j.find("id"); found != j.end()) (void)fromJson(*found, id);
  const std::string what = type + " " + std::to_string(id);
  if (type == "track") return readAs<Track>(j, what);
  if (type == "clip") return readAs<Clip>(j, what);
  if (type == "marker") return readAs<Marker>(j, what);
  if (type == "settings") return readAs<TimelineSettings>(j, "the settings");
  return Error{ErrorCode::BadInput, "A timeline object is of the type “" + type + "”, which is not known."};
}

bool isKnownObject(const json& j) {
  if (!j.is_object()) return false;
  const std::string type = stringField(j, "type");
  if (type == "marker" || type == "settings") return true;
  if (type == "track") return trackKindNamed(stringField(j, "kind")).has_value();
  if (type != "clip") return false;
  const auto condition = j.find("condition");
  return condition == j.end() || !condition->is_object() || isConditionName(stringField(*condition, "type"));
}

}  // namespace kinescore
