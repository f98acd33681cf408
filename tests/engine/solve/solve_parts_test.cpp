// The pieces that the solver is made of.
#include <gtest/gtest.h>

#include <numbers>

#include "engine/solve/rotation_vector.h"
#include "engine/solve/smooth_curve.h"
#include "engine/solve/time_rows.h"
#include "tests/engine/solve/synthetic_walk.h"

namespace kinescore {
namespace {

using namespace test;

TEST(SmoothCurve, BetweenAValueAndAFixedRunItIsTheSmoothstep) {
  std::vector<char> isFree(100, 0);
  std::fill(isFree.begin() + 39, isFree.begin() + 62, 1);
  const SmoothCurve curve(isFree, {{.first = 50, .weights = {1, 0, 0, 0}, .strength = 1e6}}, {});
  const std::vector<double> y = curve.through({2.0});
  EXPECT_NEAR(y[50], 2.0, 1e-4);
  for (int f = 0; f < 100; ++f) {
    if (isFree[f]) continue;
    EXPECT_EQ(y[f], 0) << f;
  }
  for (int d = 0; d <= 12; ++d) {
    EXPECT_NEAR(y[50 + d], y[50 - d], 1e-6);
    EXPECT_NEAR(y[50 + d] / 2, smoothstep(0, 12, 12 - d), 0.04) << d;
  }
}

TEST(SmoothCurve, MeetsSeveralRowsAlsoBetweenFrames) {
  const std::vector<char> isFree(60, 1);
  const std::vector<CurveRow> rows = {
      {.first = 5, .weights = {1, 0, 0, 0}, .strength = 1e5},
      {.first = 20, .weights = {0.25, 0.75, 0, 0}, .strength = 1e5},
      {.first = 40, .weights = {-0.1, 0.6, 0.6, -0.1}, .strength = 1e5}};
  const std::vector<double> wanted = {1, -2, 0.5};
  const std::vector<double> y = SmoothCurve(isFree, rows, {}).through(wanted);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    double got = 0;
    for (int i = 0; i < 4; ++i) got += rows[r].weights[i] * y[rows[r].first + i];
    EXPECT_NEAR(got, wanted[r], 1e-3);
  }
}

TEST(TimeRows, WeighFramesAsEvaluateDoes) {
  const Motion motion = walk(30);
  for (const std::int64_t ticks : {0ll, 5'000'000ll, 12'345'678ll, 300'000'001ll, 670'000'000ll,
                                   690'000'000ll, 9'000'000'000ll}) {
    const CurveRow row = rootRow(motion, Ticks{ticks}, 1);
    glm::dvec3 sum(0);
    for (int i = 0; i < 4; ++i) {
      if (row.weights[i] != 0)
        sum += row.weights[i] * glm::dvec3(motion.rootPositions[row.first + i]);
    }
    EXPECT_LT(glm::length(sum - glm::dvec3(evaluate(motion, Ticks{ticks}).rootPosition)), 1e-6)
        << ticks;
  }
}

TEST(RotationVector, ThereAndBack) {
  for (const glm::dvec3 v :
       {glm::dvec3(0), glm::dvec3(1e-9, 0, 0), glm::dvec3(0.3, -1, 2), glm::dvec3(0, 3.1, 0)}) {
    EXPECT_LT(glm::length(rotationVectorOf(turnOf(v)) - v), 1e-9);
  }
  // The longer way round comes back as the shorter one.
  const glm::dvec3 longWay(0, 4, 0);
  EXPECT_NEAR(rotationVectorOf(turnOf(longWay)).y, 4 - 2 * std::numbers::pi, 1e-9);
}

TEST(RotationVector, TurnBetweenDirections) {
  const glm::dvec3 from(1, 2, -0.5);
  for (const glm::dvec3 to :
       {glm::dvec3(0, 3, 1), glm::dvec3(1, 2, -0.5), glm::dvec3(-1, -2, 0.5)}) {
    const glm::dvec3 turned = turnBetween(from, to) * glm::normalize(from);
    EXPECT_LT(glm::length(turned - glm::normalize(to)), 1e-6);
  }
}

TEST(BendLimb, ReachesKeepsBonesAndBendsForwards) {
  const Motion motion = walk(40);
  const Skeleton& skeleton = *motion.skeleton;
  for (std::int64_t f = 0; f < 40; ++f) {
    Pose pose = motion.pose(f);
    WorldPose world = forwardKinematics(skeleton, pose);
    const glm::quat footBefore = world.rotations[kLeftFoot];
    const glm::dvec3 target = glm::dvec3(world.positions[kLeftFoot]) + glm::dvec3(0.03, 0.05, 0.08);
    bendLimb(skeleton, leftLeg(), target, pose, world);
    EXPECT_LT(glm::length(glm::dvec3(world.positions[kLeftFoot]) - target), 1e-4);
    EXPECT_NEAR(glm::length(world.positions[kLeftLeg] - world.positions[kLeftUpLeg]), 0.4042, 1e-4);
    EXPECT_GT(std::abs(glm::dot(world.rotations[kLeftFoot], footBefore)), 1 - 1e-5f);
    // The knee lies before the line from hip to ankle.
    const glm::vec3 middle = 0.5f * (world.positions[kLeftUpLeg] + world.positions[kLeftFoot]);
    EXPECT_GT(world.positions[kLeftLeg].z, middle.z - 0.02f);
  }
}

TEST(BendLimb, WhereItIsAlreadyItStays) {
  const Motion motion = walk(40);
  for (std::int64_t f = 0; f < 40; ++f) {
    Pose pose = motion.pose(f);
    WorldPose world = forwardKinematics(*motion.skeleton, pose);
    bendLimb(*motion.skeleton, leftLeg(), world.positions[kLeftFoot], pose, world);
    EXPECT_LT(worstDistance(pose, motion.pose(f)), 2e-4) << f;
  }
}

TEST(BendLimb, TooFarStretchesTowardsTheTarget) {
  Pose pose = restPose(*kinescore22());
  WorldPose world = forwardKinematics(*kinescore22(), pose);
  const glm::dvec3 hip = world.positions[kLeftUpLeg];
  bendLimb(*kinescore22(), leftLeg(), hip + glm::dvec3(0, -3, 3), pose, world);
  const glm::dvec3 leg = glm::dvec3(world.positions[kLeftFoot]) - hip;
  EXPECT_NEAR(glm::length(leg), 0.8429, 1e-3);
  EXPECT_GT(glm::dot(glm::normalize(leg), glm::normalize(glm::dvec3(0, -1, 1))), 0.9999);
}

}  // namespace
}  // namespace kinescore
