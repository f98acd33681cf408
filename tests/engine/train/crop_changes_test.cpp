#include "engine/train/crop_changes.h"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/train/condition_draws.h"
#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

float distance(const std::vector<glm::vec3>& a, const std::vector<glm::vec3>& b) {
  float worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, glm::length(a[i] - b[i]));
  return worst;
}

TEST(CropChangesTest, ItsOwnPaceChangesNothing) {
  const MotionFeatures walk = smallWindow(90, 4);
  const std::vector<float> same = atPace(walk, 10, 40, 1);
  for (std::size_t i = 0; i < same.size(); ++i) {
    const int channel = int(i % kFeatureCount);
    const bool isLastVelocity = i / kFeatureCount == 39 && channel >= kVelocityChannel;
    if (isLastVelocity) continue;
    ASSERT_NEAR(same[i], walk.values[10 * kFeatureCount + i], 2e-4) << channel;
  }
}

TEST(CropChangesTest, FasterIsThePoseOfLaterFramesWithMoreSpeed) {
  const MotionFeatures walk = smallWindow(90, 4);
  const std::vector<float> fast = atPace(walk, 0, 41, 2);
  const std::vector<float> late(walk.values.begin() + 80 * kFeatureCount, walk.values.begin() + 81 * kFeatureCount);
  const std::vector<float> end(fast.begin() + 40 * kFeatureCount, fast.end());
  EXPECT_LT(distance(windowPositions(end), windowPositions(late)), 1e-4f);
  double is = 0, was = 0;
  for (int f = 0; f < 40; ++f) {
    is += std::abs(fast[f * kFeatureCount + kVelocityChannel + 3 * kHips + 2]);
    was += std::abs(walk.values[2 * f * kFeatureCount + kVelocityChannel + 3 * kHips + 2]);
  }
  EXPECT_NEAR(is / was, 2, 0.1);
}

TEST(CropChangesTest, AFlightKeepsItsTime) {
  MotionFeatures walk = smallWindow(60, 4);
  for (std::int64_t f = 0; f < 60; ++f) std::fill_n(walk.values.begin() + f * kFeatureCount + kContactChannel, 4, 1.0f);
  double widest = 0, widestFlying = 0;
  for (int i = 0; i < 200; ++i) {
    CounterRandom random(1, i);
    widest = std::max(widest, std::abs(drawPace(walk.values, random) - 1));
  }
  for (std::int64_t f = 20; f < 30; ++f) std::fill_n(walk.values.begin() + f * kFeatureCount + kContactChannel, 4, 0.0f);
  for (int i = 0; i < 200; ++i) {
    CounterRandom random(1, i);
    widestFlying = std::max(widestFlying, std::abs(drawPace(walk.values, random) - 1));
  }
  EXPECT_GT(widest, 0.12);
  EXPECT_LE(widest, 0.15);
  EXPECT_GT(widestFlying, 0.05);
  EXPECT_LE(widestFlying, 0.07);
}

TEST(CropChangesTest, ABodyJoinedWithItselfIsItself) {
  const MotionFeatures walk = smallWindow(60, 4);
  const auto joined = joinedBodies(walk.values, walk.values);
  ASSERT_TRUE(joined);
  EXPECT_LT(distance(windowPositions(*joined), windowPositions(walk.values)), 1e-4f);
}

TEST(CropChangesTest, LegsStayAndArmsAreTheOther) {
  const MotionFeatures a = smallWindow(60, 4), b = smallWindow(60, 5);
  const auto joined = joinedBodies(a.values, b.values);
  ASSERT_TRUE(joined);
  const auto is = windowPositions(*joined), legs = windowPositions(a.values), arms = windowPositions(b.values);
  for (int f = 0; f < 60; ++f) {
    const auto at = [&](const std::vector<glm::vec3>& p, int j) { return p[f * kJointCount22 + j]; };
    EXPECT_LT(glm::length(at(is, kLeftToeBase) - at(legs, kLeftToeBase)), 1e-5f);
    // bones keep their length
    EXPECT_NEAR(glm::length(at(is, kLeftHand) - at(is, kLeftForeArm)),
                glm::length(at(arms, kLeftHand) - at(arms, kLeftForeArm)), 1e-4f);
    EXPECT_NEAR(glm::length(at(is, kSpine) - at(is, kHips)), glm::length(at(legs, kSpine) - at(legs, kHips)), 1e-4f);
  }
}

TEST(CropChangesTest, WhoRunsHasNoArmsOfOneWhoStands) {
  const MotionFeatures a = smallWindow(60, 4);
  MotionFeatures fast = a;
  for (std::int64_t f = 0; f < 60; ++f) fast.values[f * kFeatureCount + kRootChannel + 2] += 0.05f * float(f);
  EXPECT_FALSE(joinedBodies(fast.values, a.values));
}

}  // namespace
}  // namespace kinescore
