// The author's own rough motion as a condition: a BVH file of any usual skeleton, or an earlier take.
#pragma once

#include <filesystem>

#include "engine/request/take.h"

namespace kinescore {

/// From the performance's start on.
[[nodiscard]] Result<DraftRequest> draftFromFile(const std::filesystem::path& file);
[[nodiscard]] DraftRequest draftFromTake(const Take& take);

}  // namespace kinescore
