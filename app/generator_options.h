// Which libraries the engine looks references up in: performing uses what ships and what the user added,
// judging a model what ships alone, so that figures never depend on who asks.
#pragma once

#include "engine/network/kinescore_generator.h"

namespace kinescore {

/// For generating and the window. `weights` empty: those that ship.
[[nodiscard]] KinescoreGeneratorOptions optionsForPerforming(const std::filesystem::path& resources,
                                                             const std::filesystem::path& weights = {});
/// For `evaluate`.
[[nodiscard]] KinescoreGeneratorOptions optionsForJudging(const std::filesystem::path& library,
                                                          const std::filesystem::path& weights);

}  // namespace kinescore
