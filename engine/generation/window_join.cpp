#include "engine/generation/window_join.h"

#include <algorithm>

#include "engine/generation/features.h"

namespace kinescore {
namespace {

/// What frame `known` misses, taken back over the frames behind it in one direction of time (`step` 1 or -1).
void takeBack(const FrameRange& window, std::int64_t known, int step, std::int64_t reach, std::span<const float> world,
              std::span<float> made) {
  const auto isInside = [&](std::int64_t frame) { return window.start <= frame && frame < window.end; };
  // a window may reach a frame beyond the performance
  const auto isThere = [&](std::int64_t frame) {
    return isInside(frame) && frame >= 0 && std::size_t(frame + 1) * kFeatureCount <= world.size();
  };
  if (!isThere(known)) return;
  const std::int64_t before = isThere(known - step) ? known - step : known;
  const auto wasAt = [&](std::int64_t frame) { return world.data() + frame * kFeatureCount; };
  const auto isAt = [&](std::int64_t frame) { return made.data() + (frame - window.start) * kFeatureCount; };
  double place[kContactChannel], speed[kContactChannel];
  for (int c = 0; c < kContactChannel; ++c) {
    place[c] = double(wasAt(known)[c]) - isAt(known)[c];
    speed[c] = (double(wasAt(known)[c]) - wasAt(before)[c]) - (double(isAt(known)[c]) - isAt(before)[c]);
  }
  const std::int64_t frames = std::min<std::int64_t>(kJoinFrames + 1, reach);
  for (std::int64_t k = 1; k < frames && isInside(known + step * k); ++k) {
    // cubic from (place, speed) to nothing
    const double u = double(k) / double(frames);
    const double ofPlace = (1 + 2 * u) * (1 - u) * (1 - u), ofSpeed = double(k) * (1 - u) * (1 - u);
    float* row = isAt(known + step * k);
    for (int c = 0; c < kContactChannel; ++c) row[c] += float(ofPlace * place[c] + ofSpeed * speed[c]);
  }
}

}  // namespace

void joinWindow(const FrameRange& window, std::int64_t knownUntil, std::span<const float> world, std::span<float> made,
                std::int64_t reach) {
  takeBack(window, knownUntil - 1, 1, reach, world, made);
}

void joinWindowAtEnd(const FrameRange& window, std::int64_t knownFrom, std::span<const float> world,
                     std::span<float> made, std::int64_t reach) {
  takeBack(window, knownFrom, -1, reach, world, made);
}

}  // namespace kinescore
