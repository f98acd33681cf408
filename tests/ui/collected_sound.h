// A sound output of a test's own: what would be heard, sample by sample, and how to look at it.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include "ui/document/sound_output.h"

namespace kinescore {

class CollectedSound : public SoundOutput {
 public:
  void start(int wantedRate, int channels, Pull pull) override {
    ++starts;
    rate = wantedRate;
    channels_ = channels;
    pull_ = std::move(pull);
    if (problem_ != saysWhenStarted) {
      problem_ = saysWhenStarted;
      Q_EMIT problemChanged();
    }
  }
  void stop() override {
    ++stops;
    pull_ = nullptr;
  }
  double latency() const override { return pulled_ == 0 ? 0 : waits; }
  QString problem() const override { return problem_; }
  [[nodiscard]] bool isOpen() const { return bool(pull_); }

  /// What a device plays in that time; silence where none is open.
  std::vector<float> heardFor(double seconds) {
    const auto count = std::size_t(std::lround(seconds * rate));
    std::vector<float> mono(count, 0);
    if (!pull_) return mono;
    std::vector<float> samples(count * std::size_t(channels_));
    pull_(samples);
    pulled_ += count;
    for (std::size_t i = 0; i < count; ++i) {
      mono[i] = samples[i * std::size_t(channels_)];
      EXPECT_LE(std::abs(mono[i]), 1);
      EXPECT_EQ(mono[i], samples[(i + 1) * std::size_t(channels_) - 1]) << "all channels have the same";
    }
    return mono;
  }

  int starts = 0, stops = 0, rate = 48000;
  double waits = 0;  // from being pulled to being heard
  QString saysWhenStarted;

 private:
  int channels_ = 2;
  Pull pull_;
  QString problem_;
  std::size_t pulled_ = 0;
};

/// How strong a tone is in part of a recording: its amplitude.
inline double toneIn(const std::vector<float>& samples, int rate, double hertz, double from, double to) {
  double re = 0, im = 0;
  const auto first = std::size_t(from * rate), last = std::min(samples.size(), std::size_t(to * rate));
  for (std::size_t i = first; i < last; ++i) {
    const double angle = 2 * std::numbers::pi * hertz * double(i) / rate;
    re += double(samples[i]) * std::cos(angle);
    im += double(samples[i]) * std::sin(angle);
  }
  return last > first ? 2 * std::hypot(re, im) / double(last - first) : 0;
}

inline double loudestIn(const std::vector<float>& samples, int rate, double from, double to) {
  float loudest = 0;
  for (auto i = std::size_t(from * rate); i < std::min(samples.size(), std::size_t(to * rate)); ++i) {
    loudest = std::max(loudest, std::abs(samples[i]));
  }
  return double(loudest);
}

/// Seconds at which something is heard after silence of 50 ms, and at which it is silent again.
inline std::vector<std::pair<double, double>> soundsIn(const std::vector<float>& samples, int rate) {
  constexpr float kHeard = 0.05f;
  std::vector<std::pair<double, double>> sounds;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (std::abs(samples[i]) < kHeard) continue;
    const double now = double(i) / rate;
    if (sounds.empty() || now - sounds.back().second > 0.05) sounds.emplace_back(now, now);
    sounds.back().second = now;
  }
  return sounds;
}

}  // namespace kinescore
