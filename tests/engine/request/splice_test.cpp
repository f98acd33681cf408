#include "engine/request/splice.h"

#include <gtest/gtest.h>

#include <glm/gtc/quaternion.hpp>

#include "engine/motion/kinematics.h"
#include "tests/support/projects.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

/// The same performance somewhere else on the floor, turned by `angle`.
std::shared_ptr<const Take> placedElsewhere(const Take& take, glm::vec3 by, float angle) {
  Motion motion = *take.result.motion;
  const glm::quat turn = glm::angleAxis(angle, glm::vec3(0, 1, 0));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[std::size_t(f)] = turn * motion.rootPositions[std::size_t(f)] + by;
    motion.rotation(f, 0) = turn * motion.rotation(f, 0);
  }
  GeneratedMotion result = take.result;
  result.motion = std::make_shared<const Motion>(std::move(motion));
  return makeTake(take.request, result, nullptr, take.number + 1);
}

TEST(SpliceTest, FramesThatFitAreTakenBitForBit) {
  const auto receiver = takeOf(1, 1);
  // the same but for its arms in the middle
  GeneratedMotion result = receiver->result;
  Motion motion = *result.motion;
  for (std::int64_t f = 130; f < 170; ++f) motion.rotation(f, kLeftArm) = glm::angleAxis(0.7f, glm::vec3(1, 0, 0));
  result.motion = std::make_shared<const Motion>(std::move(motion));
  const auto donor = makeTake(receiver->request, result, nullptr, 2);

  const auto splice = spliceTakes(*receiver, *donor, {120, 180});
  ASSERT_TRUE(splice) << splice.error().message;
  const Motion& spliced = *splice->base->result.motion;
  EXPECT_EQ(splice->movedMeters, 0);
  EXPECT_EQ(identityHash(spliced, {120, 180}), identityHash(*donor->result.motion, {120, 180}));
  EXPECT_EQ(identityHash(spliced, {0, 120}), identityHash(*receiver->result.motion, {0, 120}));
  EXPECT_EQ(identityHash(spliced, {180, 300}), identityHash(*receiver->result.motion, {180, 300}));
  EXPECT_EQ(splice->base->id, receiver->id);
  EXPECT_EQ(splice->base->origins, (std::vector<FrameOrigin>{{{0, 120}, receiver->id}, {{120, 180}, donor->id}, {{180, 300}, receiver->id}}));
}

TEST(SpliceTest, FramesFromElsewhereAreBroughtToWhereTheyFit) {
  const auto receiver = takeOf(1, 1);
  const auto donor = placedElsewhere(*receiver, {3, 0, -2}, 1.1f);
  const auto splice = spliceTakes(*receiver, *donor, {100, 200});
  ASSERT_TRUE(splice);
  for (std::int64_t f = 100; f < 200; f += 9) {
    const Pose is = splice->base->result.motion->pose(f), wanted = receiver->result.motion->pose(f);
    EXPECT_LT(glm::distance(is.rootPosition, wanted.rootPosition), 1e-4f);
    EXPECT_GT(std::abs(glm::dot(is.localRotations[0], wanted.localRotations[0])), 0.99999f);
  }
  EXPECT_NEAR(splice->turnedRadians, -1.1f, 1e-3f);
  EXPECT_NE(spliceLine(*splice, *donor, {100, 200}).detail.find("63 degrees"), std::string::npos);
}

TEST(SpliceTest, FramesThatTheScoreBindsToAPlaceAreTakenAsTheyStand) {
  const auto receiver = takeOf(1, 1);
  const auto donor = placedElsewhere(*receiver, {0.4f, 0, -0.2f}, 0.5f);
  const FrameRange frames{100, 200};
  TimelineBuilder score;
  EXPECT_EQ(splicePlacing(score.timeline(), frames), SplicePlacing::WhereEndsFit);
  score.clip(score.track(TrackKind::Text, "Prompts"), 0, 10, TextCondition{"walk"});
  EXPECT_EQ(splicePlacing(score.timeline(), frames), SplicePlacing::WhereEndsFit);
  score.clip(score.track(TrackKind::Pose, "Poses"), 5, 5.03, PoseCondition{.pose = restPose(*kinescore22())});  // from frame 150
  EXPECT_EQ(splicePlacing(score.timeline(), {0, 150}), SplicePlacing::WhereEndsFit);
  EXPECT_EQ(splicePlacing(score.timeline(), {151, 200}), SplicePlacing::WhereEndsFit);
  ASSERT_EQ(splicePlacing(score.timeline(), frames), SplicePlacing::AsTheyStand);
  const auto splice = spliceTakes(*receiver, *donor, frames, SplicePlacing::AsTheyStand);
  ASSERT_TRUE(splice);
  EXPECT_EQ(splice->movedMeters, 0);
  EXPECT_EQ(splice->turnedRadians, 0);
  EXPECT_EQ(identityHash(*splice->base->result.motion, frames), identityHash(*donor->result.motion, frames));
  EXPECT_GT(splice->leastJoinIn, kLeastJoinFrames) << "the joins do the meeting";
}

TEST(SpliceTest, TheHoldIsKeptAndOnlyTheJoinsAreAskedFor) {
  const auto receiver = takeOf(1, 1);
  auto splice = spliceTakes(*receiver, *takeOf(2, 2), {120, 180});
  ASSERT_TRUE(splice);
  splice->leastJoinIn = splice->leastJoinOut = 6;
  RequestOptions options;
  askForJoins(options, *splice, {120, 180}, ticksOfFrame(10, kEngineRate), Ticks{0});
  GenerationRequest request = walkRequest();
  Timeline empty;
  const auto asked = buildRequest(empty, options);
  ASSERT_TRUE(asked) << asked.error().message;
  EXPECT_EQ(asked->madeParts(), (std::vector<FrameRange>{{110, 120}, {180, 186}}));
  EXPECT_EQ(asked->base, splice->base->result.motion);
}

TEST(SpliceTest, JoinsThatHaveFarToGoAreLonger) {
  const auto receiver = takeOf(1, 1);
  // a donor that walks half a metre aside meanwhile: each end misses a quarter
  Motion motion = *receiver->result.motion;
  for (std::int64_t f = 0; f < 300; ++f) motion.rootPositions[std::size_t(f)].x += 0.005f * float(f - 100);
  GeneratedMotion result = receiver->result;
  result.motion = std::make_shared<const Motion>(std::move(motion));
  const auto splice = spliceTakes(*receiver, *makeTake(receiver->request, result, nullptr, 2), {100, 200});
  ASSERT_TRUE(splice);
  EXPECT_NEAR(double(splice->leastJoinIn), double(kLeastJoinFrames) + 15, 2);
  EXPECT_NEAR(double(splice->leastJoinOut), double(kLeastJoinFrames) + 15, 2);
}

TEST(SpliceTest, AtTheBeginningThereIsOneJoin) {
  auto splice = spliceTakes(*takeOf(1, 1), *takeOf(2, 2), {0, 50});
  ASSERT_TRUE(splice);
  splice->leastJoinOut = 6;
  RequestOptions options;
  askForJoins(options, *splice, {0, 50}, ticksOfFrame(8, kEngineRate), ticksOfFrame(8, kEngineRate));
  EXPECT_EQ(buildRequest(Timeline{}, options)->madeParts(), (std::vector<FrameRange>{{50, 58}}));
}

TEST(SpliceTest, WhatCannotBeTakenOverIsSaid) {
  const auto receiver = takeOf(1, 1);
  EXPECT_FALSE(spliceTakes(*receiver, *receiver, {10, 20}));
  GeneratedMotion other = receiver->result;
  Motion motion = *other.motion;
  motion.rotation(250, kLeftArm) = glm::angleAxis(0.7f, glm::vec3(1, 0, 0));
  other.motion = std::make_shared<const Motion>(std::move(motion));
  const auto same = spliceTakes(*receiver, *makeTake(receiver->request, other, nullptr, 2), {10, 20});
  ASSERT_FALSE(same);
  EXPECT_NE(same.error().message.find("the same there"), std::string::npos);
  EXPECT_FALSE(spliceTakes(*receiver, *takeOf(2, 2), {0, 300}));
  EXPECT_FALSE(spliceTakes(*receiver, *takeOf(2, 2), {290, 310}));
  const auto shorter = makeTake(walkRequest(), generatedMotion(200, 4), nullptr, 3);
  const auto refused = spliceTakes(*receiver, *shorter, {10, 20});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("Take 3 is not as long"), std::string::npos);
}

}  // namespace
}  // namespace kinescore
