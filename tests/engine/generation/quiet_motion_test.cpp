#include "engine/generation/quiet_motion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/core/random.h"
#include "engine/generation/features.h"

namespace kinescore {
namespace {

constexpr std::int64_t kFrames = 90;
constexpr int kArm = kRotationChannel + 6 * 16, kLeg = kRotationChannel + 6 * 4;
constexpr float kTremble = 0.01f;

class QuietMotionTest : public testing::Test {
 protected:
  QuietMotionTest() : before_(std::size_t(kFrames) * kFeatureCount) {
    for (std::int64_t f = 0; f < kFrames; ++f) {
      for (int c = 0; c < kFeatureCount; ++c) before_[index(f, c)] = kTremble * float(normalNoise(5, f, std::uint32_t(c)));
    }
    after_ = before_;
  }
  static std::size_t index(std::int64_t frame, int channel) { return std::size_t(frame) * kFeatureCount + channel; }

  // Mean square of the third differences, what jerk is made of.
  static double tremblingOf(const std::vector<float>& values, int channel) {
    double sum = 0;
    for (std::int64_t f = 20; f < 70; ++f) {
      const double third = values[index(f + 2, channel)] - 3.0 * values[index(f + 1, channel)] +
                           3.0 * values[index(f, channel)] - values[index(f - 1, channel)];
      sum += third * third;
    }
    return sum / 50;
  }
  double left(int channel) const { return std::sqrt(tremblingOf(after_, channel) / tremblingOf(before_, channel)); }
  // `channel` turns at a steady speed, a second.
  void turn(int channel, double speed) {
    for (std::int64_t f = 0; f < kFrames; ++f) before_[index(f, channel)] += float(speed * double(f) / 30);
    after_ = before_;
  }

  std::vector<float> before_, after_;
};

TEST_F(QuietMotionTest, ALimbAtRestStopsTrembling) {
  calmQuietLimbs({0, kFrames}, after_);
  for (const int channel : {kRootChannel, kPositionChannel + 1, kArm, kLeg + 5}) EXPECT_LT(left(channel), 0.2) << channel;
}

TEST_F(QuietMotionTest, SpeedsContactsHeadingAndOtherPlacesStay) {
  calmQuietLimbs({0, kFrames}, after_);
  for (const int channel : {kHeadingChannel, kPositionChannel + 3, kVelocityChannel, kContactChannel}) {
    EXPECT_EQ(left(channel), 1) << channel;
  }
}

TEST_F(QuietMotionTest, TheFasterTheLess) {
  double last = 0;
  for (const double speed : {0.0, 0.2, 0.4, 0.8}) {
    turn(kArm, speed);
    calmQuietLimbs({0, kFrames}, after_);
    EXPECT_GT(left(kArm), last) << speed;
    last = left(kArm);
  }
  EXPECT_GT(last, 0.9);
}

TEST_F(QuietMotionTest, AnArmMayBeFastWhileALegRests) {
  turn(kArm, 4);
  calmQuietLimbs({0, kFrames}, after_);
  EXPECT_GT(left(kArm), 0.999);
  EXPECT_LT(left(kLeg), 0.2);
}

TEST_F(QuietMotionTest, FramesThatWereNotMadeStay) {
  calmQuietLimbs({30, 60}, after_);
  for (std::int64_t f = 0; f < kFrames; ++f) {
    const bool isMade = f >= 30 && f < 60;
    EXPECT_EQ(after_[index(f, kArm)] != before_[index(f, kArm)], isMade) << f;
  }
}

}  // namespace
}  // namespace kinescore
