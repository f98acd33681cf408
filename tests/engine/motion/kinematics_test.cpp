#include "engine/motion/kinematics.h"

#include <gtest/gtest.h>

#include <numbers>

#include "tests/support/motions.h"

namespace kinescore {
namespace {

constexpr float kToleranceMeters = 1e-5f;
constexpr float kPi = std::numbers::pi_v<float>;

TEST(SkeletonTest, ParentsComeFirstAndMirrorsArePairs) {
  const Skeleton& skeleton = *kinescore22();
  ASSERT_EQ(skeleton.jointCount(), kJointCount22);
  for (int j = 0; j < kJointCount22; ++j) {
    EXPECT_LT(skeleton.parents[j], j);
    const int mirror = kMirrorJoint22[j];
    EXPECT_EQ(kMirrorJoint22[mirror], j);
    EXPECT_EQ(skeleton.offsets[mirror], skeleton.offsets[j] * glm::vec3(-1, 1, 1)) << skeleton.jointNames[j];
    EXPECT_EQ(skeleton.findJoint(skeleton.jointNames[j]), j);
  }
  EXPECT_FALSE(skeleton.findJoint("Tail"));
}

TEST(SkeletonTest, StandsOnTheFloorAtRest) {
  const WorldPose world = forwardKinematics(*kinescore22(), restPose(*kinescore22()));
  for (const SolePoint& sole : kSolePoints) {
    EXPECT_NEAR((world.positions[sole.joint] + world.rotations[sole.joint] * sole.offset).y, 0, 1e-4f);
  }
  const float top = world.positions[kHead].y + kinescore22()->endSites.at(kHead).y;
  EXPECT_NEAR(top, 1.75f, 0.005f);
  EXPECT_GT(world.positions[kLeftHand].x, 0.7f) << "left is +X";
  EXPECT_GT(world.positions[kLeftToeBase].z, 0.1f) << "and it faces +Z";
}

// Upper arm and forearm along +X; turning the shoulder by a quarter about Z stands the arm upright.
TEST(KinematicsTest, TurningAShoulderRaisesTheArm) {
  const Skeleton& skeleton = *kinescore22();
  Pose pose = restPose(skeleton);
  const WorldPose rest = forwardKinematics(skeleton, pose);
  pose.localRotations[kLeftArm] = glm::angleAxis(kPi / 2, glm::vec3(0, 0, 1));

  const WorldPose world = forwardKinematics(skeleton, pose);

  const glm::vec3 shoulder = rest.positions[kLeftArm];
  EXPECT_LT(glm::length(world.positions[kLeftArm] - shoulder), kToleranceMeters);
  EXPECT_LT(glm::length(world.positions[kLeftHand] - (shoulder + glm::vec3(0, 0.2985f + 0.2792f, 0))), kToleranceMeters);
  EXPECT_LT(glm::length(world.positions[kRightHand] - rest.positions[kRightHand]), kToleranceMeters);
}

TEST(KinematicsTest, BonesKeepTheirLengths) {
  const Motion motion = swayingMotion(20);
  const Skeleton& skeleton = *motion.skeleton;
  const auto positions = worldPositions(motion);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const glm::vec3* frame = &positions[std::size_t(f) * kJointCount22];
    EXPECT_EQ(frame[0], motion.rootPositions[f]);
    for (int j = 1; j < kJointCount22; ++j) {
      EXPECT_NEAR(glm::length(frame[j] - frame[skeleton.parents[j]]), glm::length(skeleton.offsets[j]), kToleranceMeters);
    }
  }
}

TEST(KinematicsTest, LocalRotationsComeBackFromWorldOnes) {
  CounterRandom random(2);
  const Skeleton& skeleton = *kinescore22();
  for (int i = 0; i < 50; ++i) {
    const Pose pose = randomPose(random);
    const auto local = localFromWorldRotations(skeleton, forwardKinematics(skeleton, pose).rotations);
    for (int j = 0; j < kJointCount22; ++j) EXPECT_LT(angleBetween(local[j], pose.localRotations[j]), 2e-3f);
  }
}

TEST(KinematicsTest, HeadingIsTheTurnAboutUp) {
  const Skeleton& skeleton = *kinescore22();
  for (float angle : {-3.0f, -1.0f, 0.0f, 0.5f, 2.0f}) {
    Pose pose = restPose(skeleton);
    pose.localRotations[kHips] = glm::angleAxis(angle, glm::vec3(0, 1, 0)) * glm::angleAxis(0.2f, glm::vec3(1, 0, 0));
    EXPECT_NEAR(headingOf(forwardKinematics(skeleton, pose)), angle, 1e-5f);
  }
}

}  // namespace
}  // namespace kinescore
