// What a library below the engine threw, in a sentence for the author.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace kinescore {

/// Told wherever the memory of the card ends; the same is then made on the CPU when it is asked for.
constexpr std::string_view kCardOutOfMemory = "The graphics card ran out of memory";

/// Of torch and CUDA, which name their errors in words alone. Otherwise `context` and the first line of what was thrown.
[[nodiscard]] Error engineFailure(const std::string& context, std::string_view thrown);

}  // namespace kinescore
