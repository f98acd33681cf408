#include "engine/generation/rhythm.h"

#include <cmath>

#include <gtest/gtest.h>

namespace kinescore {
namespace {

constexpr int kOnset = 0, kBeatSin = 1, kBeatCos = 2, kBarCos = 4;

std::vector<float> written(const Beat& beat, int frames) {
  std::vector<float> rhythm(std::size_t(frames) * kRhythmChannels);
  writeBeat(beat, frames, rhythm);
  return rhythm;
}

TEST(RhythmTest, ASteadyBeatIsFoundInItsAccents) {
  std::vector<Accent> accents;
  for (int i = 0; i < 8; ++i) accents.push_back({4 + 15.0 * i + (i % 2 ? 0.4 : -0.4), 1});
  const Beat beat = beatOf(accents);
  EXPECT_NEAR(beat.period, 15, 0.3);
  EXPECT_GT(beat.agreement, 0.95);
  EXPECT_NEAR(std::remainder(beat.first - 4, beat.period), 0, 1.5);
}

TEST(RhythmTest, WhatMarksNoTimeHasNoBeat) {
  EXPECT_EQ(beatOf(std::vector<Accent>{{3, 1}, {18, 1}, {33, 1}}).agreement, 0);
  const std::vector<Accent> astray = {{0, 1}, {5, 1}, {13, 1}, {32, 1}, {40, 1}, {59, 1}, {66, 1}, {85, 1}, {89, 1}};
  EXPECT_LT(beatOf(astray).agreement, 0.8);
}

TEST(RhythmTest, ABeatSoundsAndTurnsOnItsFrames) {
  Beat beat;
  beat.period = 15;
  beat.first = 5;
  const auto rhythm = written(beat, 90);
  const auto at = [&](int frame, int channel) { return rhythm[std::size_t(frame) * kRhythmChannels + channel]; };
  for (const int f : {5, 20, 35, 50}) {
    EXPECT_GT(at(f, kOnset), 0.7);
    EXPECT_NEAR(at(f, kBeatCos), 1, 1e-4);
    EXPECT_LT(at(f + 7, kOnset), 0.1);
    EXPECT_LT(at(f + 7, kBeatCos), -0.9);
    EXPECT_GT(at(f + 3, kBeatSin), 0.5);
  }
  EXPECT_NEAR(at(5, kBarCos), 1, 1e-4);
  EXPECT_NEAR(at(65, kBarCos), 1, 1e-4);
  EXPECT_NEAR(at(35, kBarCos), -1, 1e-4);
}

TEST(RhythmTest, FootfallsAreAccents) {
  std::vector<float> values(60 * kFeatureCount, 0.0f);
  const auto stand = [&](int foot, int from, int to) {
    for (int f = from; f < to; ++f) values[std::size_t(f) * kFeatureCount + kContactChannel + foot] = 1;
  };
  stand(0, 0, 12);
  stand(3, 10, 30);  // a right toe comes down at 10
  stand(1, 28, 50);  // a left one at 28
  const auto accents = accentsOf(values);
  ASSERT_EQ(accents.size(), 2u);
  EXPECT_EQ(accents[0].frame, 10);
  EXPECT_EQ(accents[1].frame, 28);
}

}  // namespace
}  // namespace kinescore
