// One timeline object as JSON, with its type, version and unknown fields.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/core/result.h"
#include "engine/timeline/timeline.h"

namespace kinescore {

[[nodiscard]] nlohmann::json toJson(const TimelineObject& object);
[[nodiscard]] Result<TimelineObject> objectFromJson(const nlohmann::json& json);

/// Whether this version knows the object's type and, for tracks and clips, its kind. Others are
/// kept as they are by the project file.
[[nodiscard]] bool isKnownObject(const nlohmann::json& json);

}  // namespace kinescore
