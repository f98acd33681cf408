#include "engine/generation/rhythm.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "engine/media/heard_sound.h"

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

/// Ten seconds with a beat every half second from 0.25 s on, each louder than the one before.
HeardSound heardTicks() {
  HeardSound heard;
  heard.beatsPerMinute = 120;
  heard.onset.assign(300, 0.0f);
  heard.loudness.assign(300, 0.0f);
  heard.bands.assign(300 * kHeardBands, 0.0f);
  for (int i = 0; i < 19; ++i) {
    heard.beats.push_back(0.25 + 0.5 * i);
    if (i % 4 == 1) heard.downbeats.push_back(heard.beats.back());
  }
  for (int f = 0; f < 300; ++f) {
    heard.onset[f] = f % 15 == 8 ? 1.0f : 0.0f;
    heard.loudness[f] = float(f) / 300;
    for (int b = 0; b < kHeardBands; ++b) heard.bands[f * kHeardBands + b] = float(b) / kHeardBands;
  }
  return heard;
}

TEST(RhythmTest, ARecordingIsToldFrameByFrame) {
  const HeardSound heard = heardTicks();
  constexpr int kFrames = 120;
  std::vector<float> out(kFrames * kRhythmChannels, -9.0f);
  writeHeard(heard, 30, kFrames, out);
  const auto at = [&](int frame, int channel) { return out[std::size_t(frame) * kRhythmChannels + channel]; };
  EXPECT_EQ(at(29, 0), -9) << "before the recording nothing is said";
  EXPECT_EQ(at(38, 0), 1);
  EXPECT_EQ(at(45, 0), 0);
  EXPECT_FLOAT_EQ(at(90, 5), 0.2f);
  EXPECT_FLOAT_EQ(at(90, 6 + 3), 0.375f);
  // beats at 37.5, 52.5 …: a quarter of one after 41.25
  EXPECT_NEAR(at(45, 1), 0, 1e-5);   // half a beat on: sin 0,
  EXPECT_NEAR(at(45, 2), -1, 1e-5);  // cos −1
  // a bar begins at 52.5 and at 112.5
  EXPECT_NEAR(at(67, 3), std::sin(2 * std::numbers::pi * 14.5 / 60), 1e-4);
  EXPECT_NEAR(at(67, 4), std::cos(2 * std::numbers::pi * 14.5 / 60), 1e-4);

  // Half a frame later every number lies between its neighbours.
  std::vector<float> later(kFrames * kRhythmChannels);
  writeHeard(heard, 30.5, kFrames, later);
  EXPECT_NEAR(later[91 * kRhythmChannels + 5], (60.5f) / 300, 1e-5);
}

TEST(RhythmTest, WhereNoBeatIsHeardPhasesAreUnknown) {
  HeardSound heard = heardTicks();
  heard.beats.clear();
  heard.downbeats.clear();
  std::vector<float> out(30 * kRhythmChannels);
  writeHeard(heard, 0, 30, out);
  for (int f = 0; f < 30; ++f) {
    for (int c = 1; c <= 4; ++c) EXPECT_EQ(out[f * kRhythmChannels + c], 0);
  }
  EXPECT_EQ(out[8 * kRhythmChannels], 1);
}

}  // namespace
}  // namespace kinescore
