// The versions of a project before the last one, dated, in `name.kinescore.d/backups`.
#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

constexpr std::size_t kBackupsKept = 20;

/// Newest first.
[[nodiscard]] std::vector<std::filesystem::path> listBackups(const std::filesystem::path& takesFolder);

/// Keeps the file at `project` under the given time, and of all backups the newest kBackupsKept.
[[nodiscard]] Status keepBackup(const std::filesystem::path& project, const std::filesystem::path& takesFolder,
                                std::chrono::system_clock::time_point now);

/// Ids of takes that any backup could show.
[[nodiscard]] std::set<std::string> takesNamedByBackups(const std::filesystem::path& takesFolder);

}  // namespace kinescore
