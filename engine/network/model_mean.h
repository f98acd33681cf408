// The mean of two models' numbers. Runs that went on from the same weights mostly lie in one basin, and what lies
// between them is often better than either (Wortsman et al., Model soups, 2022).
#pragma once

#include <filesystem>

#include "engine/core/result.h"

namespace kinescore {

/// Reads two models (safetensors with their cards) of the same sizes, statistics and prior, and writes their mean,
/// `share` of it the second's, with the second's card: without the figures that were measured of it, with both hashes.
[[nodiscard]] Status writeMeanOfModels(const std::filesystem::path& first, const std::filesystem::path& second, double share,
                                       const std::filesystem::path& output);

}  // namespace kinescore
