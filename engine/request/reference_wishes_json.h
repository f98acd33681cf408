// Pins and forbidden clips as JSON, in requests and in projects alike:
//   {"pins": [{"clip": "cmu_16_02", "part": [start, end], "prompt": "walk forward"}], "forbidden": ["cmu_10_04"]}
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/request/request.h"

namespace kinescore {

[[nodiscard]] nlohmann::json toJson(const ReferenceWishes& wishes);
[[nodiscard]] Result<ReferenceWishes> readReferenceWishes(const nlohmann::json& json);

}  // namespace kinescore
