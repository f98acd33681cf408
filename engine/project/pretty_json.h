// JSON as it is kept in a project: sorted keys, one field a line, lists of plain values on one
// line, so that a merge tool sees what a person changed.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace kinescore {

[[nodiscard]] std::string toPrettyText(const nlohmann::json& json);

}  // namespace kinescore
