#include "engine/solve/solver.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "engine/solve/path_solve.h"
#include "tests/engine/solve/synthetic_walk.h"

namespace kinescore {
namespace {

using namespace test;

// What an animator might pin: the pose there, a little lower and to the side, an arm raised.
Pose keyPose(const Motion& motion, Ticks time, float amount = 1) {
  Pose pose = evaluate(motion, time);
  pose.rootPosition += amount * glm::vec3(0.05f, -0.04f, 0.03f);
  pose.localRotations[kRightArm] =
      glm::angleAxis(-0.7f * amount, glm::vec3(0, 0, 1)) * pose.localRotations[kRightArm];
  pose.localRotations[kSpine1] = glm::angleAxis(0.2f * amount, glm::vec3(1, 0, 0));
  pose.localRotations[kLeftLeg] =
      pose.localRotations[kLeftLeg] * glm::angleAxis(0.15f * amount, glm::vec3(1, 0, 0));
  return pose;
}

SolveProblem problemWithKeys(const Motion& motion, FrameRate rate,
                             std::initializer_list<int> frames) {
  SolveProblem problem;
  problem.motion = motion;
  for (const int f : frames) {
    const Ticks time = ticksOfFrame(f, rate);
    problem.keys.push_back({time, keyPose(motion, time), 1});
  }
  return problem;
}

TEST(Solver, MeetsKeysAtTheirOwnTimesInEveryRate) {
  const Motion motion = walk(240);
  for (const FrameRate rate :
       {FrameRate{24, 1}, FrameRate{24000, 1001}, FrameRate{30, 1}, FrameRate{60, 1}}) {
    // Alone, in a row, near both ends.
    const SolveProblem problem = problemWithKeys(motion, rate, {3, 40, 41, 43, 100, 110, 170});
    const Result<SolveResult> result = solve(problem);
    ASSERT_TRUE(result.ok());
    double worst = 0;
    for (const SolveKey& key : problem.keys) {
      worst = std::max(worst, worstDistance(evaluate(result->motion, key.time), key.pose));
    }
    EXPECT_LT(worst, 0.003) << rate.fps();
    EXPECT_NEAR(result->figures.keyWorstMeters, worst, 1e-6);
    EXPECT_LE(result->figures.keyMeanMeters, 0.001);
    EXPECT_GT(result->figures.keyWorstBeforeMeters, 0.05);
  }
}

TEST(Solver, CorrectionsOfKeysAreCalm) {
  const Motion motion = walk(240);
  SolveProblem problem = problemWithKeys(motion, {24, 1}, {50, 90, 140});
  for (SolveKey& key : problem.keys) {
    // Feet on the floor, where they were.
    const WorldPose now = forwardKinematics(*motion.skeleton, evaluate(motion, key.time));
    WorldPose world = forwardKinematics(*motion.skeleton, key.pose);
    for (const Limb* leg : {&leftLeg(), &rightLeg()}) {
      bendLimb(*motion.skeleton, *leg, now.positions[leg->end], key.pose, world);
      key.pose.localRotations[leg->end] =
          glm::conjugate(world.rotations[leg->lower]) * now.rotations[leg->end];
    }
  }
  const SolveResult result = *solve(problem);
  const std::vector<double> before = jerks(motion), after = jerks(result.motion);
  const double ordinary = percentile(before, 0.95);
  for (const SolveKey& key : problem.keys) {
    const std::int64_t middle = nearestFrame(key.time, kEngineRate);
    for (std::int64_t f = middle - 5; f <= middle + 5; ++f)
      EXPECT_LT(after[f], 1.5 * ordinary) << f;
  }
}

TEST(Solver, KeysThatStandInTheFloorAreMetWithoutAJolt) {
  const Motion motion = walk(240);
  const SolveProblem problem = problemWithKeys(motion, {24, 1}, {50, 90, 140});
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.keyWorstMeters, 0.003);
  EXPECT_LT(percentile(jerks(result.motion), 1), 2 * percentile(jerks(motion), 1));
}

TEST(Solver, FramesFarFromKeysStay) {
  const Motion motion = walk(200);
  SolveProblem problem = problemWithKeys(motion, {30, 1}, {100});
  problem.footLock = false;
  const SolveResult result = *solve(problem);
  EXPECT_EQ(identityHash(result.motion, {0, 88}), identityHash(motion, {0, 88}));
  EXPECT_EQ(identityHash(result.motion, {113, 200}), identityHash(motion, {113, 200}));
  EXPECT_NE(identityHash(result.motion), identityHash(motion));
}

TEST(Solver, ContradictoryKeysMeetInTheMiddleAndTheMissIsReported) {
  const Motion motion = walk(120);
  const Ticks time = ticksOfFrame(60, kEngineRate);
  for (const std::int64_t apart : {0, 2'000'000}) {  // the same time; a tenth of a frame
    SolveProblem problem;
    problem.motion = motion;
    problem.keys.push_back({time, keyPose(motion, time, 1), 1});
    problem.keys.push_back({time + Ticks{apart}, keyPose(motion, time, -1), 1});
    const SolveResult result = *solve(problem);
    EXPECT_TRUE(isFinite(result.motion));
    EXPECT_GT(result.figures.keyWorstMeters, 0.05);
    EXPECT_LT(result.figures.largestChangeMeters, 0.3);
    // Nothing flies about to meet both.
    EXPECT_LT(percentile(jerks(result.motion), 1), 2 * percentile(jerks(motion), 1));
  }
}

TEST(Solver, WeakKeyIsMetByItsShare) {
  const Motion motion = walk(120);
  const Ticks time = ticksOfFrame(60, kEngineRate);
  SolveProblem problem;
  problem.motion = motion;
  problem.footLock = false;
  problem.keys.push_back({time, keyPose(motion, time), 0.5f});
  const SolveResult result = *solve(problem);
  const float wanted = problem.keys[0].pose.rootPosition.x - motion.rootPositions[60].x;
  EXPECT_NEAR(result.motion.rootPositions[60].x - motion.rootPositions[60].x, 0.5f * wanted, 1e-4f);
}

glm::vec3 jointAt(const Motion& motion, Ticks time, int joint) {
  return forwardKinematics(*motion.skeleton, evaluate(motion, time)).positions[joint];
}

TEST(Solver, ReachesTargets) {
  const Motion motion = walk(240);
  struct Case {
    int joint;
    glm::vec3 offset;
  };
  const Case cases[] = {
      {kRightHand, {-0.1f, 0.25f, 0.15f}}, {kLeftHand, {0.2f, 0.35f, 0.3f}},
      {kHead, {0.05f, -0.05f, 0.08f}},     {kHips, {0.05f, -0.06f, 0.02f}},
      {kLeftFoot, {0.05f, 0.08f, 0.02f}},  {kRightToeBase, {-0.04f, 0.05f, 0.03f}},
      {kLeftForeArm, {0.05f, 0.1f, 0.1f}}};
  for (const FrameRate rate : {FrameRate{30, 1}, FrameRate{24000, 1001}}) {
    for (const Case& c : cases) {
      SolveProblem problem;
      problem.motion = motion;
      const Ticks time = ticksOfFrame(77, rate);
      problem.targets.push_back(
          {time, c.joint, jointAt(motion, time, c.joint) + c.offset, std::nullopt, 1});
      const SolveResult result = *solve(problem);
      const double miss =
          glm::length(jointAt(result.motion, time, c.joint) - problem.targets[0].position);
      EXPECT_LT(miss, 0.003) << motion.skeleton->jointNames[c.joint];
      EXPECT_NEAR(result.figures.targetWorstMeters, miss, 1e-6);
      EXPECT_TRUE(isFinite(result.motion));
      EXPECT_LT(percentile(jerks(result.motion), 1), 2 * percentile(jerks(motion), 1) + 0.004)
          << motion.skeleton->jointNames[c.joint];
    }
  }
}

TEST(Solver, TargetWithRotationAndTwoHandsAtOnce) {
  const Motion motion = walk(120);
  SolveProblem problem;
  problem.motion = motion;
  const Ticks time = ticksOfFrame(40, {24, 1});
  const glm::quat turned = glm::angleAxis(1.0f, glm::normalize(glm::vec3(1, 2, 0)));
  problem.targets.push_back(
      {time, kRightHand, jointAt(motion, time, kRightHand) + glm::vec3(0, 0.3f, 0.2f), turned, 1});
  problem.targets.push_back({time, kLeftHand,
                             jointAt(motion, time, kLeftHand) + glm::vec3(0, 0.3f, 0.2f),
                             std::nullopt, 1});
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.targetWorstMeters, 0.003);
  const WorldPose world = forwardKinematics(*motion.skeleton, evaluate(result.motion, time));
  EXPECT_GT(std::abs(glm::dot(world.rotations[kRightHand], turned)), std::cos(glm::radians(0.5f)));
}

TEST(Solver, UnreachableTargetReportsItsMiss) {
  const Motion motion = walk(120);
  SolveProblem problem;
  problem.motion = motion;
  const Ticks time = ticksOfFrame(60, kEngineRate);
  problem.targets.push_back(
      {time, kLeftHand, jointAt(motion, time, kLeftHand) + glm::vec3(5, 3, 0), std::nullopt, 1});
  const SolveResult result = *solve(problem);
  EXPECT_TRUE(isFinite(result.motion));
  EXPECT_GT(result.figures.targetWorstMeters, 3.0);
  EXPECT_LT(glm::length(result.motion.rootPositions[60] - motion.rootPositions[60]), 0.45f);
}

std::vector<SolvePathSample> curvedPath(int frames) {
  std::vector<SolvePathSample> path;
  for (int f = 0; f < frames; ++f) {
    const float u = float(f) / float(frames);
    path.push_back({f,
                    {0.25f * std::sin(4 * u) + 0.06f, kWalkSpeed * float(f) / 30.0f + 0.1f * u},
                    std::nullopt,
                    1});
  }
  return path;
}

TEST(Solver, FollowsThePath) {
  const Motion motion = walk(300);
  SolveProblem problem;
  problem.motion = motion;
  problem.path = curvedPath(300);
  const SolveResult result = *solve(problem);
  const std::vector<glm::dvec2> root = smoothedRoot(result.motion);
  double worst = 0;
  for (const SolvePathSample& s : problem.path)
    worst = std::max(worst, glm::length(root[s.frame] - glm::dvec2(s.position)));
  EXPECT_LT(worst, 0.02);
  EXPECT_NEAR(result.figures.pathWorstMeters, worst, 1e-9);
  EXPECT_LT(percentile(jerks(result.motion), 0.95), 1.4 * percentile(jerks(motion), 0.95));
  EXPECT_LT(result.figures.skateAfter, measureFootSkate(motion).meanMillimetersPerFrame + 1.5);
}

TEST(Solver, TurnsToTheHeadingsOfThePath) {
  const Motion motion = walk(150);
  SolveProblem problem;
  problem.motion = motion;
  for (int f = 0; f < 150; ++f) {
    problem.path.push_back(
        {f, {0, kWalkSpeed * float(f) / 30.0f}, 0.4f * std::sin(float(f) / 40.0f), 1});
  }
  const SolveResult result = *solve(problem);
  double sum = 0;
  for (const SolvePathSample& s : problem.path) {
    sum += std::abs(headingOf(forwardKinematics(*motion.skeleton, result.motion.pose(s.frame))) -
                    *s.heading);
  }
  EXPECT_LT(sum / 150, 0.05);
}

TEST(Solver, PathAndKeysTogether) {
  const Motion motion = walk(240);
  SolveProblem problem = problemWithKeys(motion, {24, 1}, {60, 120});
  problem.path = curvedPath(240);
  for (SolveKey& key : problem.keys) {
    const glm::vec2 place = problem.path[nearestFrame(key.time, kEngineRate)].position;
    key.pose.rootPosition.x = place.x + 0.01f;
    key.pose.rootPosition.z = place.y;
  }
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.keyWorstMeters, 0.003);
  EXPECT_LT(result.figures.pathWorstMeters, 0.05);
}

TEST(Solver, NothingAskedChangesNothing) {
  const Motion motion = walk(90);
  SolveProblem problem;
  problem.motion = motion;
  problem.footLock = false;
  const SolveResult result = *solve(problem);
  EXPECT_EQ(identityHash(result.motion), identityHash(motion));
  problem.free = FrameRange{30, 60};
  EXPECT_EQ(identityHash(solve(problem)->motion), identityHash(motion));
}

TEST(Solver, SameBitsTwiceAndOnAnotherThread) {
  const Motion motion = walk(200);
  SolveProblem problem = problemWithKeys(motion, {24000, 1001}, {30, 80, 120});
  problem.path = curvedPath(200);
  problem.targets.push_back(
      {ticksOfFrame(100, {24, 1}), kLeftHand, {0.4f, 1.4f, 3.5f}, std::nullopt, 1});
  const std::string first = identityHash(solve(problem)->motion);
  EXPECT_EQ(identityHash(solve(problem)->motion), first);
  std::string other;
  std::thread([&] { other = identityHash(solve(problem)->motion); }).join();
  EXPECT_EQ(other, first);
}

TEST(Solver, OutsideTheFreeRangeEveryBitStays) {
  const Motion motion = walk(240);
  SolveProblem problem = problemWithKeys(motion, {24, 1}, {20, 85, 100, 150});  // two inside
  problem.path = curvedPath(240);
  problem.contacts.push_back({{110, 125}, 1, std::nullopt});
  problem.free = FrameRange{90, 160};
  // Inside, another motion: it starts elsewhere, at another speed.
  for (std::int64_t f = 90; f < 160; ++f) {
    problem.motion.rootPositions[f] += glm::vec3(0.03f + 0.001f * float(f - 90), 0.02f, 0.05f);
    problem.motion.rotation(f, kSpine) =
        glm::angleAxis(0.3f, glm::vec3(0, 0, 1)) * problem.motion.rotation(f, kSpine);
  }
  const Motion before = problem.motion;
  problem.contactProbabilities.assign(240 * 4, 0.1f);
  const SolveResult result = *solve(problem);
  EXPECT_EQ(identityHash(result.motion, {0, 90}), identityHash(before, {0, 90}));
  EXPECT_EQ(identityHash(result.motion, {160, 240}), identityHash(before, {160, 240}));
  EXPECT_NE(identityHash(result.motion, {90, 160}), identityHash(before, {90, 160}));
  const std::vector<double> speeds = stepSpeeds(result.motion);
  const double ordinary = percentile(stepSpeeds(motion), 0.95);
  for (const int join : {89, 90, 159, 160}) EXPECT_LT(speeds[join - 1], 1.5 * ordinary) << join;
  EXPECT_LT(worstDistance(evaluate(result.motion, problem.keys[2].time), problem.keys[2].pose),
            0.003);
}

TEST(Solver, CancelsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto result = solve(problemWithKeys(walk(60), {30, 1}, {30}), source.get_token());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
}

TEST(Solver, RefusesNonsense) {
  const Motion motion = walk(30);
  const auto expectRefused = [&](auto&& spoil) {
    SolveProblem problem = problemWithKeys(motion, {30, 1}, {10});
    problem.targets.push_back({Ticks{0}, kHead, {0, 1, 0}, std::nullopt, 1});
    problem.path.push_back({3, {0, 0}, std::nullopt, 1});
    problem.contacts.push_back({{2, 8}, 0, std::nullopt});
    ASSERT_TRUE(solve(problem).ok());
    spoil(problem);
    const auto result = solve(problem);
    ASSERT_FALSE(result.ok());
    EXPECT_FALSE(result.error().message.empty());
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  expectRefused([](SolveProblem& p) { p.motion.resize(0); });
  expectRefused([&](SolveProblem& p) { p.motion.rootPositions[4].y = nan; });
  expectRefused([&](SolveProblem& p) { p.motion.rotation(3, 4) = glm::quat(0, 0, 0, 0); });
  expectRefused([](SolveProblem& p) { p.motion.contacts.pop_back(); });
  expectRefused([](SolveProblem& p) { p.contactProbabilities.assign(5, 0); });
  expectRefused([](SolveProblem& p) { p.keys[0].pose.localRotations.pop_back(); });
  expectRefused([&](SolveProblem& p) { p.keys[0].pose.rootPosition.x = nan; });
  expectRefused([](SolveProblem& p) { p.targets[0].joint = 22; });
  expectRefused([&](SolveProblem& p) { p.targets[0].position.x = nan; });
  expectRefused([&](SolveProblem& p) { p.path[0].position.x = nan; });
  expectRefused([](SolveProblem& p) { p.contacts[0].contact = 4; });
}

TEST(Solver, OddTimesAndTinyMotions) {
  for (const int frames : {1, 2, 3, 5}) {
    SolveProblem problem = problemWithKeys(walk(frames), {24, 1}, {0, 1, 400});
    problem.targets.push_back({Ticks{-5}, kLeftHand, {0.3f, 1.2f, 0.2f}, std::nullopt, 1});
    problem.path.push_back({0, {0.1f, 0}, 0.2f, 1});
    problem.path.push_back({400, {0.1f, 0}, 0.2f, 1});
    problem.contacts.push_back({{-3, 900}, 1, std::nullopt});
    problem.free = FrameRange{-10, 800};
    const auto result = solve(problem);
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(isFinite(result->motion));
    EXPECT_EQ(result->motion.frameCount(), frames);
  }
}

}  // namespace
}  // namespace kinescore
