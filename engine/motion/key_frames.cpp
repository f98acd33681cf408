#include "engine/motion/key_frames.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

/// Mean speed of the joints about each frame of the slice, metres a frame.
std::vector<float> jointSpeeds(const Motion& slice) {
  const std::vector<glm::vec3> positions = worldPositions(slice);
  const std::int64_t frames = slice.frameCount();
  const int joints = slice.jointCount();
  std::vector<float> speeds(std::size_t(frames), 0.0f);
  for (std::int64_t f = 0; f < frames; ++f) {
    const std::int64_t before = std::max<std::int64_t>(f - 1, 0), after = std::min(f + 1, frames - 1);
    for (int j = 0; j < joints; ++j) {
      speeds[std::size_t(f)] += glm::distance(positions[std::size_t(after * joints + j)], positions[std::size_t(before * joints + j)]);
    }
    speeds[std::size_t(f)] /= float(joints) * float(std::max<std::int64_t>(after - before, 1));
  }
  return speeds;
}

}  // namespace

std::vector<std::int64_t> keyFramesOf(const Motion& motion, FrameRange range, KeyFrameSpacing spacing) {
  range.start = std::max<std::int64_t>(range.start, 0);
  range.end = std::min(range.end, motion.frameCount());
  if (range.end <= range.start) {
    return {};
  }
  const std::int64_t last = range.end - range.start - 1;
  const auto framesIn = [&](double seconds) { return std::max<std::int64_t>(1, std::llround(seconds * motion.rate.fps())); };
  const std::int64_t least = framesIn(spacing.leastSeconds), most = std::max(framesIn(spacing.mostSeconds), least);
  const std::vector<float> speeds = jointSpeeds(motion.slice(range));

  std::vector<std::int64_t> chosen{0};
  if (last > 0) {
    chosen.push_back(last);
  }
  // The stillest moments first: they keep their neighbours away.
  std::vector<std::int64_t> minima;
  for (std::int64_t f = 1; f < last; ++f) {
    const float speed = speeds[std::size_t(f)];
    if (speed < speeds[std::size_t(f - 1)] && speed <= speeds[std::size_t(f + 1)]) {
      minima.push_back(f);
    }
  }
  std::stable_sort(minima.begin(), minima.end(),
                   [&](std::int64_t a, std::int64_t b) { return speeds[std::size_t(a)] < speeds[std::size_t(b)]; });
  for (const std::int64_t f : minima) {
    if (std::all_of(chosen.begin(), chosen.end(), [&](std::int64_t other) { return std::abs(other - f) >= least; })) {
      chosen.push_back(f);
    }
  }
  std::sort(chosen.begin(), chosen.end());

  std::vector<std::int64_t> keys;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (i > 0) {
      const std::int64_t gap = chosen[i] - chosen[i - 1];
      const std::int64_t parts = (gap + most - 1) / most;
      for (std::int64_t part = 1; part < parts; ++part) {
        keys.push_back(range.start + chosen[i - 1] + gap * part / parts);
      }
    }
    keys.push_back(range.start + chosen[i]);
  }
  return keys;
}

}  // namespace kinescore
