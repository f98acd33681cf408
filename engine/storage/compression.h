// zstd with a declared and enforced output limit.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace kinescore {

[[nodiscard]] std::string compressZstd(std::string_view bytes, int level = 19);
[[nodiscard]] Result<std::string> decompressZstd(std::string_view bytes, std::size_t limitBytes);

}  // namespace kinescore
