#include "engine/network/gem/performed_motion.h"

#include <gtest/gtest.h>

#include "engine/motion/kinematics.h"

namespace kinescore::gem {
namespace {

SmplFrame restingFrame() {
  return {};
}

/// A body that turns all joints and walks.
SmplMotion someMotion(int frames) {
  SmplMotion motion;
  for (int f = 0; f < frames; ++f) {
    SmplFrame frame;
    for (int j = 0; j < kPosedJoints; ++j) {
      frame.bodyPose[j] =
          0.3f * glm::vec3(std::sin(0.1f * f + j), std::cos(0.2f * f - j), std::sin(0.3f * j));
    }
    frame.globalOrient = {0.1f, 0.02f * f, -0.05f};
    frame.translation = {0.01f * f, 0.02f, 0.03f * f};
    motion.push_back(frame);
  }
  return motion;
}

std::vector<ContactLogits> noContacts(std::size_t frames) {
  return std::vector<ContactLogits>(frames, ContactLogits{-1, -1, -1, -1, -1, -1});
}

const char* const kSmplNames[] = {
    "Hips",        "LeftUpLeg",    "RightUpLeg",    "Spine",    "LeftLeg",     "RightLeg",
    "Spine1",      "LeftFoot",     "RightFoot",     "Spine2",   "LeftToeBase", "RightToeBase",
    "Neck",        "LeftShoulder", "RightShoulder", "Head",     "LeftArm",     "RightArm",
    "LeftForeArm", "RightForeArm", "LeftHand",      "RightHand"};

TEST(GemToKinescore, JointsAndParentsAreThoseOfSmpl) {
  const auto skeleton = kinescore22();
  for (int j = 0; j < kBodyJoints; ++j) {
    EXPECT_EQ(skeleton->jointNames[std::size_t(j)], kSmplNames[j]);
    EXPECT_EQ(skeleton->parents[std::size_t(j)], kParents[std::size_t(j)]) << kSmplNames[j];
  }
}

TEST(GemToKinescore, EveryJointTurnsByItself) {
  for (int joint = 0; joint < kPosedJoints; ++joint) {
    SmplMotion world = {restingFrame()};
    world[0].bodyPose[std::size_t(joint)] = {0.2f, -0.5f, 0.9f};
    const Motion motion = motionOf(world, noContacts(1));
    for (int j = 0; j < kBodyJoints; ++j) {
      const glm::quat expected = j == joint + 1
                                     ? glm::angleAxis(glm::length(glm::vec3(0.2f, -0.5f, 0.9f)),
                                                      glm::normalize(glm::vec3(0.2f, -0.5f, 0.9f)))
                                     : glm::quat(1, 0, 0, 0);
      EXPECT_GT(std::abs(glm::dot(motion.rotation(0, j), expected)), 1 - 1e-6f) << kSmplNames[j];
    }
  }
}

TEST(GemToKinescore, ABodyAtRestIsOurs) {
  const Motion motion = motionOf(SmplMotion{restingFrame()}, noContacts(1));
  EXPECT_EQ(motion.pose(0), restPose(*kinescore22()));
}

TEST(GemToKinescore, JointsStandWhereGemsOwnChainHasThem) {
  const SmplMotion world = someMotion(12);
  const Motion motion = motionOf(world, noContacts(12));
  const auto expected = jointPositions(kinescoreBody(), world);
  const std::vector<glm::vec3> positions = worldPositions(motion);
  for (std::size_t f = 0; f < 12; ++f) {
    for (std::size_t j = 0; j < std::size_t(kBodyJoints); ++j) {
      EXPECT_LT(glm::length(positions[f * kBodyJoints + j] - expected[f][j]), 2e-5f)
          << f << " " << kSmplNames[j];
    }
  }
}

TEST(GemToKinescore, ContactsAreAnklesAndToesOfBothSides) {
  std::vector<ContactLogits> logits(4,
                                    ContactLogits{-5, -5, -5, -5, 5, 5});  // wrists are not told of
  for (std::size_t c = 0; c < 4; ++c) logits[c][c] = 3;
  const Motion motion = motionOf(SmplMotion(4), logits);
  const std::vector<float> scores = contactScoresOf(logits);
  for (std::size_t f = 0; f < 4; ++f) {
    for (std::size_t c = 0; c < 4; ++c) {
      EXPECT_EQ(gem::kContactJoints[c], kinescore::kContactJoints[c]);
      EXPECT_EQ(motion.contacts[f * 4 + c], f == c ? 1 : 0);
      EXPECT_NEAR(scores[f * 4 + c], f == c ? 0.95257 : 0.00669, 1e-4);
    }
  }
}

TEST(GemToKinescore, AndBackAgain) {
  const SmplMotion world = someMotion(8), back = smplOf(motionOf(world, noContacts(8)), {0, 8});
  for (std::size_t f = 0; f < 8; ++f) {
    for (int axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(back[f].translation[axis], world[f].translation[axis], 1e-5);
      EXPECT_NEAR(back[f].globalOrient[axis], world[f].globalOrient[axis], 1e-5);
      for (std::size_t j = 0; j < std::size_t(kPosedJoints); ++j) {
        EXPECT_NEAR(back[f].bodyPose[j][axis], world[f].bodyPose[j][axis], 1e-5);
      }
    }
  }
}

TEST(GemPlacing, AFrameFacesAndStandsAsTold) {
  Motion motion = motionOf(someMotion(20), noContacts(20));
  const float height = motion.rootPositions[7].y;
  const float way = glm::length(motion.rootPositions[19] - motion.rootPositions[0]);
  placeAt(motion, 7, {{2, -3}, 1.2f});
  const WindowSpace stand = standOf(motion, 7);
  EXPECT_NEAR(stand.originXz.x, 2, 1e-5);
  EXPECT_NEAR(stand.originXz.y, -3, 1e-5);
  EXPECT_NEAR(stand.heading, 1.2, 1e-4);
  EXPECT_NEAR(motion.rootPositions[7].y, height, 1e-6);
  EXPECT_NEAR(glm::length(motion.rootPositions[19] - motion.rootPositions[0]), way, 1e-4);
}

TEST(GemPlacing, FarKeysAreWalkedTo) {
  GenerationRequest request;
  request.span = {{0}, ticksFromSeconds(4)};
  Motion motion = motionOf(SmplMotion(120), noContacts(120));
  for (const auto& [second, x] : {std::pair(1.0, 0.5f), std::pair(3.0, 1.5f)}) {
    PoseKeyRequest key;
    key.time = ticksFromSeconds(second);
    key.pose = restPose(*kinescore22());
    key.pose.rootPosition.x = x;
    request.poses.push_back(key);
  }
  leadThroughKeys(request, 0, motion);
  EXPECT_FLOAT_EQ(motion.rootPositions[30].x, 0.5f);
  EXPECT_FLOAT_EQ(motion.rootPositions[90].x, 1.5f);
  EXPECT_FLOAT_EQ(motion.rootPositions[0].x, 0.5f);
  EXPECT_FLOAT_EQ(motion.rootPositions[119].x, 1.5f);
  EXPECT_NEAR(motion.rootPositions[60].x, 1.0f, 1e-5);
  for (int f = 1; f < 120; ++f) {
    const float step =
        motion.rootPositions[std::size_t(f)].x - motion.rootPositions[std::size_t(f - 1)].x;
    EXPECT_GE(step, 0);
    EXPECT_LT(step, 1.6f / 60) << "no jump at " << f;
  }
}

TEST(GemPlacing, OfARangeTheWayLeadsBackToTheBase) {
  GenerationRequest request;
  request.span = {{0}, ticksFromSeconds(4)};
  request.range = FrameRange{30, 90};
  Motion base = motionOf(SmplMotion(120), noContacts(120));
  for (int f = 0; f < 120; ++f) base.rootPositions[std::size_t(f)].x = f < 60 ? 0.0f : 0.3f;
  request.base = std::make_shared<const Motion>(base);
  PoseKeyRequest key;
  key.time = ticksFromSeconds(2);
  key.pose = restPose(*kinescore22());
  key.pose.rootPosition.z = 1;
  request.poses = {key};
  Motion motion = motionOf(SmplMotion(110), noContacts(110));  // the window begins at frame 10
  leadThroughKeys(request, 10, motion);
  EXPECT_FLOAT_EQ(motion.rootPositions[60 - 10].z, 1);
  EXPECT_FLOAT_EQ(motion.rootPositions[29 - 10].z, 0);
  EXPECT_FLOAT_EQ(motion.rootPositions[90 - 10].z, 0);
  EXPECT_FLOAT_EQ(motion.rootPositions[29 - 10].x, 0);
  EXPECT_FLOAT_EQ(motion.rootPositions[90 - 10].x, 0.3f);
}

// What is told to the sampler of the base leads back to the base, whichever way the network's
// gravity points.
class GemKnownFrames : public testing::TestWithParam<GravityAxis> {};

TEST_P(GemKnownFrames, LeadBackToTheBase) {
  const Motion base = motionOf(someMotion(60), noContacts(60));
  const FrameRange window{10, 60}, made{30, 40};
  const KnownFrames known =
      knownFrames(base, window, made, GetParam(), false, publishedStatistics());
  ASSERT_EQ(known.values.size(), 50u);
  const DecodedMotion decoded = decodeMotion(known.values, publishedStatistics());
  const std::vector<SixD> still(50, SixD{1, 0, 0, 0, 1, 0});
  const auto world = worldMotion(decoded, worldRollout(decoded, still, GetParam()));
  Motion back = motionOf(world, noContacts(50));
  placeAt(back, 0, standOf(base, 10));
  for (std::int64_t f = 0; f < 50; ++f) {
    EXPECT_LT(
        std::abs(back.rootPositions[std::size_t(f)].x - base.rootPositions[std::size_t(f + 10)].x),
        1e-4f)
        << f;
    EXPECT_LT(
        std::abs(back.rootPositions[std::size_t(f)].z - base.rootPositions[std::size_t(f + 10)].z),
        1e-4f)
        << f;
    for (int j = 0; j < kBodyJoints; ++j) {
      EXPECT_GT(std::abs(glm::dot(back.rotation(f, j), base.rotation(f + 10, j))), 1 - 1e-5f)
          << f << " " << j;
    }
  }
}

TEST_P(GemKnownFrames, SayNothingOfTheMadeOnes) {
  const Motion base = motionOf(someMotion(60), noContacts(60));
  const KnownFrames known =
      knownFrames(base, {10, 60}, {30, 40}, GetParam(), false, publishedStatistics());
  const KnownFrames seen =
      knownFrames(base, {10, 60}, {30, 40}, GetParam(), true, publishedStatistics());
  for (std::size_t i = 0; i < 50; ++i) {
    const std::int64_t f = std::int64_t(i) + 10;
    const bool isKnown = f < 30 || f >= 40;
    EXPECT_EQ(known.mask[i][kBodyPoseChannel + 5], isKnown ? 1 : 0) << f;
    EXPECT_EQ(known.mask[i][kShapeChannel], 0) << "the shape is the network's own";
    EXPECT_EQ(known.mask[i][kGravityOrientChannel], isKnown ? 1 : 0) << f;
    EXPECT_EQ(seen.mask[i][kGravityOrientChannel], 0) << "seen by a camera that the base was not";
    EXPECT_EQ(known.mask[i][kStepChannel], isKnown && f != 29 && f != 59 ? 1 : 0)
        << "steps need both frames";
  }
}

INSTANTIATE_TEST_SUITE_P(BothAxes, GemKnownFrames,
                         testing::Values(GravityAxis::Up, GravityAxis::Down));

}  // namespace
}  // namespace kinescore::gem
