#include "engine/generation/join_report.h"

#include <gtest/gtest.h>

#include "engine/request/report_text.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

GenerationRequest partOf(FrameRange range) {
  GenerationRequest request = walkRequest();
  request.range = range;
  return request;
}

TEST(JoinReportTest, AMotionWithoutASeamHasSmoothJoins) {
  const Motion motion = swayingMotion(300, 1);
  EXPECT_LT(joinRatio(motion, 150), kRoughJoin);
  const auto lines = joinLines(partOf({100, 200}), motion);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].isNote);
}

TEST(JoinReportTest, AJumpIsToldWithItsPlace) {
  Motion motion = swayingMotion(300, 1);
  for (std::int64_t f = 200; f < 300; ++f) motion.rootPositions[std::size_t(f)].x += 0.2f;
  EXPECT_GT(joinRatio(motion, 200), kRoughJoin);
  const auto lines = joinLines(partOf({100, 200}), motion);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].isNote);
  EXPECT_EQ(lines[0].engineFrame, 200);
  EXPECT_EQ(withPlacesInSeconds(lines[0].sentence), "The join at 6.67 s jerks");
}

TEST(JoinReportTest, JoinsOfSeveralPartsAreOneLineOfTheWorst) {
  Motion motion = swayingMotion(300, 1);
  GenerationRequest request = partOf({60, 240});
  request.kept = {{100, 180}};
  ASSERT_EQ(joinLines(request, motion).size(), 1u);
  EXPECT_FALSE(joinLines(request, motion)[0].isNote);
  for (std::int64_t f = 180; f < 300; ++f) motion.rootPositions[std::size_t(f)].x += 0.2f;
  ASSERT_EQ(joinLines(request, motion).size(), 1u);
  EXPECT_EQ(joinLines(request, motion)[0].engineFrame, 180);
}

TEST(JoinReportTest, WhatReachesBothEndsHasNoJoins) {
  EXPECT_TRUE(joinLines(partOf({0, 300}), swayingMotion(300, 1)).empty());
  EXPECT_TRUE(joinLines(walkRequest(), swayingMotion(300, 1)).empty());
}

}  // namespace
}  // namespace kinescore
