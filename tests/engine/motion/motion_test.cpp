#include "engine/motion/motion.h"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/motion/kinematics.h"
#include "tests/support/motions.h"

namespace kinescore {
namespace {

constexpr float kToleranceMeters = 1e-5f;
const FrameRate kRates[] = {{24000, 1001}, {24, 1}, {30, 1}, {60, 1}, {120, 1}};

class EvaluateTest : public testing::TestWithParam<FrameRate> {};

TEST_P(EvaluateTest, AtAFramesOwnTimeItIsThatFrameBitForBit) {
  const Motion motion = swayingMotion(50, 1, GetParam());
  for (std::int64_t f = 0; f < 50; ++f) EXPECT_EQ(evaluate(motion, ticksOfFrame(f, motion.rate)), motion.pose(f));
}

TEST_P(EvaluateTest, IsClampedAtBothEnds) {
  const Motion motion = swayingMotion(20, 1, GetParam());
  EXPECT_EQ(evaluate(motion, {-5}), motion.pose(0));
  EXPECT_EQ(evaluate(motion, ticksOfFrame(19, motion.rate) + Ticks{1}), motion.pose(19));
  EXPECT_EQ(evaluate(motion, ticksOfFrame(1000, motion.rate)), motion.pose(19));
}

TEST_P(EvaluateTest, TheRootAndItsVelocityGoThroughFramesWithoutAStep) {
  const Motion motion = swayingMotion(20, 1, GetParam());
  const Ticks step{ticksOfFrame(1, motion.rate).value / 256};
  const float seconds = float(secondsOf(step));
  for (std::int64_t f = 1; f < 19; ++f) {
    const Ticks at = ticksOfFrame(f, motion.rate);
    const glm::vec3 here = evaluate(motion, at).rootPosition;
    const glm::vec3 before = evaluate(motion, at - step).rootPosition;
    const glm::vec3 after = evaluate(motion, at + step).rootPosition;
    EXPECT_LT(glm::length(after - here), 0.02f);
    // One-sided slopes agree but for the curvature within a step.
    EXPECT_LT(glm::length((after - here) - (here - before)) / seconds, 0.02f) << f;
  }
}

TEST_P(EvaluateTest, RotationsTurnEvenlyAlongTheShorterArc) {
  Motion motion = swayingMotion(2, 1, GetParam());
  const glm::quat a = motion.rotation(0, kHead);
  const glm::quat turned = glm::normalize(glm::angleAxis(1.0f, glm::vec3(0, 1, 0)) * a);
  motion.rotation(1, kHead) = -turned;  // the same rotation, on the other side of the sphere
  const Ticks frame = ticksOfFrame(1, motion.rate);
  for (int i = 1; i < 8; ++i) {
    const Pose pose = evaluate(motion, {frame.value * i / 8});
    EXPECT_NEAR(angleBetween(a, pose.localRotations[kHead]), i / 8.0f, 2e-3f);
    EXPECT_NEAR(glm::length(pose.localRotations[kHead]), 1, 1e-6f);
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, EvaluateTest, testing::ValuesIn(kRates));

TEST(EvaluateRootTest, IsExactOnAStraightLineAndOnAParabola) {
  Motion motion;
  for (int f = 0; f < 12; ++f) {
    Pose pose = restPose(*motion.skeleton);
    pose.rootPosition = {0.1f * f, 1, 0.01f * f * f};
    motion.appendPose(pose);
  }
  for (double t = 1; t < 10; t += 0.23) {  // where both neighbours exist
    const glm::vec3 root = evaluate(motion, ticksFromSeconds(t / 30)).rootPosition;
    EXPECT_NEAR(root.x, 0.1 * t, kToleranceMeters);
    EXPECT_NEAR(root.z, 0.01 * t * t, kToleranceMeters);
  }
}

TEST(ResampleTest, KeepsThePosesAtTheirTimes) {
  const Motion motion = swayingMotion(61);
  const Motion slower = resample(motion, {24, 1});
  EXPECT_EQ(slower.frameCount(), 49);
  EXPECT_EQ(slower.contacts.size(), 49u * 4);
  for (std::int64_t f = 0; f < slower.frameCount(); ++f) {
    EXPECT_EQ(slower.pose(f), evaluate(motion, ticksOfFrame(f, {24, 1})));
  }
  const Motion same = resample(motion, motion.rate);
  EXPECT_EQ(identityHash(same), identityHash(motion));
  EXPECT_EQ(resample(Motion{}, {24, 1}).frameCount(), 0);
}

TEST(MirrorTest, TwiceIsTheSameBitForBit) {
  const Motion motion = swayingMotion(30);
  EXPECT_EQ(identityHash(mirrored(mirrored(motion))), identityHash(motion));
}

TEST(MirrorTest, PutsTheLeftWhereTheRightWas) {
  const Motion motion = swayingMotion(10);
  const Motion other = mirrored(motion);
  const auto positions = worldPositions(motion);
  const auto mirroredPositions = worldPositions(other);
  for (std::size_t f = 0; f < 10; ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::vec3 expected = positions[f * kJointCount22 + kMirrorJoint22[j]] * glm::vec3(-1, 1, 1);
      const glm::vec3 actual = mirroredPositions[f * kJointCount22 + j];
      ASSERT_LT(glm::length(actual - expected), kToleranceMeters) << f << " " << j;
    }
    EXPECT_EQ(other.contacts[f * 4 + 0], motion.contacts[f * 4 + 2]);
    EXPECT_EQ(other.contacts[f * 4 + 3], motion.contacts[f * 4 + 1]);
  }
}

TEST(IdentityHashTest, SeesEveryBitOfItsFramesAndNothingElse) {
  const Motion motion = swayingMotion(30);
  const std::string hash = identityHash(motion);
  const FrameRange middle{10, 20};
  const std::string part = identityHash(motion, middle);
  const auto changed = [&](auto change) {
    Motion other = motion;
    change(other);
    return other;
  };
  const Motion root = changed([](Motion& m) { m.rootPositions[5].y = std::nextafter(m.rootPositions[5].y, 9.0f); });
  EXPECT_NE(identityHash(root), hash);
  EXPECT_EQ(identityHash(root, middle), part) << "frame 5 is outside";
  const Motion turned = changed([](Motion& m) { m.rotation(15, 3).w = std::nextafter(m.rotation(15, 3).w, 9.0f); });
  EXPECT_NE(identityHash(turned, middle), part);
  EXPECT_EQ(identityHash(turned, {0, 15}), identityHash(motion, {0, 15}));
  EXPECT_EQ(identityHash(turned, {16, 30}), identityHash(motion, {16, 30}));
  const Motion contact = changed([](Motion& m) { m.contacts[12 * 4] ^= 1; });
  EXPECT_NE(identityHash(contact, middle), part);
  EXPECT_EQ(identityHash(motion.slice(middle)), part);
}

TEST(MotionTest, SliceAndSetPose) {
  Motion motion = swayingMotion(10);
  const Motion part = motion.slice({3, 7});
  EXPECT_EQ(part.frameCount(), 4);
  EXPECT_EQ(part.pose(0), motion.pose(3));
  EXPECT_EQ(part.contacts[0], motion.contacts[12]);
  motion.setPose(0, part.pose(3));
  EXPECT_EQ(motion.pose(0), motion.pose(6));
  motion.resize(12);
  EXPECT_EQ(motion.pose(11).rootPosition.y, kRestRootHeight);
  EXPECT_EQ(motion.contacts.size(), 48u);
  EXPECT_EQ(motion.duration(), ticksOfFrame(12, kEngineRate));
}

}  // namespace
}  // namespace kinescore
