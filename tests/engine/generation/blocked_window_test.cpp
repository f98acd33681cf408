#include "engine/generation/blocked_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace kinescore {
namespace {

void askForPose(WindowConditions& window, int frame, float strength = 1) {
  std::fill_n(window.jointMask.begin() + frame * kJointCount22, kJointCount22, strength);
  std::fill_n(window.rotationMask.begin() + frame * kJointCount22, kJointCount22, strength);
}

TEST(BlockedWindow, AreWindowsWhosePosesLeaveNoWideGap) {
  WindowConditions window = WindowConditions::empty(120);
  EXPECT_FALSE(isBlocked(window)) << "nothing is asked";
  for (const int frame : {20, 60}) askForPose(window, frame);
  EXPECT_FALSE(isBlocked(window)) << "59 frames after the last";
  askForPose(window, 100);
  EXPECT_TRUE(isBlocked(window));
  askForPose(window, 60, 0.5f);
  EXPECT_FALSE(isBlocked(window)) << "a pose in between is only wished for";
}

TEST(BlockedWindow, KnownFramesCountButAreNoReason) {
  WindowConditions window = WindowConditions::empty(60);
  std::fill_n(window.knownMask.begin(), 15, 1.0f);
  std::fill_n(window.knownMask.begin() + 45, 15, 1.0f);
  EXPECT_FALSE(isBlocked(window)) << "a second that is to be made anew";
  askForPose(window, 20);
  askForPose(window, 40);
  EXPECT_TRUE(isBlocked(window));
}

// --- what lies between poses ------------------------------------------------------------------------

constexpr int kLookFrames = 61;

FeatureStatistics plainStatistics() {
  return {std::vector<float>(kFeatureCount, 0.0f), std::vector<float>(kFeatureCount, 1.0f)};
}

float& valueOf(std::vector<float>& look, int frame, int channel) { return look[std::size_t(frame) * kFeatureCount + channel]; }

// All joints `apart` metres higher at frame 30 than at 0 and at 60, and all over the place in between.
std::vector<float> lookWithPoses(float apart) {
  std::vector<float> look(std::size_t(kLookFrames) * kFeatureCount);
  for (int f = 0; f < kLookFrames; ++f) {
    for (int c = 0; c < kFeatureCount; ++c) valueOf(look, f, c) = f % 30 == 0 ? 0.0f : std::sin(float(7 * f + c));
    valueOf(look, f, kHeadingChannel) = 1;
  }
  for (int j = 0; j < kJointCount22; ++j) valueOf(look, 30, kPositionChannel + 3 * j + 1) = apart;
  return look;
}

double meanSquareBetween(std::vector<float> look, int channel) {
  double sum = 0;
  for (int f = 1; f < 30; ++f) sum += double(valueOf(look, f, channel)) * valueOf(look, f, channel);
  return sum / 29;
}

TEST(NearPoses, AreJoinedByACurve) {
  const std::array<int, 3> poses = {0, 30, 60};
  const std::vector<float> before = lookWithPoses(0.001f);
  std::vector<float> look = before;
  trustNearPoses(poses, plainStatistics(), look);
  for (const int channel : {0, kPositionChannel, kRotationChannel, kVelocityChannel - 1}) {
    EXPECT_LT(meanSquareBetween(look, channel), 1e-3 * meanSquareBetween(before, channel)) << channel;
  }
  for (const int channel : {kVelocityChannel, kContactChannel}) {
    EXPECT_EQ(meanSquareBetween(look, channel), meanSquareBetween(before, channel)) << "speeds and contacts are the look's, " << channel;
  }
  for (const int pose : poses) {
    for (int c = 0; c < kFeatureCount; ++c) {
      ASSERT_EQ(look[std::size_t(pose) * kFeatureCount + c], before[std::size_t(pose) * kFeatureCount + c]) << pose << ", " << c;
    }
  }
}

TEST(NearPoses, TheFartherTheLess) {
  const std::array<int, 3> poses = {0, 30, 60};
  const int channel = kRotationChannel;
  const double whole = meanSquareBetween(lookWithPoses(0), channel);
  double last = 0;
  for (const float apart : {0.02f, 0.1f, 0.3f, 2.0f}) {
    std::vector<float> look = lookWithPoses(apart);
    trustNearPoses(poses, plainStatistics(), look);
    const double left = std::sqrt(meanSquareBetween(look, channel) / whole);
    EXPECT_GT(left, last) << apart;
    if (apart == 0.1f) {
      EXPECT_NEAR(left, 0.5, 0.01);
    }
    last = left;
  }
  EXPECT_GT(last, 0.99) << "of poses that lie far apart the look knows more";
}

// The distance is one in the world: a figure that walks on in the same pose has gone far.
TEST(NearPoses, AWayThatIsGoneCounts) {
  const std::array<int, 2> poses = {0, 30};
  std::vector<float> look = lookWithPoses(0);
  const double before = meanSquareBetween(look, kRotationChannel);
  valueOf(look, 30, 2) = 3;
  trustNearPoses(poses, plainStatistics(), look);
  EXPECT_GT(meanSquareBetween(look, kRotationChannel), 0.99 * before);
}

TEST(NearPoses, WhatLiesOutsideStays) {
  const std::array<int, 2> poses = {10, 40};
  const std::vector<float> before = lookWithPoses(0);
  std::vector<float> look = before;
  trustNearPoses(poses, plainStatistics(), look);
  EXPECT_TRUE(std::equal(before.begin(), before.begin() + 11 * kFeatureCount, look.begin()));
  EXPECT_TRUE(std::equal(before.begin() + 40 * kFeatureCount, before.end(), look.begin() + 40 * kFeatureCount));
  EXPECT_NE(before, look);
}

}  // namespace
}  // namespace kinescore
