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
/// A new last point, reached at the pace of the path so far (a walk when there is none). Where that is
/// later than `end`, all times are brought closer together in proportion, so that pauses stay pauses.
void appendPathPoint(std::vector<PathPoint>& points, glm::vec2 position, Ticks end);

}  // namespace kinescore
