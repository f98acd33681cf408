#include "engine/evaluate/gait_figures.h"

#include <gtest/gtest.h>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

// The whole figure carried along at a speed and a height.
Motion carried(double metersPerSecond, float lift) {
  Motion motion;
  for (int f = 0; f < 31; ++f) {
    Pose pose = restPose(*kinescore22());
    pose.rootPosition += glm::vec3(0, lift, float(metersPerSecond * f / 30));
    motion.appendPose(pose);
  }
  return motion;
}

TEST(GaitFiguresTest, FastToesAreCountedAtTheirHeight) {
  const float rest = worldPositions(carried(0, 0))[kLeftToeBase].y;
  EXPECT_TRUE(fastToeHeights(carried(0.9, 0.1f)).empty());
  const auto heights = fastToeHeights(carried(1.1, 0.1f));
  ASSERT_EQ(heights.size(), 2u * 29);
  for (const float h : heights) EXPECT_NEAR(h, rest + 0.1f, 1e-4);
}

TEST(GaitFiguresTest, QuantilesLieBetweenTheValues) {
  EXPECT_EQ(quantileOf({}, 0.5), 0);
  EXPECT_EQ(quantileOf({3}, 0.9), 3);
  EXPECT_DOUBLE_EQ(quantileOf({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_EQ(quantileOf({4, 1, 3, 2}, 1), 4);
  EXPECT_EQ(quantileOf({4, 1, 3, 2}, 0), 1);
}

}  // namespace
}  // namespace kinescore
