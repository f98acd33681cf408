#include "engine/request/path_curve.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace kinescore {
namespace {

glm::vec2 velocityAt(const std::vector<PathPoint>& points, std::size_t i) {
  const std::size_t before = i == 0 ? 0 : i - 1;
  const std::size_t after = std::min(i + 1, points.size() - 1);
  const double seconds = secondsOf(points[after].time - points[before].time);
  return seconds > 0 ? (points[after].position - points[before].position) / float(seconds) : glm::vec2(0);
}

// Along the shorter turn.
float blendedHeading(float a, float b, float u) {
  return a + u * std::remainder(b - a, 2 * std::numbers::pi_v<float>);
}

}  // namespace

PathSample evaluatePath(const std::vector<PathPoint>& points, Ticks time) {
  assert(!points.empty());
  const auto next = std::upper_bound(points.begin(), points.end(), time,
                                     [](Ticks t, const PathPoint& p) { return t < p.time; });
  if (next == points.begin()) return {points.front().position, points.front().heading, glm::vec2(0)};
  if (next == points.end()) return {points.back().position, points.back().heading, glm::vec2(0)};
  const std::size_t i = std::size_t(next - points.begin()) - 1;
  const PathPoint& a = points[i];
  const PathPoint& b = points[i + 1];
  const float length = float(secondsOf(b.time - a.time));
  const float u = float(double((time - a.time).value) / double((b.time - a.time).value));
  const float u2 = u * u;
  const float u3 = u2 * u;
  const glm::vec2 ma = velocityAt(points, i) * length;
  const glm::vec2 mb = velocityAt(points, i + 1) * length;
  PathSample sample;
  sample.position = (2 * u3 - 3 * u2 + 1) * a.position + (u3 - 2 * u2 + u) * ma +
                    (-2 * u3 + 3 * u2) * b.position + (u3 - u2) * mb;
  sample.velocity = ((6 * u2 - 6 * u) * a.position + (3 * u2 - 4 * u + 1) * ma +
                     (-6 * u2 + 6 * u) * b.position + (3 * u2 - 2 * u) * mb) / length;
  if (time == a.time) sample.heading = a.heading;
  else if (a.heading && b.heading) sample.heading = blendedHeading(*a.heading, *b.heading, u);
  return sample;
}

std::vector<PathPoint> cutPath(const std::vector<PathPoint>& points, TimeRange range) {
  std::vector<PathPoint> inside;
  if (points.empty() || points.back().time < range.start || points.front().time > range.end) return inside;
  const auto cutAt = [&](Ticks time) {
    const PathSample sample = evaluatePath(points, time);
    inside.push_back({time, sample.position, sample.heading});
  };
  if (points.front().time < range.start) cutAt(range.start);
  for (const PathPoint& point : points) {
    const bool isCut = !inside.empty() && inside.back().time == point.time;
    if (range.start <= point.time && point.time <= range.end && !isCut) inside.push_back(point);
  }
  if (points.back().time > range.end && (inside.empty() || inside.back().time < range.end)) cutAt(range.end);
  return inside;
}

}  // namespace kinescore
