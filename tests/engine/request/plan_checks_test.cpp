#include "engine/request/plan_checks.h"

#include <gtest/gtest.h>

#include "engine/motion/kinematics.h"
#include "engine/request/path_pace.h"
#include "tests/support/projects.h"

namespace kinescore {
namespace {

constexpr FrameRate kRate{30, 1};

Ticks at(double frame) { return ticksFromSeconds(frame / 30); }

/// Standing, moved as a whole.
Pose standingAt(float x, float z = 0) {
  Pose pose = restPose(*kinescore22());
  pose.rootPosition.x += x;
  pose.rootPosition.z += z;
  return pose;
}
glm::vec3 leftAnkleOf(const Pose& pose) { return forwardKinematics(*kinescore22(), pose).positions[kLeftFoot]; }

class PlanChecks : public testing::Test {
 protected:
  PlanChecks() : poses_(b_.track(TrackKind::Pose, "Poses")), feet_(b_.track(TrackKind::Contact, "Feet")), paths_(b_.track(TrackKind::Path, "Path")) {}

  ObjectId pose(double from, double to, const Pose& pose, float strength = 1, float tolerance = 0.01f) {
    return b_.clip(poses_, from / 30, to / 30, PoseCondition{pose, tolerance}, {{{{0}, strength}}});
  }
  ObjectId contact(double from, double to, ContactCondition condition) { return b_.clip(feet_, from / 30, to / 30, condition); }
  /// Points in frames and metres along z.
  ObjectId path(double from, double to, std::vector<std::pair<double, float>> places, StrengthEnvelope strength = {}) {
    PathCondition path;
    for (const auto& [frame, z] : places) path.points.push_back({at(frame), {0, z}, std::nullopt});
    return b_.clip(paths_, from / 30, to / 30, path, std::move(strength));
  }
  std::vector<PlanProblem> check() { return checkPlan(b_.timeline()); }
  std::vector<std::string> sentences() {
    std::vector<std::string> all;
    for (const PlanProblem& problem : check()) all.push_back(sentenceOf(problem, kRate));
    return all;
  }
  using Sentences = std::vector<std::string>;

  TimelineBuilder b_;
  ObjectId poses_, feet_, paths_;
};

TEST_F(PlanChecks, AnEmptyTimelineAndAnOrdinaryOneAreFine) {
  EXPECT_TRUE(check().empty());
  pose(100, 101, standingAt(0));
  pose(155, 156, standingAt(2));
  contact(150, 161, {0, true, std::nullopt});
  path(0, 200, {{0, 0}, {100, 4}, {150, 14}});  // 6 m/s at its fastest
  EXPECT_EQ(sentences(), Sentences{});
}

TEST_F(PlanChecks, APoseElsewhereThanWhereTheFootIsPlanted) {
  const Pose standing = standingAt(0);
  const ObjectId there = pose(152, 153, standing);
  const ObjectId foot = contact(150, 161, {0, true, leftAnkleOf(standing) + glm::vec3(0.2f, 0, 0)});
  ASSERT_EQ(sentences(), (Sentences{"Pose at 152 and contact at 150 to 160 ask for two different places of the left foot."}));
  const PlanProblem problem = check()[0];
  EXPECT_EQ(problem.kind, PlanProblem::Kind::TwoPlaces);
  EXPECT_EQ(problem.clips, (std::vector{there, foot}));
  EXPECT_NEAR(problem.figure, 0.2, 1e-5);
  EXPECT_EQ(sentenceOf(problem), "Pose at 5.07 s and contact at 5.00 to 5.37 s ask for two different places of the left foot.");
}

TEST_F(PlanChecks, WithinTheTolerancesBothAreMet) {
  const Pose standing = standingAt(0);
  contact(150, 161, {0, true, leftAnkleOf(standing) + glm::vec3(0.029f, 0, 0)});
  pose(152, 153, standing);
  EXPECT_EQ(sentences(), Sentences{});
  pose(155, 156, standingAt(-0.002f));
  EXPECT_EQ(sentences().size(), 1u);
}

TEST_F(PlanChecks, TwoPosesWhileOneFootStands) {
  const ObjectId first = pose(152, 153, standingAt(0));
  const ObjectId second = pose(158, 159, standingAt(0, 0.1f));
  const ObjectId heel = contact(150, 161, {2, true, std::nullopt});
  contact(150, 161, {3, true, std::nullopt});
  ASSERT_EQ(sentences(), (Sentences{"Poses at 152 and 158 ask for two different places of the right foot, which stands from 150 to 160."}))
      << "heel and toes are one foot";
  EXPECT_EQ(check()[0].clips, (std::vector{first, second, heel}));
  EXPECT_EQ(sentenceOf(check()[0]), "Poses at 5.07 s and 5.27 s ask for two different places of the right foot, which stands from 5.00 to 5.37 s.");
}

TEST_F(PlanChecks, AHoldReachesIntoTheContact) {
  pose(100, 152, standingAt(0));
  pose(158, 159, standingAt(0, 0.1f));
  contact(150, 161, {0, true, std::nullopt});
  EXPECT_EQ(sentences().size(), 1u);
}

TEST_F(PlanChecks, WhatIsNotAskedInFullCountsNothing) {
  pose(152, 153, standingAt(0));
  pose(158, 159, standingAt(0, 0.1f), 0.9f);
  contact(150, 161, {0, true, std::nullopt});
  contact(150, 161, {2, false, glm::vec3(5, 0, 0)});  // a soft one gives way
  EXPECT_EQ(sentences(), Sentences{});
}

TEST_F(PlanChecks, WhatIsMutedIsNotHeard) {
  path(0, 100, {{0, 0}, {30, 20}});
  ASSERT_EQ(check().size(), 1u);
  Track muted = *b_.timeline().findTrack(paths_);
  muted.muted = true;
  const Timeline quiet = *apply(b_.timeline(), *changeTrack(b_.timeline(), muted));
  EXPECT_TRUE(checkPlan(quiet).empty());
}

TEST_F(PlanChecks, APathFasterThanAPersonRuns) {
  const ObjectId clip = path(30, 200, {{0, 0}, {66, 2}, {98, 2 + 9.4f * 32 / 30}});
  ASSERT_EQ(check().size(), 1u);
  const PlanProblem problem = check()[0];
  EXPECT_EQ(problem.clips, std::vector{clip});
  EXPECT_EQ(sentenceOf(problem, kRate), "The path needs 9.4 m/s between frames 96 and 128, faster than a person runs.");
  EXPECT_EQ(sentenceOf(problem), "The path needs 9.4 m/s between 3.20 and 4.27 s, faster than a person runs.");
}

TEST_F(PlanChecks, OnlyThePartOfAPathThatIsPerformedCounts) {
  path(0, 60, {{0, 0}, {60, 2}, {90, 20}});           // too fast after the clip's end
  path(200, 400, {{0, 0}, {100, 4}, {130, 40}});      // after the end of the project, at 300
  path(100, 130, {{0, 0}, {30, 20}}, {{{{0}, 0}}});   // with no strength
  EXPECT_EQ(sentences(), Sentences{});
}

TEST(PathPace, NeighbouringStretchesAreOneWithTheFastestsSpeed) {
  const std::vector<PathPoint> points = {{at(0), {0, 0}, {}}, {at(30), {0, 10}, {}}, {at(60), {0, 22}, {}}, {at(120), {0, 24}, {}}, {at(150), {0, 33}, {}}};
  const auto stretches = stretchesFasterThan(8, points);
  ASSERT_EQ(stretches.size(), 2u);
  EXPECT_EQ(stretches[0].span, (TimeRange{at(0), at(60)}));
  EXPECT_NEAR(stretches[0].metersPerSecond, 12, 0.5);
  EXPECT_EQ(stretches[1].span, (TimeRange{at(120), at(150)}));
}

TEST(PathPace, ASlowedPathKeepsItsPlacesAndItsSlowStretches) {
  const std::vector<PathPoint> points = {{at(0), {0, 0}, {}}, {at(60), {0, 2}, {}}, {at(90), {0, 18}, 0.5f}, {at(150), {0, 20}, {}}};
  const auto slow = slowedTo(8, points, kRate);
  ASSERT_EQ(slow.size(), 4u);
  EXPECT_TRUE(stretchesFasterThan(8, slow).empty());
  EXPECT_EQ(slow[1].time, at(60));
  EXPECT_NEAR(secondsOf(slow[2].time - slow[1].time), 2, 0.2);
  EXPECT_EQ(slow[3].time - slow[2].time, at(60));
  EXPECT_EQ(slow[2].time.value % ticksOfFrame(1, kRate).value, 0) << "on whole frames";
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(slow[i].position, points[i].position);
    EXPECT_EQ(slow[i].heading, points[i].heading);
  }
  EXPECT_EQ(slowedTo(8, slow, kRate), slow);
}

TEST(PathPace, PointsWithinOneFrameAreAStep) {
  const std::vector<PathPoint> jump = {{at(0), {0, 0}, {}}, {at(0) + Ticks{1}, {0, 16}, {}}};
  ASSERT_EQ(stretchesFasterThan(8, jump).size(), 1u);
  const auto slow = slowedTo(8, jump, FrameRate{24000, 1001});
  EXPECT_TRUE(stretchesFasterThan(8, slow).empty());
  EXPECT_NEAR(secondsOf(slow[1].time), 2, 0.1);
  EXPECT_TRUE(stretchesFasterThan(8, {{at(0), {0, 0}, {}}}).empty());
  EXPECT_TRUE(stretchesFasterThan(8, {}).empty());
}

}  // namespace
}  // namespace kinescore
