#include "engine/request/reference_wishes_json.h"

#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

using nlohmann::json;

Error unreadable() {
  return {ErrorCode::BadInput, "The pinned and forbidden references cannot be read: a list of clips is expected."};
}

Result<ReferencePin> readPin(const json& item) {
  FieldReader fields(item, "a pinned reference");
  ReferencePin pin;
  fields.require("clip", pin.clipId);
  fields.read("part", pin.part);
  fields.read("prompt", pin.prompt);
  if (!fields.status()) return fields.status().error();
  return pin;
}

}  // namespace

json toJson(const ReferenceWishes& wishes) {
  json pins = json::array();
  for (const ReferencePin& pin : wishes.pins) {
    json item = {{"clip", pin.clipId}};
    if (pin.part) item["part"] = toJson(*pin.part);
    if (!pin.prompt.empty()) item["prompt"] = pin.prompt;
    pins.push_back(std::move(item));
  }
  return {{"pins", std::move(pins)}, {"forbidden", wishes.forbidden}};
}

Result<ReferenceWishes> readReferenceWishes(const json& object) {
  if (!object.is_object()) return unreadable();
  ReferenceWishes wishes;
  if (const auto pins = object.find("pins"); pins != object.end()) {
    if (!pins->is_array()) return unreadable();
    for (const json& item : *pins) {
      Result<ReferencePin> pin = readPin(item);
      if (!pin) return pin.error();
      wishes.pins.push_back(std::move(*pin));
    }
  }
  if (const auto clips = object.find("forbidden"); clips != object.end()) {
    if (!clips->is_array()) return unreadable();
    for (const json& item : *clips) {
      if (!fromJson(item, wishes.forbidden.emplace_back())) return unreadable();
    }
  }
  return wishes;
}

}  // namespace kinescore
