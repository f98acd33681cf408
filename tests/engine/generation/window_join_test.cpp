#include "engine/generation/window_join.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/generation/features.h"

namespace kinescore {
namespace {

// One channel of a made-up world: it rises by 0.1 a frame and stands at 3 at frame 31.
TEST(WindowJoinTest, TakesUpPlaceAndSpeedAndLetsThemGo) {
  std::vector<float> world(200 * kFeatureCount), made(100 * kFeatureCount);
  for (int f = 0; f < 32; ++f) world[std::size_t(f) * kFeatureCount] = 3 + 0.1f * float(f - 31);
  for (int f = 0; f < 100; ++f) made[std::size_t(f) * kFeatureCount] = 2.5f;
  const std::vector<float> raw = made;
  joinWindow({0, 100}, 32, world, made);
  const auto at = [&](int f) { return double(made[std::size_t(f) * kFeatureCount]); };
  EXPECT_NEAR(at(32), 3.09, 0.03);            // goes on as fast
  EXPECT_GT(at(33), at(32));
  EXPECT_NEAR(at(60), 2.5, 1e-6);             // and is its own later
  for (int f = 0; f < 32; ++f) EXPECT_EQ(at(f), 2.5) << "known frames stay";
  double sharpest = 0;
  for (int f = 33; f < 60; ++f) sharpest = std::max(sharpest, std::abs(at(f - 1) - 2 * at(f) + at(f + 1)));
  EXPECT_LT(sharpest, 0.05);
  for (int f = 0; f < 100; ++f) {
    for (int c = 1; c < kFeatureCount; ++c) ASSERT_EQ(made[std::size_t(f) * kFeatureCount + c], 0);
  }
}

TEST(WindowJoinTest, RunsIntoWhatIsKnownBehindWithinItsReach) {
  std::vector<float> world(100 * kFeatureCount), made(100 * kFeatureCount);
  for (int f = 0; f < 100; ++f) world[std::size_t(f) * kFeatureCount] = 0.1f * float(f);
  for (int f = 0; f < 100; ++f) made[std::size_t(f) * kFeatureCount] = 5;
  joinWindow({0, 100}, 40, world, made, 9);
  joinWindowAtEnd({0, 100}, 48, world, made, 9);
  const auto at = [&](int f) { return double(made[std::size_t(f) * kFeatureCount]); };
  EXPECT_NEAR(at(40), 4.0, 0.06);
  EXPECT_NEAR(at(47), 4.7, 0.06);
  for (int f = 40; f < 47; ++f) EXPECT_LT(std::abs(at(f + 1) - at(f)), 0.35);
  EXPECT_EQ(at(60), 5);
  EXPECT_EQ(at(30), 5);
}

TEST(WindowJoinTest, WhatFitsStays) {
  std::vector<float> world(64 * kFeatureCount), made(64 * kFeatureCount);
  for (std::size_t i = 0; i < made.size(); ++i) world[i] = made[i] = std::sin(0.01f * float(i));
  const std::vector<float> raw = made;
  joinWindow({0, 64}, 32, world, made);
  EXPECT_EQ(made, raw);
  joinWindow({0, 64}, 0, world, made);   // nothing known
  joinWindow({0, 64}, 70, world, made);  // all known
  EXPECT_EQ(made, raw);
}

}  // namespace
}  // namespace kinescore
