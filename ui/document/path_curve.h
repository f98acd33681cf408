// The curve of a path as it is drawn: the Catmull-Rom spline in time through its points.
#pragma once

#include <vector>

#include "engine/timeline/timeline.h"

namespace kinescore {

/// Where the root should be; clamped at both ends. `points` must not be empty; `time` counts like
/// theirs.
[[nodiscard]] glm::vec2 pathPositionAt(const std::vector<PathPoint>& points, Ticks time);
/// Samples for drawing, `perSecond` a second and every point itself.
[[nodiscard]] std::vector<glm::vec2> samplePath(const std::vector<PathPoint>& points, double perSecond);
/// Metres along the curve.
[[nodiscard]] double pathLength(const std::vector<PathPoint>& points);
/// Spreads the times of the points over `length` in proportion to the way between them, so that the
/// speed is even. Points on one spot get a small step each.
void spreadPathTimes(std::vector<PathPoint>& points, Ticks length);

}  // namespace kinescore
