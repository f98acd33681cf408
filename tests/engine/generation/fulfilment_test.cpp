#include "engine/generation/fulfilment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/generation/report.h"
#include "engine/motion/kinematics.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

/// Walks along +Z at 1 m/s, its hips swinging 12 cm to both sides with every step.
Motion swingingWalk(std::int64_t frames) {
  Motion motion;
  for (std::int64_t f = 0; f < frames; ++f) {
    Pose pose = restPose(*motion.skeleton);
    pose.rootPosition.x = 0.12f * std::sin(float(f) * 0.42f);
    pose.rootPosition.z = float(f) / 30;
    motion.appendPose(pose);
  }
  return motion;
}

PathRequest straight(double seconds) {
  return {{{Ticks{0}, {0, 0}, {}}, {ticksFromSeconds(seconds), {0, float(seconds)}, {}}}};
}

bool isMissedSomewhere(const std::vector<float>& misses) {
  return std::any_of(misses.begin(), misses.end(), [](float m) { return m > 1; });
}
bool hasNote(const std::vector<ReportLine>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const ReportLine& line) { return line.isNote; });
}

TEST(FulfilmentTest, HipsThatSwingWithTheStepsKeepThePath) {
  GenerationRequest request = walkRequest();
  request.paths = {straight(10)};
  const Motion motion = swingingWalk(301);
  EXPECT_FALSE(isMissedSomewhere(missesByFrame(request, motion)));
  const auto lines = measuredLines(request, motion);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].isNote);
  EXPECT_EQ(lines[0].sentence.rfind("Path kept within ", 0), 0u) << lines[0].sentence;
}

TEST(FulfilmentTest, AStretchOffThePathIsMissedThereAndToldAtItsWorst) {
  GenerationRequest request = walkRequest();
  request.paths = {straight(10)};
  Motion motion = swingingWalk(301);
  for (std::int64_t f = 120; f < 180; ++f) motion.rootPositions[std::size_t(f)].x += 0.3f;
  const std::vector<float> misses = missesByFrame(request, motion);
  EXPECT_LT(misses[60], 1);
  EXPECT_GT(misses[150], 1);
  EXPECT_LT(misses[240], 1);
  const auto lines = measuredLines(request, motion);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].isNote);
  ASSERT_TRUE(lines[0].engineFrame);
  EXPECT_NEAR(double(*lines[0].engineFrame), 150, 15);
}

TEST(FulfilmentTest, WhatIsColouredAsMissedIsANoteAndNothingElse) {
  const Motion motion = swingingWalk(301);
  for (const float off : {0.f, 0.004f, 0.009f, 0.011f, 0.015f, 0.03f}) {
    GenerationRequest pose = walkRequest();
    pose.poses.push_back({ticksFromSeconds(2), motion.pose(60)});
    pose.poses[0].pose.rootPosition.x += off;
    EXPECT_EQ(isMissedSomewhere(missesByFrame(pose, motion)), hasNote(measuredLines(pose, motion))) << off;
    EXPECT_EQ(hasNote(measuredLines(pose, motion)), off > 0.01f);
    GenerationRequest target = walkRequest();
    const WorldPose world = forwardKinematics(*motion.skeleton, motion.pose(60));
    target.targets.push_back({ticksFromSeconds(2), kRightHand, world.positions[kRightHand] + glm::vec3(off, 0, 0), {}});
    EXPECT_EQ(isMissedSomewhere(missesByFrame(target, motion)), hasNote(measuredLines(target, motion))) << off;
    EXPECT_EQ(hasNote(measuredLines(target, motion)), off > 0.01f);
  }
}

TEST(FulfilmentTest, AWeakWishIsNeverMissed) {
  const Motion motion = swingingWalk(301);
  GenerationRequest request = walkRequest();
  request.poses.push_back({ticksFromSeconds(2), restPose(*motion.skeleton), 0.5f});
  request.paths = {straight(10)};
  for (PathPoint& point : request.paths[0].points) point.position.x = 2;
  request.paths[0].strength = 0.5f;
  EXPECT_FALSE(isMissedSomewhere(missesByFrame(request, motion)));
  EXPECT_FALSE(hasNote(measuredLines(request, motion)));
}

TEST(FulfilmentTest, ARangeThatWasMadeAnewIsToldTogetherWithTheRest) {
  const Motion motion = swingingWalk(301);
  GenerationRequest request = walkRequest();
  request.range = FrameRange{200, 260};
  request.poses.push_back({ticksFromSeconds(2), motion.pose(60)});
  request.poses.push_back({ticksFromSeconds(3), motion.pose(60)});
  const auto lines = measuredLines(request, motion);
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const ReportLine& l) { return !l.isNote && l.engineFrame == 60; }));
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const ReportLine& l) { return l.isNote && l.engineFrame == 90; }));
}

}  // namespace
}  // namespace kinescore
