// Reading plain data from JSON field by field, with one sentence for the first field that is not
// what it should be; and what keeps unknown fields alive through a read and a write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <nlohmann/json.hpp>

#include "engine/core/result.h"
#include "engine/timeline/timeline.h"

namespace kinescore {

/// As the shortest decimal that reads back to the same float.
[[nodiscard]] nlohmann::json toJson(float value);
[[nodiscard]] nlohmann::json toJson(Ticks value);
[[nodiscard]] nlohmann::json toJson(TimeRange value);      // [start, end] in ticks
[[nodiscard]] nlohmann::json toJson(FrameRange value);     // [start, end] in frames
[[nodiscard]] nlohmann::json toJson(FrameRate value);      // [numerator, denominator]
[[nodiscard]] nlohmann::json toJson(const glm::vec2& value);
[[nodiscard]] nlohmann::json toJson(const glm::vec3& value);
[[nodiscard]] nlohmann::json toJson(const glm::quat& value);  // [w, x, y, z]
[[nodiscard]] nlohmann::json toJson(const Pose& value);       // kinescore22, joints by name
[[nodiscard]] nlohmann::json toJson(const StrengthEnvelope& value);  // [[time, value], …]
[[nodiscard]] nlohmann::json toJson(const PathPoint& value);
[[nodiscard]] nlohmann::json toJson(const std::vector<PathPoint>& value);

/// Each says whether `json` was of the right kind; `value` is only written if so.
[[nodiscard]] bool fromJson(const nlohmann::json& json, bool& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, int& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, std::int64_t& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, std::uint64_t& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, float& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, double& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, std::string& value);  // at most 1 MB
[[nodiscard]] bool fromJson(const nlohmann::json& json, ObjectId& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, Ticks& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, TimeRange& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, FrameRange& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, FrameRate& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, glm::vec2& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, glm::vec3& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, glm::quat& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, Pose& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, StrengthEnvelope& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, PathPoint& value);
[[nodiscard]] bool fromJson(const nlohmann::json& json, std::vector<PathPoint>& value);

template <class T>
[[nodiscard]] bool fromJson(const nlohmann::json& json, std::optional<T>& value) {
  T read{};
  if (!fromJson(json, read)) return false;
  value = std::move(read);
  return true;
}

/// Reads the fields of one object; after the first wrong one the rest is left alone.
///
///   FieldReader fields(json, "clip 12");
///   fields.require("span", clip.span);
///   fields.read("name", clip.name);          // absent: stays as it is
///   if (!fields.status()) return fields.status().error();
class FieldReader {
 public:
  FieldReader(const nlohmann::json& object, std::string what);

  template <class T>
  void require(const char* key, T& value) {
    if (const nlohmann::json* field = find(key)) accept(key, fromJson(*field, value));
    else failMissing(key);
  }
  template <class T>
  void read(const char* key, T& value) {
    if (const nlohmann::json* field = find(key)) accept(key, fromJson(*field, value));
  }
  /// A field that holds a name; `find` gives an optional of the named value.
  template <class T, class Find>
  void readNamed(const char* key, T& value, Find findByName) {
    std::string name;
    if (find(key) == nullptr) return;
    read(key, name);
    if (const auto found = findByName(std::string_view(name))) value = *found;
    else accept(key, false);
  }
  [[nodiscard]] const nlohmann::json* find(const char* key) const;
  void fail(std::string sentence);
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  void accept(const char* key, bool wasRight);
  void failMissing(const char* key);

  const nlohmann::json& object_;
  std::string what_;
  Status status_;
};

/// JSON text of the fields of `read` that `known` (what we would write for it) does not have, also
/// inside objects; empty when there are none.
[[nodiscard]] UnknownFields unknownFieldsOf(const nlohmann::json& read, const nlohmann::json& known);
/// Puts them back. Known fields win; of two object versions the newer one stays.
void addUnknownFields(nlohmann::json& known, const UnknownFields& unknown);

/// Text of a JSON value; characters that are not UTF-8 are replaced.
[[nodiscard]] std::string toText(const nlohmann::json& json);

[[nodiscard]] const char* nameOf(TrackKind kind);
[[nodiscard]] std::optional<TrackKind> trackKindNamed(std::string_view name);
[[nodiscard]] const char* nameOf(BodyPart part);
[[nodiscard]] std::optional<BodyPart> bodyPartNamed(std::string_view name);
/// Index in kContactJoints: "left-ankle", "left-toe", "right-ankle", "right-toe".
[[nodiscard]] const char* contactName(int contact);
[[nodiscard]] std::optional<int> contactNamed(std::string_view name);

}  // namespace kinescore
