// How fast a path asks the figure to be, and the same path with as much time as a person needs.
#pragma once

#include <vector>

#include "engine/timeline/timeline.h"

namespace kinescore {

/// Metres a second; what is asked beyond it no ordinary person runs. The fastest that 33 runners could go was 6.2 to 11.1 m/s
/// (Weyand et al. 2000, Journal of Applied Physiology 89, 1991–1999); the records of sprinters lie above 12.
constexpr double kRunningMetersPerSecond = 8;

/// Between two points of a path, on average along its curve.
struct PathStretch {
  TimeRange span;  // counts as the points' times do
  double metersPerSecond = 0;
};
/// Where the path is faster than `limit`: neighbouring stretches are one, with the speed of the fastest.
[[nodiscard]] std::vector<PathStretch> stretchesFasterThan(double limit, const std::vector<PathPoint>& points);

/// The same places, no stretch faster than `limit`. A stretch that is slow enough keeps its length, one that is not gets
/// longer by whole frames of `rate`; what follows comes later.
[[nodiscard]] std::vector<PathPoint> slowedTo(double limit, std::vector<PathPoint> points, FrameRate rate);

}  // namespace kinescore
