#include "engine/generation/beat_warp.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/media/heard_sound.h"

namespace kinescore {
namespace {

std::vector<Accent> accentsEvery(double period, double first, double end) {
  std::vector<Accent> accents;
  for (double at = first; at < end; at += period) accents.push_back({at, 0.8f});
  return accents;
}
std::vector<double> beatsEvery(double period, double first, double end) {
  std::vector<double> beats;
  for (double at = first; at < end; at += period) beats.push_back(at);
  return beats;
}
// Where a moment of the motion comes to be.
double placeOf(std::span<const double> source, double moment) {
  for (std::size_t i = 0; i + 1 < source.size(); ++i) {
    if (source[i] <= moment && source[i + 1] > moment) return double(i) + (moment - source[i]) / (source[i + 1] - source[i]);
  }
  return -1;
}
double offBeat(double frame, std::span<const double> beats) {
  double gap = 1e9;
  for (const double b : beats) gap = std::min(gap, std::abs(b - frame));
  return gap;
}

class BeatWarpTest : public testing::Test {
 protected:
  std::vector<double> warp() { return warpToBeats({{0, kFrames}, accents_, beats_, strength_, fixed_}); }
  double onBeat(std::span<const double> source) const {
    int on = 0;
    for (const Accent& a : accents_) on += offBeat(placeOf(source, a.frame), beats_) < 1;
    return double(on) / double(accents_.size());
  }

  static constexpr std::int64_t kFrames = 300;
  std::vector<Accent> accents_ = accentsEvery(16.5, 9, kFrames);
  std::vector<double> beats_ = beatsEvery(15, 4, kFrames);
  std::vector<float> strength_ = std::vector<float>(kFrames, 1.0f);
  std::vector<std::int64_t> fixed_;
};

TEST_F(BeatWarpTest, StepsComeOntoTheBeatWithoutHaste) {
  const std::vector<double> none(beats_.begin(), beats_.end());
  const std::vector<double> source = warp();
  ASSERT_EQ(source.size(), std::size_t(kFrames));
  EXPECT_EQ(source.front(), 0);
  EXPECT_EQ(source.back(), kFrames - 1);
  for (std::size_t i = 1; i < source.size(); ++i) {
    ASSERT_GT(source[i], source[i - 1]) << i;
    ASSERT_LT(source[i] - source[i - 1], 2.0) << i;
  }
  EXPECT_GT(onBeat(source), 0.7);
  std::vector<double> plain(kFrames);
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = double(i);
  EXPECT_LT(onBeat(plain), 0.3);
}

TEST_F(BeatWarpTest, WhatMustStayStays) {
  fixed_ = {100, 171};
  const std::vector<double> source = warp();
  EXPECT_NEAR(source[100], 100, 1e-9);
  EXPECT_NEAR(source[171], 171, 1e-9);
  EXPECT_GT(onBeat(source), 0.5);
}

TEST_F(BeatWarpTest, NoStrengthAndNoAccentsChangeNothing) {
  strength_.assign(kFrames, 0.0f);
  for (std::size_t i = 0; i < std::size_t(kFrames); ++i) ASSERT_NEAR(warp()[i], double(i), 1e-9);
  strength_.assign(kFrames, 1.0f);
  accents_.clear();
  for (std::size_t i = 0; i < std::size_t(kFrames); ++i) ASSERT_NEAR(warp()[i], double(i), 1e-9);
}

TEST_F(BeatWarpTest, EveryOtherStepMayLieBetweenBeats) {
  accents_ = accentsEvery(10.6, 6, kFrames);  // running
  beats_ = beatsEvery(20, 3, kFrames);        // 90 a minute
  const std::vector<double> source = warp();
  EXPECT_GT(onBeat(source), 0.35);
}

// Feet that come down every 16.5 frames, 109 steps a minute; asked for 120.
TEST(KeepBeats, MovesFootfallsOntoTheBeatOfARequest) {
  constexpr int kCount = 300;
  std::vector<float> world(std::size_t(kCount) * kFeatureCount, 0.0f);
  for (int f = 0; f < kCount; ++f) {
    world[std::size_t(f) * kFeatureCount + kContactChannel] = std::fmod(f, 16.5) < 9 ? 1.0f : 0.0f;
  }
  const std::vector<float> before = world;
  GenerationRequest request;
  request.span.end = ticksFromSeconds(10);
  RhythmRequest rhythm;
  rhythm.span = {ticksFromSeconds(1), ticksFromSeconds(9)};
  rhythm.beatsPerMinute = 120;
  rhythm.firstBeat = ticksFromSeconds(0.2);
  request.rhythms = {rhythm};
  const auto kept = keepBeats(request, {0, kCount}, world);
  ASSERT_TRUE(kept);
  EXPECT_LT(kept->before, 0.7);
  EXPECT_GT(kept->after, 0.85);
  const auto same = [&](int from, int to) {
    return std::equal(world.begin() + std::ptrdiff_t(from) * kFeatureCount, world.begin() + std::ptrdiff_t(to) * kFeatureCount,
                      before.begin() + std::ptrdiff_t(from) * kFeatureCount);
  };
  EXPECT_TRUE(same(0, 30)) << "before the beat is heard";
  EXPECT_TRUE(same(270, 300)) << "after it";
  // The same beats, heard in a recording whose second 0 lies half a second before the performance.
  HeardSound heard;
  for (double t = 0.2; t < 11; t += 0.5) heard.beats.push_back(t);
  heard.onset.assign(330, 0.0f);
  rhythm.beatsPerMinute = 37;  // not looked at
  rhythm.heard = std::make_shared<const HeardSound>(heard);
  rhythm.soundStart = -ticksFromSeconds(0.5);
  request.rhythms = {rhythm};
  std::vector<float> again = before;
  const auto keptHeard = keepBeats(request, {0, kCount}, again);
  ASSERT_TRUE(keptHeard);
  EXPECT_NEAR(keptHeard->after, kept->after, 1e-9);
  // A contact that flickers is none: performed contacts last four frames at least.
  std::vector<float> flickering = before;
  for (int f = 35; f < 260; f += 7) flickering[std::size_t(f) * kFeatureCount + kContactChannel + 3] = 1;
  const auto keptFlickering = keepBeats(request, {0, kCount}, flickering);
  ASSERT_TRUE(keptFlickering);
  EXPECT_NEAR(keptFlickering->after, kept->after, 1e-9);
  request.rhythms.clear();
  EXPECT_FALSE(keepBeats(request, {0, kCount}, world));
}

TEST(Retime, TakesFramesFromElsewhereAtTheirPace) {
  constexpr int kCount = 20;
  std::vector<float> values(std::size_t(kCount) * kFeatureCount);
  for (int f = 0; f < kCount; ++f) {
    for (int k = 0; k < kFeatureCount; ++k) values[std::size_t(f) * kFeatureCount + k] = float(f) * 0.5f;
    for (int k = kContactChannel; k < kFeatureCount; ++k) values[std::size_t(f) * kFeatureCount + k] = float(f % 2);
  }
  const std::vector<double> source{5, 6.5, 8, 9.5, 11};
  const std::vector<float> before = values;
  retime(values, 5, source);
  for (int f = 0; f < kCount; ++f) {
    const bool isRetimed = f >= 5 && f < 10;
    const float* v = values.data() + std::size_t(f) * kFeatureCount;
    if (!isRetimed) {
      ASSERT_EQ(v[0], before[std::size_t(f) * kFeatureCount]) << f;
      continue;
    }
    EXPECT_NEAR(v[0], 0.5 * source[f - 5], 1e-5) << f;
    const double pace = f == 5 || f == 9 ? 1 : 1.5;
    EXPECT_NEAR(v[kVelocityChannel], 0.5 * source[f - 5] * pace, 1e-4) << f;
    EXPECT_EQ(v[kContactChannel], float(int(std::lround(source[f - 5] + 1e-9)) % 2)) << f;
  }
}

}  // namespace
}  // namespace kinescore
