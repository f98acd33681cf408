#include "ui/document/path_curve.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

namespace kinescore {
namespace {

/// Slope at a point by its neighbours, per second; one-sided at the ends.
glm::vec2 slopeAt(const std::vector<PathPoint>& points, std::size_t i) {
  const std::size_t before = i == 0 ? 0 : i - 1;
  const std::size_t after = std::min(i + 1, points.size() - 1);
  const double seconds = secondsOf(points[after].time - points[before].time);
  return seconds <= 0 ? glm::vec2(0) : (points[after].position - points[before].position) / float(seconds);
}

}  // namespace

glm::vec2 pathPositionAt(const std::vector<PathPoint>& points, Ticks time) {
  if (time <= points.front().time) {
    return points.front().position;
  }
  if (time >= points.back().time) {
    return points.back().position;
  }
  const auto next = std::upper_bound(points.begin(), points.end(), time,
                                     [](Ticks t, const PathPoint& p) { return t < p.time; });
  const std::size_t i = std::size_t(next - points.begin()) - 1;
  const float seconds = float(secondsOf(points[i + 1].time - points[i].time));
  const float u = float(secondsOf(time - points[i].time)) / seconds;
  const float u2 = u * u, u3 = u2 * u;
  return (2 * u3 - 3 * u2 + 1) * points[i].position + (u3 - 2 * u2 + u) * seconds * slopeAt(points, i) +
         (-2 * u3 + 3 * u2) * points[i + 1].position + (u3 - u2) * seconds * slopeAt(points, i + 1);
}

std::vector<glm::vec2> samplePath(const std::vector<PathPoint>& points, double perSecond) {
  std::vector<glm::vec2> samples;
  for (std::size_t i = 0; i < points.size(); ++i) {
    samples.push_back(points[i].position);
    if (i + 1 == points.size()) {
      break;
    }
    const Ticks length = points[i + 1].time - points[i].time;
    const int steps = std::clamp(int(std::ceil(secondsOf(length) * perSecond)), 1, 2000);
    for (int s = 1; s < steps; ++s) {
      samples.push_back(pathPositionAt(points, points[i].time + Ticks{length.value / steps * s}));
    }
  }
  return samples;
}

double pathLength(const std::vector<PathPoint>& points) {
  const std::vector<glm::vec2> samples = samplePath(points, 20);
  double length = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    length += glm::length(samples[i] - samples[i - 1]);
  }
  return length;
}

void appendPathPoint(std::vector<PathPoint>& points, glm::vec2 position, Ticks end) {
  if (points.empty()) {
    points.push_back({Ticks{0}, position, std::nullopt});
    return;
  }
  constexpr double kWalkMetersPerSecond = 1.2;
  constexpr double kLeastSeconds = 0.1;
  const double way = pathLength(points);
  const double seconds = secondsOf(points.back().time - points.front().time);
  const double pace = way > 0.1 && seconds > 0 ? way / seconds : kWalkMetersPerSecond;
  const double step = std::max(kLeastSeconds, double(glm::length(position - points.back().position)) / pace);
  Ticks time = points.back().time + ticksFromSeconds(step);
  if (time > end) {
    const double closer = double(end.value) / double(time.value);
    for (PathPoint& point : points) {
      point.time = {static_cast<std::int64_t>(double(point.time.value) * closer)};
    }
    time = end;
  }
  points.push_back({time, position, std::nullopt});
}

}  // namespace kinescore
