#include <algorithm>
#include <utility>

#include "engine/project/pretty_json.h"
#include "engine/project/project.h"
#include "engine/request/reference_wishes_json.h"
#include "engine/storage/json.h"
#include "engine/timeline/json_fields.h"
#include "engine/timeline/patch.h"
#include "engine/timeline/timeline_json.h"

namespace kinescore {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "kinescore-project";

json fieldsOf(const GenerationSettings& s) {
  json fields = {{"seed", s.seed}, {"quality", nameOf(s.quality)}, {"device", nameOf(s.device)}};
  // Projects of before there were any stay as they are until somebody chooses.
  if (s.references != kUsualReferences) fields["references"] = s.references;
  if (!s.wishes.isEmpty()) fields["wishes"] = toJson(s.wishes);
  if (!s.sampling.isEmpty()) fields["sampling"] = toJson(s.sampling);
  if (!s.draft.empty()) fields["draft"] = s.draft;
  return fields;
}

json fieldsOf(const TakeEntry& t) {
  return {{"id", t.id}, {"number", t.number}, {"name", t.name}, {"starred", t.starred}};
}

template <class T>
json withUnknown(const T& value) {
  json object = fieldsOf(value);
  addUnknownFields(object, value.unknown);
  return object;
}

json headOf(const ProjectDocument& d) {
  return {{"format", kFormat},
          {"version", kProjectMajorVersion},
          {"minorVersion", kProjectMinorVersion},
          {"shownTake", d.shownTakeId}};
}

std::uint64_t idField(const json& object) {
  std::uint64_t id = 0;
  if (object.is_object() && object.contains("id")) (void)fromJson(object["id"], id);
  return id;
}

/// All objects in id order; those of newer versions among them where they were.
json objectsOf(const ProjectDocument& d) {
  std::vector<json> objects = {toJson(TimelineObject(d.timeline.settings()))};
  for (const auto& track : d.timeline.tracks()) {
    objects.push_back(toJson(TimelineObject(*track)));
    for (const auto& clip : d.timeline.clipsOf(track->id)) objects.push_back(toJson(TimelineObject(*clip)));
  }
  for (const auto& marker : d.timeline.markers()) objects.push_back(toJson(TimelineObject(*marker)));
  for (const std::string& text : d.unknownObjects) {
    json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!object.is_discarded()) objects.push_back(std::move(object));
  }
  std::stable_sort(objects.begin(), objects.end(),
                   [](const json& a, const json& b) { return idField(a) < idField(b); });
  return objects;
}

Result<GenerationSettings> readSettings(const json& j) {
  GenerationSettings s;
  FieldReader fields(j, "the generation settings");
  fields.read("seed", s.seed);
  fields.readNamed("quality", s.quality, qualityNamed);
  fields.readNamed("device", s.device, deviceNamed);
  fields.read("references", s.references);
  fields.read("draft", s.draft);
  if (!fields.status()) return fields.status().error();
  if (s.references < 0 || s.references > kMostReferences) {
    return Error{ErrorCode::BadInput, "The project asks for " + std::to_string(s.references) +
                                          " references a prompt; it can be 0 to " + std::to_string(kMostReferences) + "."};
  }
  if (const json* wishes = fields.find("wishes")) {
    Result<ReferenceWishes> read = readReferenceWishes(*wishes);
    if (!read) return read.error();
    s.wishes = std::move(*read);
  }
  if (const json* sampling = fields.find("sampling")) {
    Result<SamplingWishes> read = readSamplingWishes(*sampling);
    if (!read) return read.error();
    s.sampling = std::move(*read);
  }
  json known = fieldsOf(s);
  known["references"] = s.references;
  known["wishes"] = toJson(s.wishes);
  known["sampling"] = toJson(s.sampling);
  known["draft"] = s.draft;
  s.unknown = unknownFieldsOf(j, known);
  return s;
}

Result<TakeEntry> readTakeEntry(const json& j) {
  TakeEntry t;
  FieldReader fields(j, "a take");
  fields.require("id", t.id);
  fields.read("number", t.number);
  fields.read("name", t.name);
  fields.read("starred", t.starred);
  if (!fields.status()) return fields.status().error();
  t.unknown = unknownFieldsOf(j, fieldsOf(t));
  return t;
}

/// A change that puts `object` on the default timeline.
ObjectChange placing(TimelineObject object) {
  const ObjectId id = idOf(object);
  std::optional<TimelineObject> before;
  if (std::holds_alternative<TimelineSettings>(object)) before = TimelineSettings();
  return {id, std::move(before), std::move(object)};
}

/// Everything this version understands goes on the timeline; the rest is kept as text.
class TimelineReader {
 public:
  explicit TimelineReader(OpenedProject& project) : project_(project) {}

  void read(const json& objects) {
    for (const json& item : objects) {
      if (!isKnownObject(item)) {
        keep(item);
        ++newer_;
        continue;
      }
      Result<TimelineObject> object = objectFromJson(item);
      if (!object) {
        keepBroken(item, object.error());
        continue;
      }
      std::vector<Placed>& list = std::holds_alternative<Clip>(*object) ? clips_ : others_;
      list.push_back({placing(std::move(*object)), &item});
    }
    TimelinePatch all;
    forEachInOrder([&](const Placed& placed) { all.changes.push_back(placed.change); });
    if (Result<Timeline> timeline = apply({}, all)) project_.document.timeline = std::move(*timeline);
    else readOneByOne();
    report();
  }

 private:
  struct Placed {
    ObjectChange change;
    const json* source;
  };

  /// Tracks before their clips.
  template <class Use>
  void forEachInOrder(Use use) const {
    for (const Placed& placed : others_) use(placed);
    for (const Placed& placed : clips_) use(placed);
  }

  void readOneByOne() {
    Timeline& timeline = project_.document.timeline;
    forEachInOrder([&](const Placed& placed) {
      if (Result<Timeline> next = apply(timeline, {{placed.change}})) timeline = std::move(*next);
      else keepBroken(*placed.source, next.error());
    });
  }

  void keep(const json& item) { project_.document.unknownObjects.push_back(toText(item)); }

  void keepBroken(const json& item, const Error& why) {
    keep(item);
    if (broken_++ == 0) firstBroken_ = why.message;
  }

  void report() {
    const auto objects = [](int count) { return std::to_string(count) + (count == 1 ? " object" : " objects"); };
    if (newer_ > 0) {
      project_.warnings.push_back(objects(newer_) + " of a newer version of Kinescore cannot be shown; kept in the file as it is.");
    }
    if (broken_ > 0) {
      project_.warnings.push_back(objects(broken_) + " cannot be read and stays in the file as it is: " + firstBroken_);
    }
  }

  OpenedProject& project_;
  std::vector<Placed> others_;
  std::vector<Placed> clips_;
  int newer_ = 0;
  int broken_ = 0;
  std::string firstBroken_;
};

Status readTakes(const json* list, ProjectDocument& document) {
  if (list == nullptr) return {};
  if (!list->is_array()) return Error{ErrorCode::BadInput, "The takes of the project are no list."};
  for (const json& item : *list) {
    Result<TakeEntry> entry = readTakeEntry(item);
    if (!entry) return entry.error();
    if (document.findTake(entry->id) == nullptr) document.takes.push_back(std::move(*entry));
  }
  return {};
}

}  // namespace

void makeOwn(ProjectDocument& document) {
  if (!document.readOnly) return;
  document.readOnly = false;
  json unknown = json::parse(document.unknown, nullptr, /*allow_exceptions=*/false);
  if (!unknown.is_object()) return;
  for (const char* key : {"version", "minorVersion"}) unknown.erase(key);
  document.unknown = unknown.empty() ? UnknownFields() : toText(unknown);
}

std::string writeProject(const ProjectDocument& document) {
  json root = headOf(document);
  root["settings"] = withUnknown(document.settings);
  root["takes"] = json::array();
  for (const TakeEntry& take : document.takes) root["takes"].push_back(withUnknown(take));
  root["timeline"] = objectsOf(document);
  addUnknownFields(root, document.unknown);
  return toPrettyText(root);
}

Result<OpenedProject> readProject(std::string_view text, std::string_view name) {
  const std::string what = "project “" + std::string(name) + "”";
  const Result<json> parsed = parseJson(text, what, kMaxProjectBytes);
  if (!parsed) return parsed.error();
  const json& root = *parsed;
  if (!root.is_object() || !root.contains("format") || root["format"] != kFormat) {
    return Error{ErrorCode::BadInput, "“" + std::string(name) + "” is no project of Kinescore."};
  }
  OpenedProject opened;
  ProjectDocument& document = opened.document;
  document.name = std::string(name);
  FieldReader fields(root, "the " + what);
  int version = 0;
  int minorVersion = 0;
  fields.require("version", version);
  fields.read("minorVersion", minorVersion);
  fields.read("shownTake", document.shownTakeId);
  if (!fields.status()) return fields.status().error();
  if (version < 1) {
    return Error{ErrorCode::Unsupported, "The project “" + std::string(name) + "” is of version " + std::to_string(version) + ", which never was."};
  }
  document.readOnly = version > kProjectMajorVersion;
  const auto refused = [&](const Error& error) -> Error {
    if (!document.readOnly) return error;
    return {ErrorCode::Unsupported, "The project “" + std::string(name) + "” was written by a newer version of Kinescore (" +
                                        std::to_string(version) + "); update to open it."};
  };
  if (const json* settings = fields.find("settings")) {
    Result<GenerationSettings> read = readSettings(*settings);
    if (!read) return refused(read.error());
    document.settings = std::move(*read);
  }
  if (Status s = readTakes(fields.find("takes"), document); !s) return refused(s.error());
  const json* objects = fields.find("timeline");
  if (objects == nullptr || !objects->is_array()) {
    return refused({ErrorCode::BadInput, "The project “" + std::string(name) + "” holds no timeline."});
  }
  TimelineReader(opened).read(*objects);
  json known = headOf(document);
  for (const char* key : {"settings", "takes", "timeline"}) known[key] = nullptr;
  document.unknown = unknownFieldsOf(root, known);
  if (document.readOnly) {
    opened.warnings.insert(opened.warnings.begin(),
                           "“" + std::string(name) + "” was written by a newer version of Kinescore (" +
                               std::to_string(version) + "); it can be looked at, not saved. Update to change it.");
  }
  return opened;
}

}  // namespace kinescore
