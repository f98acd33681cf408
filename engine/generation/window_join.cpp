#include "engine/generation/window_join.h"

#include "engine/generation/features.h"

namespace kinescore {
namespace {

/// Frames over which the miss fades.
constexpr int kJoinFrames = 20;

}  // namespace

void joinWindow(const FrameRange& window, std::int64_t knownUntil, std::span<const float> world, std::span<float> made) {
  const std::int64_t last = knownUntil - 1;
  if (last < window.start || last >= window.end) return;
  const bool hasSpeed = last > window.start;
  const auto rowOf = [](auto values, std::int64_t frame) { return values.data() + frame * kFeatureCount; };
  const float *was = rowOf(world, last), *is = rowOf(made, last - window.start);
  const float *wasBefore = hasSpeed ? was - kFeatureCount : was, *isBefore = hasSpeed ? is - kFeatureCount : is;
  double place[kContactChannel], speed[kContactChannel];
  for (int c = 0; c < kContactChannel; ++c) {
    place[c] = double(was[c]) - is[c];
    speed[c] = (double(was[c]) - wasBefore[c]) - (double(is[c]) - isBefore[c]);
  }
  for (int k = 1; k <= kJoinFrames && last + k < window.end; ++k) {
    // cubic from (place, speed) to nothing
    const double u = double(k) / (kJoinFrames + 1);
    const double ofPlace = (1 + 2 * u) * (1 - u) * (1 - u), ofSpeed = k * (1 - u) * (1 - u);
    float* row = made.data() + (last + k - window.start) * kFeatureCount;
    for (int c = 0; c < kContactChannel; ++c) row[c] += float(ofPlace * place[c] + ofSpeed * speed[c]);
  }
}

}  // namespace kinescore
