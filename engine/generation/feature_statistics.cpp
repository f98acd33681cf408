#include <array>
#include <cassert>
#include <cmath>

#include "engine/generation/features.h"

namespace kinescore {
namespace {

constexpr float kRootXzDeviation = 1.0f, kRootHeightDeviation = 0.25f;
constexpr double kDeviationFloor = 0.25;  // of the mean deviation among groups of a kind

// Channels that mean the same kind of thing, in groups (one joint, one foot) that share a deviation.
struct Kind {
  int first, groupWidth, groups;
};
constexpr std::array<Kind, 5> kKinds = {{{kHeadingChannel, 2, 1},
                                         {kPositionChannel, 3, kJointCount22},
                                         {kRotationChannel, 6, kJointCount22},
                                         {kVelocityChannel, 3, kJointCount22},
                                         {kContactChannel, 4, 1}}};

}  // namespace

void FeatureStatistics::normalise(std::span<float> values) const {
  assert(values.size() % kFeatureCount == 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = i % kFeatureCount;
    values[i] = (values[i] - mean[c]) / deviation[c];
  }
}

void FeatureStatistics::denormalise(std::span<float> values) const {
  assert(values.size() % kFeatureCount == 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = i % kFeatureCount;
    values[i] = values[i] * deviation[c] + mean[c];
  }
}

FeatureStatistics measureStatistics(std::span<const MotionFeatures> windows) {
  std::vector<double> sum(kFeatureCount, 0), squares(kFeatureCount, 0);
  double frames = 0;
  for (const MotionFeatures& window : windows) {
    for (std::int64_t f = 0; f < window.frames; ++f) {
      const float* v = window.values.data() + f * kFeatureCount;
      for (int c = 0; c < kFeatureCount; ++c) {
        sum[c] += v[c];
        squares[c] += double(v[c]) * v[c];
      }
    }
    frames += double(window.frames);
  }
  FeatureStatistics statistics{std::vector<float>(kFeatureCount, 0.0f), std::vector<float>(kFeatureCount, 1.0f)};
  if (frames == 0) return statistics;
  std::vector<double> variance(kFeatureCount);
  for (int c = 0; c < kFeatureCount; ++c) {
    const double mean = sum[c] / frames;
    statistics.mean[c] = float(mean);
    variance[c] = std::max(0.0, squares[c] / frames - mean * mean);
  }
  // Where a window goes is not a property of the data's frames: xz stays centred on the origin.
  statistics.mean[kRootChannel] = statistics.mean[kRootChannel + 2] = 0;
  statistics.deviation[kRootChannel] = statistics.deviation[kRootChannel + 2] = kRootXzDeviation;
  statistics.deviation[kRootChannel + 1] = kRootHeightDeviation;
  for (const Kind& kind : kKinds) {
    std::vector<double> deviations(kind.groups);
    double mean = 0;
    for (int g = 0; g < kind.groups; ++g) {
      double total = 0;
      for (int c = 0; c < kind.groupWidth; ++c) total += variance[kind.first + g * kind.groupWidth + c];
      deviations[g] = std::sqrt(total / kind.groupWidth);
      mean += deviations[g] / kind.groups;
    }
    for (int g = 0; g < kind.groups; ++g) {
      const double deviation = std::max({deviations[g], kDeviationFloor * mean, 1e-3});
      for (int c = 0; c < kind.groupWidth; ++c) {
        statistics.deviation[kind.first + g * kind.groupWidth + c] = float(deviation);
      }
    }
  }
  return statistics;
}

}  // namespace kinescore
