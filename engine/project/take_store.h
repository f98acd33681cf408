// A take in a file of its own: safetensors with the floats bit for bit (`root_positions`
// [frames][3], `local_rotations` [frames][22][4] as w, x, y, z, `contacts` [frames][4]) and the
// rest as JSON in the metadata. The file is named by the take's id, which is checked when it is read.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/request/take.h"

namespace kinescore {

/// 64 hexadecimal digits; anything else never becomes a file name.
[[nodiscard]] bool isTakeId(std::string_view id);
[[nodiscard]] std::filesystem::path takePath(const std::filesystem::path& takesFolder, std::string_view id);

[[nodiscard]] Result<std::string> writeTake(const Take& take);
/// Refuses bytes that are not the take they say they are.
[[nodiscard]] Result<std::shared_ptr<const Take>> readTake(std::string bytes);
[[nodiscard]] Result<std::shared_ptr<const Take>> loadTake(const std::filesystem::path& takesFolder,
                                                           std::string_view id);

}  // namespace kinescore
