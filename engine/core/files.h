// Reading whole files with a limit, and the one function through which everything a user could
// lose is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace kinescore {

constexpr std::uint64_t kDefaultReadLimitBytes = 1ull << 30;

/// The whole file as bytes. A folder, a device or more than `limitBytes` is an error.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path,
                                           std::uint64_t limitBytes = kDefaultReadLimitBytes);

/// Replaces `path` by `bytes` so that at every instant either the old or the new file is whole:
/// temporary file beside it, checked writes in pieces, fsync, read back and compared by hash,
/// rename, fsync of the folder. On failure the old file is untouched and the temporary is gone.
[[nodiscard]] Status saveFileSafely(const std::filesystem::path& path, std::string_view bytes);

}  // namespace kinescore
