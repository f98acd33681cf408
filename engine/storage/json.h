// JSON of strangers: parsed with limits on size and depth, without duplicate keys, numbers finite.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"

namespace kinescore {

constexpr int kMaxJsonDepth = 64;

/// `what` names the thing in the error: "project “walk.kinescore”".
[[nodiscard]] Result<nlohmann::json> parseJson(std::string_view text, std::string_view what,
                                               std::size_t limitBytes = std::size_t(256) << 20);

}  // namespace kinescore
