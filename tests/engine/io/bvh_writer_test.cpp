#include "engine/io/bvh_writer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/random.h"
#include "engine/io/bvh.h"
#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

glm::quat randomRotation(CounterRandom& random) {
  return glm::normalize(glm::quat(float(random.normal()), float(random.normal()), float(random.normal()), float(random.normal())));
}

// Wild poses, spins through 180° and exact gimbal poses.
Motion wildMotion(int frames) {
  CounterRandom random(11);
  Motion motion;
  for (int f = 0; f < frames; ++f) {
    Pose pose = restPose(*motion.skeleton);
    pose.rootPosition = {float(random.normal()) * 3, 1 + 0.1f * f, -2.5f};
    for (glm::quat& q : pose.localRotations) q = randomRotation(random);
    pose.localRotations[kHips] = glm::angleAxis(glm::radians(17.0f * f), glm::vec3(0, 1, 0));
    pose.localRotations[kLeftArm] = glm::angleAxis(glm::radians(f % 2 ? 90.0f : -90.0f), glm::vec3(0, 1, 0)) *
                                    glm::angleAxis(0.3f * f, glm::vec3(1, 0, 0));
    motion.appendPose(pose);
  }
  return motion;
}

double worstDistance(const Motion& wanted, const BvhFile& file, double unit) {
  double worst = 0;
  for (std::int64_t f = 0; f < file.frameCount(); ++f) {
    const std::vector<glm::dvec3> found = bvhWorldPositions(file, f);
    const WorldPose world = forwardKinematics(*wanted.skeleton, wanted.pose(f));
    for (std::size_t j = 0; j < file.joints.size(); ++j) {
      const int ours = *wanted.skeleton->findJoint(file.joints[j].name);
      worst = std::max(worst, glm::length(found[j] * unit - glm::dvec3(world.positions[ours])));
    }
  }
  return worst;
}

TEST(BvhWriter, WhatIsWrittenReadsBackTheSame) {
  const Motion motion = wildMotion(60);
  for (bool centimeters : {true, false}) {
    const std::string text = writeBvh(motion, {kEngineRate, centimeters});
    const Result<BvhFile> file = readBvh(text, "out.bvh");
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_TRUE(file->warnings.empty());
    EXPECT_EQ(file->frameCount(), 60);
    EXPECT_EQ(frameRateFromFrameTime(file->frameTime), kEngineRate);
    EXPECT_LT(worstDistance(motion, *file, centimeters ? 0.01 : 1.0), 1e-5);
  }
}

TEST(BvhWriter, RestPoseIsTheTPoseWithAllEndSites) {
  const Result<BvhFile> file = readBvh(writeBvh(wildMotion(1), {}), "out.bvh");
  ASSERT_TRUE(file.ok());
  const std::vector<glm::dvec3> rest = bvhWorldPositions(*file, -1);
  const auto skeleton = kinescore22();
  const WorldPose world = forwardKinematics(*skeleton, restPose(*skeleton));
  int endSites = 0;
  for (std::size_t j = 0; j < file->joints.size(); ++j) {
    const int ours = *skeleton->findJoint(file->joints[j].name);
    EXPECT_LT(glm::length(rest[j] * 0.01 - glm::dvec3(world.positions[ours] - world.positions[0])), 1e-6);
    endSites += file->joints[j].endSite.has_value();
  }
  EXPECT_EQ(endSites, int(skeleton->endSites.size()));
}

TEST(BvhWriter, AnglesNeverJumpOverAHalfTurn) {
  const Motion motion = wildMotion(400);
  Motion smooth = motion;  // a steady spin of every joint about a slanted axis
  for (std::int64_t f = 0; f < smooth.frameCount(); ++f) {
    for (int j = 0; j < smooth.jointCount(); ++j) {
      smooth.rotation(f, j) = glm::angleAxis(0.05f * float(f), glm::normalize(glm::vec3(0.1f * j, 1, 0.2f)));
    }
  }
  const Result<BvhFile> file = readBvh(writeBvh(smooth, {}), "out.bvh");
  ASSERT_TRUE(file.ok());
  for (std::int64_t f = 1; f < file->frameCount(); ++f) {
    for (int c = 3; c < file->channelCount; ++c) {
      const double step = file->values[f * file->channelCount + c] - file->values[(f - 1) * file->channelCount + c];
      ASSERT_LT(std::abs(step), 150) << "frame " << f << " channel " << c;
    }
  }
}

TEST(BvhWriter, EveryRateCoversTheSameTimeThroughEvaluate) {
  const Motion motion = wildMotion(61);
  for (FrameRate rate : {FrameRate{24, 1}, {24000, 1001}, {25, 1}, {30000, 1001}, {60, 1}, {120, 1}}) {
    const std::string text = writeBvh(motion, {rate, true});
    const Result<BvhFile> file = readBvh(text, "out.bvh");
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(frameRateFromFrameTime(file->frameTime), rate);
    EXPECT_NEAR(file->frameTime * rate.fps(), 1, 1e-10);
    EXPECT_EQ(file->frameCount(), frameAtOrAfter(motion.duration(), rate));
    Motion wanted;
    for (std::int64_t f = 0; f < file->frameCount(); ++f) wanted.appendPose(evaluate(motion, ticksOfFrame(f, rate)));
    EXPECT_LT(worstDistance(wanted, *file, 0.01), 1e-5);
  }
}

}  // namespace
}  // namespace kinescore
