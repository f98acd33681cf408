// A network-like denoiser without a network: a figure in the rest pose that follows the path it is
// told, or stays where its context left it, and trembles a little with the noise.
#pragma once

#include <chrono>
#include <thread>

#include "engine/generation/denoiser.h"

namespace kinescore {

class StandingDenoiser : public Denoiser {
 public:
  float tremble = 0.003f;      // share of the noisy input that stays in the answer
  float drift = 0;             // metres by which each window misses its context
  std::chrono::milliseconds callTime{0};
  std::vector<WindowConditions> windows;  // all that were begun
  bool follows = false;                   // drafts

  StandingDenoiser() {
    statistics_.mean.assign(kFeatureCount, 0.0f);
    statistics_.deviation.assign(kFeatureCount, 1.0f);
    Motion still;
    for (int f = 0; f < 8; ++f) still.appendPose(restPose(*still.skeleton));
    const MotionFeatures features = featuresFromMotion(still);
    standing_.assign(features.values.begin(), features.values.begin() + kFeatureCount);
  }

  Status begin(const WindowConditions& conditions) override {
    windows.push_back(conditions);
    return {};
  }

  Status denoise(std::span<const float> noisy, double, std::span<const GuidanceBranch> branches,
                 std::span<const std::span<float>> outputs, std::stop_token stop) override {
    const auto end = std::chrono::steady_clock::now() + callTime;
    do {
      if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Generating was cancelled"};
      if (callTime.count() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } while (std::chrono::steady_clock::now() < end);
    const WindowConditions& c = windows.back();
    for (std::size_t b = 0; b < branches.size(); ++b) {
      float x = 0, z = 0;
      for (int f = 0; f < c.frames; ++f) {
        if (c.pathMask[f] > 0) {
          x = c.path[f * 2];
          z = c.path[f * 2 + 1];
        } else if (c.knownMask[f] > 0) {
          x = c.known[f * kFeatureCount] + drift;
          z = c.known[f * kFeatureCount + 2];
        }
        for (int k = 0; k < kFeatureCount; ++k) {
          const std::size_t i = std::size_t(f) * kFeatureCount + k;
          outputs[b][i] = standing_[k] + tremble * noisy[i];
        }
        outputs[b][std::size_t(f) * kFeatureCount] += x;
        outputs[b][std::size_t(f) * kFeatureCount + 2] += z;
      }
    }
    return {};
  }

  bool followsDrafts() const override { return follows; }
  const FeatureStatistics& statistics() const override { return statistics_; }
  std::string modelHash() const override { return "standing"; }
  std::string precisionPath() const override { return "cpu-fp32"; }
  std::string deviceName() const override { return "a test"; }

 private:
  FeatureStatistics statistics_;
  std::vector<float> standing_;  // [273]
};

}  // namespace kinescore
