#include <gtest/gtest.h>

#include "engine/solve/contact_runs.h"
#include "engine/solve/solver.h"
#include "tests/engine/solve/synthetic_walk.h"

namespace kinescore {
namespace {

using namespace test;

// The whole figure drifts, faster and slower: feet that should stand slide.
Motion slid(Motion motion, float metersPerFrame) {
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const float t = float(f);
    motion.rootPositions[f] +=
        glm::vec3(metersPerFrame * t + 0.02f * std::sin(0.2f * t), 0, 0.015f * std::cos(0.31f * t));
  }
  return motion;
}

// Mean speed of the joints that are said to stand, mm a frame.
double slideInContact(const Motion& motion) {
  const std::vector<glm::vec3> p = worldPositions(motion);
  double sum = 0;
  int count = 0;
  for (std::int64_t f = 1; f < motion.frameCount(); ++f) {
    for (int c = 0; c < 4; ++c) {
      if (!motion.contacts[f * 4 + c] || !motion.contacts[(f - 1) * 4 + c]) continue;
      sum +=
          1000 * glm::length(p[f * 22 + kContactJoints[c]] - p[(f - 1) * 22 + kContactJoints[c]]);
      ++count;
    }
  }
  return sum / std::max(count, 1);
}

TEST(FootSkate, MeasuresWhatSlides) {
  Motion still;
  still.resize(30);
  EXPECT_EQ(measureFootSkate(still).meanMillimetersPerFrame, 0);
  EXPECT_EQ(measureFootSkate(still).lowToeShare, 1);
  Motion gliding = still;
  for (int f = 0; f < 30; ++f) gliding.rootPositions[f].z = 0.01f * float(f);
  EXPECT_NEAR(measureFootSkate(gliding).meanMillimetersPerFrame, 10, 1e-2);
  EXPECT_EQ(measureFootSkate(gliding).fastShare, 0);
  for (int f = 0; f < 30; ++f) gliding.rootPositions[f].z = 0.02f * float(f);
  EXPECT_EQ(measureFootSkate(gliding).fastShare, 1);
  for (int f = 0; f < 30; ++f) gliding.rootPositions[f].y += 0.1f;
  EXPECT_EQ(measureFootSkate(gliding).lowToeShare, 0);
}

TEST(FootLock, SlidingFeetStand) {
  const Motion clean = walk(240);
  SolveProblem problem;
  problem.motion = slid(clean, 0.002f);
  const SolveResult result = *solve(problem);
  EXPECT_GT(slideInContact(problem.motion), 3.0);
  EXPECT_LT(slideInContact(result.motion), 0.25 * slideInContact(problem.motion));
  const double cleanSkate = measureFootSkate(clean).meanMillimetersPerFrame;
  EXPECT_GT(result.figures.skateBefore, 2 * cleanSkate);
  EXPECT_LT(result.figures.skateAfter, 1.5 * cleanSkate);
  EXPECT_LT(percentile(jerks(result.motion), 0.95), 1.3 * percentile(jerks(clean), 0.95));
  // Soles stay on top of the floor.
  for (const glm::vec3& p : worldPositions(result.motion)) EXPECT_GT(p.y, 0.02f);
}

TEST(FootLock, AGlidingFigureStaysBack) {
  const Motion clean = walk(200);
  SolveProblem problem;
  problem.motion = slid(clean, 0.01f);  // 2 m in all: no leg can make that good
  const SolveResult result = *solve(problem);
  EXPECT_LT(slideInContact(result.motion), 0.2 * slideInContact(problem.motion));
  EXPECT_LT(percentile(jerks(result.motion), 0.95), 1.3 * percentile(jerks(clean), 0.95));
}

TEST(FootLock, AFigureThatHangsOrSinksStandsOnTheFloor) {
  const Motion clean = walk(200);
  const double ordinary = measureFootSkate(clean).lowToeShare;
  for (const float height : {0.09f, -0.06f}) {
    SolveProblem problem;
    problem.motion = clean;
    for (int f = 0; f < 200; ++f) {
      problem.motion.rootPositions[f].y += height + 0.02f * std::sin(0.05f * float(f));
    }
    const SolveResult result = *solve(problem);
    EXPECT_NEAR(measureFootSkate(result.motion).lowToeShare, ordinary, 0.1 * ordinary) << height;
    EXPECT_LT(slideInContact(result.motion), 0.3) << height;
    EXPECT_LT(percentile(jerks(result.motion), 0.95), 1.3 * percentile(jerks(clean), 0.95)) << height;
    for (int f = 20; f < 180; ++f) {
      EXPECT_NEAR(result.motion.rootPositions[f].y, clean.rootPositions[f].y, 0.015) << height << " " << f;
    }
  }
}

TEST(FootLock, OnAStepTheFigureStaysUp) {
  SolveProblem problem;
  problem.motion = walk(200);
  for (glm::vec3& p : problem.motion.rootPositions) p.y += 0.25f;
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.largestChangeMeters, 0.01);
}

TEST(FootLock, KeysAtTheirHeightKeepIt) {
  SolveProblem problem;
  problem.motion = walk(200);
  const Ticks time = ticksOfFrame(100, kEngineRate);
  for (glm::vec3& p : problem.motion.rootPositions) p.y += 0.06f;
  problem.keys.push_back({time, evaluate(problem.motion, time), 1});
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.keyWorstMeters, 0.003);
  EXPECT_LT(percentile(jerks(result.motion), 1), 2 * percentile(jerks(problem.motion), 1));
}

TEST(FootLock, SwingingToesKeepOffTheFloor) {
  SolveProblem problem;
  problem.motion = walk(200);
  // The whole swing as low as if the toes were dragged.
  for (int f = 0; f < 200; ++f) {
    Pose pose = problem.motion.pose(f);
    WorldPose world = forwardKinematics(*problem.motion.skeleton, pose);
    for (const Limb* leg : {&leftLeg(), &rightLeg()}) {
      glm::dvec3 ankle = world.positions[leg->end];
      ankle.y = std::min(ankle.y, 0.078);
      bendLimb(*problem.motion.skeleton, *leg, ankle, pose, world);
    }
    problem.motion.setPose(f, pose);
  }
  const auto lowAndFast = [](const Motion& motion) {
    const std::vector<glm::vec3> p = worldPositions(motion);
    int count = 0;
    for (const int toe : {int(kLeftToeBase), int(kRightToeBase)}) {
      for (int f = 1; f < 200; ++f) {
        const glm::vec3 step = p[f * kJointCount22 + toe] - p[(f - 1) * kJointCount22 + toe];
        if (30 * std::hypot(step.x, step.z) > 1.2 && p[f * kJointCount22 + toe].y < 0.05f) ++count;
      }
    }
    return count;
  };
  EXPECT_GT(lowAndFast(problem.motion), 50);
  const SolveResult result = *solve(problem);
  EXPECT_LT(lowAndFast(result.motion), 10);
  EXPECT_LT(slideInContact(result.motion), 0.5);
}

TEST(FootLock, CleanMotionHardlyChanges) {
  SolveProblem problem;
  problem.motion = walk(200);
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.largestChangeMeters, 0.01);
  EXPECT_LT(slideInContact(result.motion), 0.3);
}

TEST(FootLock, KeysStayMetOnSlidingFeet) {
  const Motion clean = walk(240);
  SolveProblem problem;
  problem.motion = slid(clean, 0.002f);
  for (const int f : {30, 77, 130, 171}) {
    const Ticks time = ticksOfFrame(f, {24000, 1001});
    problem.keys.push_back({time, evaluate(clean, time), 1});
    problem.keys.back().pose.rootPosition.x += 0.002f * float(f) * 1.25f;
  }
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.keyWorstMeters, 0.003);
  EXPECT_LT(result.figures.skateAfter, 0.5 * result.figures.skateBefore);
}

TEST(FootLock, AskedContactStandsWhereItIsAsked) {
  Motion motion;  // stands in the rest pose, knees a little bent
  motion.resize(90);
  for (std::int64_t f = 0; f < 90; ++f) {
    Pose pose = restPose(*motion.skeleton);
    pose.rootPosition.y -= 0.03f;
    WorldPose world = forwardKinematics(*motion.skeleton, pose);
    bendLimb(*motion.skeleton, leftLeg(), {0.09, 0.075, 0}, pose, world);
    bendLimb(*motion.skeleton, rightLeg(), {-0.09, 0.075, 0}, pose, world);
    motion.setPose(f, pose);
  }
  SolveProblem problem;
  problem.motion = motion;
  const glm::vec3 place(0.15f, 0.03f, 0.25f);
  problem.contacts.push_back({{40, 60}, 1, place});
  problem.footLock = false;  // what is asked for is done all the same
  const SolveResult result = *solve(problem);
  for (std::int64_t f = 45; f < 55; ++f) {
    const WorldPose world = forwardKinematics(*motion.skeleton, result.motion.pose(f));
    EXPECT_LT(glm::length(world.positions[kLeftToeBase] - place), 0.01f) << f;
    EXPECT_EQ(result.motion.contacts[f * 4 + 1], 1);
  }
  for (std::int64_t f = 0; f < 15; ++f) EXPECT_EQ(result.motion.pose(f), motion.pose(f)) << f;
}

TEST(FootLock, SunkenSolesAreLifted) {
  Motion motion = walk(120);
  for (std::int64_t f = 0; f < 120; ++f) motion.rootPositions[f].y -= 0.03f;
  SolveProblem problem;
  problem.motion = motion;
  const SolveResult result = *solve(problem);
  const std::vector<glm::vec3> p = worldPositions(result.motion);
  double lowest = 1;
  for (std::int64_t f = 4; f < 116; ++f) {
    for (const int j : {int(kLeftToeBase), int(kRightToeBase)})
      lowest = std::min(lowest, double(p[f * 22 + j].y));
  }
  EXPECT_GT(lowest, 0.02);  // a toe joint on the floor stands at 0.03
}

TEST(ContactRuns, HysteresisAndShortestRun) {
  SolveProblem problem;
  problem.motion.resize(20);
  problem.contactProbabilities.assign(80, 0.0f);
  const auto set = [&](int contact, std::initializer_list<float> values, int from) {
    for (const float v : values) problem.contactProbabilities[4 * from++ + contact] = v;
  };
  set(0, {0.45f, 0.5f, 0.7f, 0.5f, 0.41f, 0.39f}, 2);  // as far as 0.4 around 0.6
  set(1, {0.5f, 0.5f, 0.55f, 0.5f, 0.5f}, 2);          // never sure
  set(2, {0.9f, 0.9f, 0.9f}, 2);                       // too short
  set(3, {0.9f, 0.9f, 0.9f, 0.9f}, 16);                // to the very end
  const std::vector<ContactRun> runs = findContactRuns(problem);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].contact, 0);
  EXPECT_EQ(runs[0].frames, (FrameRange{2, 7}));
  EXPECT_EQ(runs[1].contact, 3);
  EXPECT_EQ(runs[1].frames, (FrameRange{16, 20}));
}

TEST(ContactRuns, AskedOnesReplaceFoundOnes) {
  SolveProblem problem;
  problem.motion.resize(40);
  problem.contactProbabilities.assign(160, 0.9f);
  problem.contacts.push_back({{10, 20}, 2, glm::vec3(1, 0, 0)});
  const std::vector<ContactRun> runs = findContactRuns(problem);
  ASSERT_EQ(runs.size(), 6u);
  EXPECT_EQ(runs[3].frames, (FrameRange{10, 20}));
  EXPECT_TRUE(runs[3].isAsked);
  EXPECT_EQ(runs[2].frames, (FrameRange{0, 10}));
  EXPECT_EQ(runs[4].frames, (FrameRange{20, 40}));
}

TEST(ContactRuns, FoundFromPositionsWhenNothingElseIsKnown) {
  SolveProblem problem;
  problem.motion = walk(150);
  const std::vector<std::uint8_t> truth = problem.motion.contacts;
  problem.motion.contacts.clear();
  const std::vector<std::uint8_t> found = flagsOf(findContactRuns(problem), 150);
  int equal = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) equal += truth[i] == found[i];
  EXPECT_GT(double(equal) / double(truth.size()), 0.9);
}

}  // namespace
}  // namespace kinescore
