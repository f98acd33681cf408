#include "engine/train/sense_draws.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

TEST(SenseDrawsTest, ABodySeenWithoutFaultsFillsEveryFrame) {
  const MotionFeatures walk = smallWindow(64, 4);
  WindowConditions conditions = WindowConditions::empty(64);
  CounterRandom random(1);
  seeAll(walk.values, drawCamera(walk.values, random), conditions);
  ASSERT_EQ(conditions.view.size(), std::size_t(64) * kViewChannels);
  for (int f = 0; f < 64; ++f) {
    EXPECT_EQ(conditions.viewMask[f], 1);
    for (int k = 0; k < kViewPoints; ++k) EXPECT_EQ(conditions.view[f * kViewChannels + 3 * k + 2], 1);
  }
}

TEST(SenseDrawsTest, ADetectorsFaultsAreOfEveryKind) {
  const MotionFeatures walk = smallWindow(64, 4);
  int whole = 0, turning = 0, lost = 0, cut = 0;
  for (int i = 0; i < 200; ++i) {
    CounterRandom random(2, i), again(2, i);
    WindowConditions conditions = WindowConditions::empty(64), same = conditions;
    const bool all = seeBody(walk.values, random, conditions);
    seeBody(walk.values, again, same);
    ASSERT_EQ(conditions.view, same.view);
    whole += all;
    int seen = 0, points = 0;
    bool turns = false;
    for (int f = 0; f < 64; ++f) {
      if (conditions.viewMask[f] <= 0) continue;
      ++seen;
      const float* row = conditions.view.data() + f * kViewChannels;
      for (int k = 0; k < kViewPoints; ++k) points += row[3 * k + 2] > 0;
      for (int c = 0; c < kViewChannels; ++c) ASSERT_TRUE(std::isfinite(row[c]));
      turns = turns || std::abs(row[3 * kViewPoints + 4]) > 0.01f;
    }
    ASSERT_EQ(all, seen == 64);
    cut += seen < 64;
    lost += points < seen * kViewPoints;
    turning += turns;
  }
  EXPECT_GT(whole, 100);
  EXPECT_GT(cut, 15);
  EXPECT_GT(lost, 100);
  EXPECT_GT(turning, 30);
  EXPECT_LT(turning, 140);
}

TEST(SenseDrawsTest, AWalkIsHeardOnItsFootfallsAndStandingStillIsSilent) {
  MotionFeatures walk = smallWindow(96, 4);
  for (std::int64_t f = 0; f < 96; ++f) {
    float* contacts = walk.values.data() + f * kFeatureCount + kContactChannel;
    contacts[0] = contacts[1] = (f / 15) % 2 == 0 ? 1.0f : 0.0f;
    contacts[2] = contacts[3] = (f / 15) % 2 == 1 ? 1.0f : 0.0f;
  }
  int heard = 0;
  for (int i = 0; i < 40; ++i) {
    CounterRandom random(3, i);
    WindowConditions conditions = WindowConditions::empty(96);
    hearRhythm(walk.values, random, conditions);
    ASSERT_EQ(conditions.rhythmMask.size(), 96u);
    float on = 0;
    for (const int f : {15, 30, 45, 60, 75}) {
      float loudest = 0;
      for (int d = -1; d <= 1; ++d) loudest = std::max(loudest, conditions.rhythm[(f + d) * kRhythmChannels]);
      on += loudest / 5;
    }
    heard += on > 0.35f;
  }
  EXPECT_GT(heard, 34);

  std::vector<float> still(walk.values.size());
  for (std::int64_t f = 0; f < 96; ++f) std::copy_n(walk.values.begin(), kFeatureCount, still.begin() + f * kFeatureCount);
  for (std::int64_t f = 0; f < 96; ++f) std::fill_n(still.begin() + f * kFeatureCount + kVelocityChannel, 66, 0.0f);
  WindowConditions conditions = WindowConditions::empty(96);
  CounterRandom random(4);
  hearRhythm(still, random, conditions);
  EXPECT_TRUE(conditions.rhythm.empty());
}

}  // namespace
}  // namespace kinescore
