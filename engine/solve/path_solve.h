// The smoothed root brought to a path by a slow shift and turn of the whole figure.
#pragma once

#include <glm/vec2.hpp>
#include <stop_token>
#include <vector>

#include "engine/solve/solver.h"

namespace kinescore {

/// x, z of Hips through a Gaussian of σ 0.4 s, as the path means it; the ends go on at their slope.
[[nodiscard]] std::vector<glm::dvec2> smoothedRoot(const Motion& motion);

/// Where keys say where the root is, the shift follows them, so that path and keys do not pull in
/// turns. Changes frames where `isFree` is set and no others. Adds to `iterations`.
void followPath(const std::vector<SolvePathSample>& path, const std::vector<SolveKey>& keys,
                const std::vector<char>& isFree, std::stop_token stop, Motion& motion,
                int& iterations);

}  // namespace kinescore
