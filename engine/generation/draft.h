// The author's own rough motion as a condition: a BVH file of any usual skeleton, or an earlier take.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "engine/request/take.h"

namespace kinescore {

/// From the performance's start on.
[[nodiscard]] Result<DraftRequest> draftFromFile(const std::filesystem::path& file);
[[nodiscard]] DraftRequest draftFromTake(const Take& take);
/// Either, as projects and the command line name it: "3" is the project's take of that number, all else a file,
/// relative to `folder`.
[[nodiscard]] Result<DraftRequest> draftNamed(const std::string& name, const std::filesystem::path& folder,
                                              const std::function<std::shared_ptr<const Take>(int number)>& takeOf);

}  // namespace kinescore
