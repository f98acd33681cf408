// Unpacks DEFLATE (RFC 1951), as compressed NPZ archives need it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace kinescore {

/// The stream must unpack to exactly `size` bytes.
[[nodiscard]] Result<std::string> inflateDeflate(std::string_view packed, std::uint64_t size);

}  // namespace kinescore
