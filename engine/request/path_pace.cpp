#include "engine/request/path_pace.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "engine/request/path_curve.h"

namespace kinescore {
namespace {

constexpr int kChords = 16;
/// Speeds that differ by less are the same: lengths are whole ticks.
constexpr double kSameSpeed = 1.0001;
/// Longer stretches bend the curve of their neighbours; after so many rounds the rest is not worth telling.
constexpr int kRounds = 100;

/// From point i to the next.
double speedAfter(const std::vector<PathPoint>& points, std::size_t i) {
  const Ticks start = points[i].time, length = points[i + 1].time - start;
  // The engine looks once a frame: what lies within one is a step, however short it is.
  const double seconds = std::max(secondsOf(length), 1 / kEngineRate.fps());
  if (length <= Ticks{0}) return double(glm::length(points[i + 1].position - points[i].position)) / seconds;
  double meters = 0;
  glm::vec2 last = points[i].position;
  for (int chord = 1; chord <= kChords; ++chord) {
    const glm::vec2 next = evaluatePath(points, start + Ticks{length.value * chord / kChords}).position;
    meters += double(glm::length(next - last));
    last = next;
  }
  return meters / seconds;
}

}  // namespace

std::vector<PathStretch> stretchesFasterThan(double limit, const std::vector<PathPoint>& points) {
  std::vector<PathStretch> stretches;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double speed = speedAfter(points, i);
    if (speed <= limit * kSameSpeed) continue;
    const TimeRange span{points[i].time, points[i + 1].time};
    if (!stretches.empty() && stretches.back().span.end == span.start) {
      stretches.back().span.end = span.end;
      stretches.back().metersPerSecond = std::max(stretches.back().metersPerSecond, speed);
    } else {
      stretches.push_back({span, speed});
    }
  }
  return stretches;
}

std::vector<PathPoint> slowedTo(double limit, std::vector<PathPoint> points, FrameRate rate) {
  bool isSlowEnough = false;
  for (int round = 0; round < kRounds && !isSlowEnough; ++round) {
    isSlowEnough = true;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      const double speed = speedAfter(points, i);
      if (speed <= limit * kSameSpeed) continue;
      isSlowEnough = false;
      const double seconds = std::max(secondsOf(points[i + 1].time - points[i].time), 1 / kEngineRate.fps());
      const double missing = seconds * speed / limit - secondsOf(points[i + 1].time - points[i].time);
      const auto frames = std::max<std::int64_t>(1, std::int64_t(std::ceil(missing * rate.fps() - 1e-6)));
      for (std::size_t later = i + 1; later < points.size(); ++later) points[later].time += ticksOfFrame(frames, rate);
    }
  }
  return points;
}

}  // namespace kinescore
