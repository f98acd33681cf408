// Rows that keep a shift of the whole figure from moving it away from keys and targets.
#pragma once

#include <array>
#include <vector>

#include "engine/solve/smooth_curve.h"
#include "engine/solve/solver.h"

namespace kinescore {

/// Rows of a curve that shifts the root, and what they want of it along x, y and z: to where each
/// key has the root, and nowhere at targets. Those of full weight only.
struct RootHolds {
  std::vector<CurveRow> rows;
  std::array<std::vector<double>, 3> wanted;
};
[[nodiscard]] RootHolds rootHolds(const std::vector<SolveKey>& keys,
                                  const std::vector<SolveTarget>& targets, const Motion& motion,
                                  double strength);

}  // namespace kinescore
