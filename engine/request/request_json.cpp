#include "engine/media/heard_sound.h"
#include "engine/request/reference_wishes_json.h"
#include "engine/request/request.h"
#include "engine/storage/json.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

using nlohmann::json;

constexpr int kRequestVersion = 1;

json toJson(const TextRequest& r) {
  return {{"span", kinescore::toJson(r.span)},
          {"prompt", r.prompt},
          {"part", nameOf(r.part)},
          {"strength", kinescore::toJson(r.strength)}};
}

json toJson(const PoseKeyRequest& r) {
  return {{"time", r.time.value},
          {"pose", kinescore::toJson(r.pose)},
          {"strength", kinescore::toJson(r.strength)},
          {"toleranceMeters", kinescore::toJson(r.toleranceMeters)}};
}

json toJson(const TargetRequest& r) {
  json object = {{"time", r.time.value},
                 {"joint", kinescore22()->jointNames[r.joint]},
                 {"position", kinescore::toJson(r.position)},
                 {"strength", kinescore::toJson(r.strength)},
                 {"toleranceMeters", kinescore::toJson(r.toleranceMeters)}};
  if (r.rotation) object["rotation"] = kinescore::toJson(*r.rotation);
  return object;
}

json toJson(const PathRequest& r) {
  return {{"points", kinescore::toJson(r.points)}, {"strength", kinescore::toJson(r.strength)}};
}

json toJson(const ContactRequest& r) {
  json object = {{"span", kinescore::toJson(r.span)}, {"contact", contactName(r.contact)}};
  if (r.place) object["place"] = kinescore::toJson(*r.place);
  return object;
}

json toJson(const ReferenceRequest& r) {
  json object = {{"span", kinescore::toJson(r.span)}, {"clip", r.clipId},
                 {"mirror", r.mirror},                {"strength", kinescore::toJson(r.strength)},
                 {"inPoint", r.inPoint.value},        {"speed", r.speed}};
  if (r.outPoint) object["outPoint"] = r.outPoint->value;
  return object;
}

json toJson(const DraftRequest& r) {
  return {{"name", r.name},
          {"start", r.start.value},
          {"strength", kinescore::toJson(r.strength)},
          {"motion", r.motionHash}};
}

void readFields(FieldReader& f, DraftRequest& r) {
  f.require("name", r.name);
  f.read("start", r.start);
  f.read("strength", r.strength);
  f.read("motion", r.motionHash);
}

json toJson(const std::vector<float>& values) {
  json array = json::array();
  for (const float v : values) array.push_back(kinescore::toJson(v));
  return array;
}

json toJson(const HeardSound& heard) {
  json object = {{"file", heard.file},
                 {"startSeconds", heard.startSeconds},
                 {"beatsPerMinute", heard.beatsPerMinute},
                 {"beatsPerBar", heard.beatsPerBar},
                 {"beats", heard.beats},
                 {"downbeats", heard.downbeats},
                 {"onset", toJson(heard.onset)},
                 {"loudness", toJson(heard.loudness)},
                 {"bands", toJson(heard.bands)}};
  if (heard.kind != SoundKind::Auto) object["kind"] = kinescore::nameOf(heard.kind);
  return object;
}

json toJson(const RhythmRequest& r) {
  json object = {{"span", kinescore::toJson(r.span)}, {"strength", kinescore::toJson(r.strength)}};
  if (r.heard) {
    object["sound"] = toJson(*r.heard);
    object["soundStart"] = r.soundStart.value;
  } else {
    object["beatsPerMinute"] = r.beatsPerMinute;
    object["firstBeat"] = r.firstBeat.value;
    object["beatsPerBar"] = r.beatsPerBar;
  }
  return object;
}

// [x, y, confidence] of each point, then the camera's turning
json toJson(const BodySight& sight) {
  json numbers = json::array();
  for (int k = 0; k < kViewPoints; ++k) {
    for (const float v : {sight.points[k].x, sight.points[k].y, sight.confidence[k]}) numbers.push_back(kinescore::toJson(v));
  }
  for (int axis = 0; axis < 3; ++axis) numbers.push_back(kinescore::toJson(sight.cameraTurning[axis]));
  return numbers;
}

bool readSight(const json& numbers, BodySight& sight) {
  if (!numbers.is_array() || numbers.size() != 3 * kViewPoints + 3) return false;
  bool right = true;
  for (int k = 0; k < kViewPoints; ++k) {
    right = right && fromJson(numbers[3 * k], sight.points[k].x) && fromJson(numbers[3 * k + 1], sight.points[k].y) &&
            fromJson(numbers[3 * k + 2], sight.confidence[k]);
  }
  for (int axis = 0; axis < 3; ++axis) right = right && fromJson(numbers[3 * kViewPoints + axis], sight.cameraTurning[axis]);
  return right;
}

json toJson(const ViewRequest& r) {
  json frames = json::array();
  for (const BodySight& sight : r.frames) frames.push_back(toJson(sight));
  return {{"span", kinescore::toJson(r.span)},
          {"framesPerSecond", r.framesPerSecond},
          {"frames", std::move(frames)},
          {"strength", kinescore::toJson(r.strength)}};
}

template <class Number>
void readNumbers(FieldReader& f, const char* key, std::vector<Number>& values) {
  const json* array = f.find(key);
  if (array == nullptr || !array->is_array()) return f.fail(std::string("A recording has no list “") + key + "”.");
  values.resize(array->size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!fromJson((*array)[i], values[i])) return f.fail(std::string("The list “") + key + "” of a recording holds what is no number.");
  }
}

void readFields(FieldReader& f, HeardSound& heard) {
  f.require("file", heard.file);
  f.readNamed("kind", heard.kind, soundKindNamed);
  f.read("startSeconds", heard.startSeconds);
  f.read("beatsPerMinute", heard.beatsPerMinute);
  f.read("beatsPerBar", heard.beatsPerBar);
  readNumbers(f, "beats", heard.beats);
  readNumbers(f, "downbeats", heard.downbeats);
  readNumbers(f, "onset", heard.onset);
  readNumbers(f, "loudness", heard.loudness);
  readNumbers(f, "bands", heard.bands);
}

void readFields(FieldReader& f, RhythmRequest& r) {
  f.require("span", r.span);
  f.read("strength", r.strength);
  if (const json* sound = f.find("sound")) {
    FieldReader soundFields(*sound, "a recording");
    auto heard = std::make_shared<HeardSound>();
    readFields(soundFields, *heard);
    if (!soundFields.status()) return f.fail(soundFields.status().error().message);
    r.heard = std::move(heard);
    f.require("soundStart", r.soundStart);
    return;
  }
  f.require("beatsPerMinute", r.beatsPerMinute);
  f.read("firstBeat", r.firstBeat);
  f.read("beatsPerBar", r.beatsPerBar);
}
void readFields(FieldReader& f, ViewRequest& r) {
  f.require("span", r.span);
  f.require("framesPerSecond", r.framesPerSecond);
  f.read("strength", r.strength);
  const json* frames = f.find("frames");
  if (frames == nullptr || !frames->is_array()) return f.fail("A view of a performer has no list of frames.");
  for (const json& numbers : *frames) {
    r.frames.emplace_back();
    if (!readSight(numbers, r.frames.back())) return f.fail("A frame of a view is not 17 points and a camera's turning.");
  }
}
void readFields(FieldReader& f, TextRequest& r) {
  f.require("span", r.span);
  f.require("prompt", r.prompt);
  f.readNamed("part", r.part, bodyPartNamed);
  f.read("strength", r.strength);
}
void readFields(FieldReader& f, PoseKeyRequest& r) {
  f.require("time", r.time);
  f.require("pose", r.pose);
  f.read("strength", r.strength);
  f.read("toleranceMeters", r.toleranceMeters);
}
void readFields(FieldReader& f, TargetRequest& r) {
  f.require("time", r.time);
  f.readNamed("joint", r.joint, [](std::string_view name) { return kinescore22()->findJoint(name); });
  f.require("position", r.position);
  f.read("rotation", r.rotation);
  f.read("strength", r.strength);
  f.read("toleranceMeters", r.toleranceMeters);
}
void readFields(FieldReader& f, PathRequest& r) {
  f.require("points", r.points);
  f.read("strength", r.strength);
}
void readFields(FieldReader& f, ContactRequest& r) {
  f.require("span", r.span);
  f.readNamed("contact", r.contact, contactNamed);
  f.read("place", r.place);
}
void readFields(FieldReader& f, ReferenceRequest& r) {
  f.require("span", r.span);
  f.require("clip", r.clipId);
  f.read("mirror", r.mirror);
  f.read("strength", r.strength);
  f.read("inPoint", r.inPoint);
  f.read("speed", r.speed);
  f.read("outPoint", r.outPoint);
}

template <class T>
json listToJson(const std::vector<T>& list) {
  json array = json::array();
  for (const T& item : list) array.push_back(toJson(item));
  return array;
}

template <class T>
Status readList(FieldReader& fields, const char* key, const char* what, std::vector<T>& list) {
  const json* array = fields.find(key);
  if (array == nullptr) return fields.status();
  if (!array->is_array()) return Error{ErrorCode::BadInput, std::string("The field “") + key + "” of the request is no list."};
  for (const json& item : *array) {
    FieldReader itemFields(item, what);
    T value;
    readFields(itemFields, value);
    if (!itemFields.status()) return itemFields.status();
    list.push_back(std::move(value));
  }
  return {};
}

}  // namespace

std::string writeRequest(const GenerationRequest& r) {
  json object = {{"type", "request"},
                 {"version", kRequestVersion},
                 {"span", kinescore::toJson(r.span)},
                 {"baseTake", r.baseTakeId},
                 {"texts", listToJson(r.texts)},
                 {"poses", listToJson(r.poses)},
                 {"targets", listToJson(r.targets)},
                 {"paths", listToJson(r.paths)},
                 {"contacts", listToJson(r.contacts)},
                 {"references", listToJson(r.references)},
                 {"rhythms", listToJson(r.rhythms)},
                 {"views", listToJson(r.views)},
                 {"estimate", r.estimate},
                 {"automaticReferences", r.automaticReferences},
                 {"seed", r.seed},
                 {"quality", nameOf(r.quality)},
                 {"device", nameOf(r.device)},
                 {"threads", r.threads}};
  if (r.range) object["range"] = kinescore::toJson(*r.range);
  // Only when there are any: requests of before they were keep their text, and so their takes' ids.
  if (!r.kept.empty()) {
    json kept = json::array();
    for (const FrameRange& frames : r.kept) kept.push_back(kinescore::toJson(frames));
    object["kept"] = std::move(kept);
  }
  if (!r.wishes.isEmpty()) object["wishes"] = toJson(r.wishes);
  if (!r.sampling.isEmpty()) object["sampling"] = toJson(r.sampling);
  if (r.draft) object["draft"] = toJson(*r.draft);
  return toText(object);
}

Result<GenerationRequest> readRequest(std::string_view text) {
  const Result<json> parsed = parseJson(text, "request");
  if (!parsed) return parsed.error();
  FieldReader fields(*parsed, "the request");
  int version = 0;
  fields.require("version", version);
  if (!fields.status()) return fields.status().error();
  if (version != kRequestVersion) {
    return Error{ErrorCode::Unsupported, "The request is of version " + std::to_string(version) +
                                             ", which this version of Kinescore does not know."};
  }
  GenerationRequest r;
  fields.require("span", r.span);
  fields.read("range", r.range);
  fields.read("baseTake", r.baseTakeId);
  fields.read("seed", r.seed);
  fields.readNamed("quality", r.quality, qualityNamed);
  fields.readNamed("device", r.device, deviceNamed);
  fields.read("threads", r.threads);
  r.automaticReferences = 0;  // takes of before there were any
  fields.read("automaticReferences", r.automaticReferences);
  fields.read("estimate", r.estimate);
  if (!fields.status()) return fields.status().error();
  if (Status s = readList(fields, "texts", "a prompt", r.texts); !s) return s.error();
  if (Status s = readList(fields, "poses", "a pose key", r.poses); !s) return s.error();
  if (Status s = readList(fields, "targets", "a target", r.targets); !s) return s.error();
  if (Status s = readList(fields, "paths", "a path", r.paths); !s) return s.error();
  if (Status s = readList(fields, "contacts", "a contact", r.contacts); !s) return s.error();
  if (Status s = readList(fields, "references", "a reference", r.references); !s) return s.error();
  if (Status s = readList(fields, "rhythms", "a beat", r.rhythms); !s) return s.error();
  if (Status s = readList(fields, "views", "a view", r.views); !s) return s.error();
  if (const json* kept = fields.find("kept")) {
    for (const json& item : *kept) {
      FrameRange frames;
      if (!kinescore::fromJson(item, frames)) return Error{ErrorCode::BadInput, "The kept frames of the request cannot be read."};
      r.kept.push_back(frames);
    }
  }
  if (const json* wishes = fields.find("wishes")) {
    Result<ReferenceWishes> read = readReferenceWishes(*wishes);
    if (!read) return read.error();
    r.wishes = std::move(*read);
  }
  if (const json* sampling = fields.find("sampling")) {
    Result<SamplingWishes> read = readSamplingWishes(*sampling);
    if (!read) return read.error();
    r.sampling = std::move(*read);
  }
  if (const json* draft = fields.find("draft")) {
    FieldReader draftFields(*draft, "the draft of the request");
    readFields(draftFields, r.draft.emplace());
    if (!draftFields.status()) return draftFields.status().error();
  }
  return r;
}

}  // namespace kinescore
