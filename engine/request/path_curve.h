// The curve of a path: where the root is to be at any time.
#pragma once

#include <optional>
#include <vector>

#include <glm/vec2.hpp>

#include "engine/timeline/timeline.h"

namespace kinescore {

struct PathSample {
  glm::vec2 position{0};         // x, z, metres
  std::optional<float> heading;  // radians about +Y from +Z; only between points that both have one
  glm::vec2 velocity{0};         // metres a second
};

/// Catmull-Rom in time: through every point, with the velocity of its two neighbours. Clamped at
/// both ends. `points` sorted by time and not empty.
[[nodiscard]] PathSample evaluatePath(const std::vector<PathPoint>& points, Ticks time);

/// The part of a path inside `range`, ending on points of the curve where it was cut.
[[nodiscard]] std::vector<PathPoint> cutPath(const std::vector<PathPoint>& points, TimeRange range);

}  // namespace kinescore
