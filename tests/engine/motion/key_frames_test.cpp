#include "engine/motion/key_frames.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/motions.h"

namespace kinescore {
namespace {

/// A right arm that swings to and fro and rests for a moment at each end, every `seconds`.
Motion swinging(double length, double seconds) {
  Motion motion;
  const Pose rest = restPose(*kinescore22());
  for (std::int64_t f = 0; f < std::llround(length * 30); ++f) {
    Pose pose = rest;
    const float angle = float(std::cos(double(f) / 30 / seconds * std::acos(-1.0)));
    pose.localRotations[17] = glm::angleAxis(angle, glm::vec3(0, 0, 1));
    motion.appendPose(pose);
  }
  return motion;
}

TEST(KeyFrames, StandWhereALimbEndsItsWay) {
  const Motion motion = swinging(4.0, 1.0);
  const auto keys = keyFramesOf(motion, {0, motion.frameCount()});
  ASSERT_EQ(keys.size(), 5u);
  EXPECT_EQ(keys.front(), 0);
  EXPECT_EQ(keys.back(), 119);
  for (int i = 1; i < 4; ++i) {
    EXPECT_NEAR(double(keys[std::size_t(i)]), 30.0 * i, 1.0);
  }
}

TEST(KeyFrames, AreNeitherNearerNorFurtherApartThanSaid) {
  const KeyFrameSpacing spacing{0.5, 1.0};
  for (const double seconds : {0.2, 0.7, 5.0}) {
    const Motion motion = swinging(6.0, seconds);
    const auto keys = keyFramesOf(motion, {15, 160}, spacing);
    ASSERT_GE(keys.size(), 2u);
    EXPECT_EQ(keys.front(), 15);
    EXPECT_EQ(keys.back(), 159);
    for (std::size_t i = 1; i < keys.size(); ++i) {
      EXPECT_LE(keys[i] - keys[i - 1], 30) << seconds;
      EXPECT_GE(keys[i] - keys[i - 1], 15) << seconds;
    }
  }
}

TEST(KeyFrames, OfAlmostNothingAreItsEnds) {
  const Motion motion = swinging(1.0, 1.0);
  EXPECT_TRUE(keyFramesOf(motion, {10, 10}).empty());
  EXPECT_TRUE(keyFramesOf(motion, {40, 80}).empty());
  EXPECT_EQ(keyFramesOf(motion, {10, 11}), (std::vector<std::int64_t>{10}));
  EXPECT_EQ(keyFramesOf(motion, {-5, 200}).front(), 0);
}

}  // namespace
}  // namespace kinescore
