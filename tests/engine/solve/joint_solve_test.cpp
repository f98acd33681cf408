// The solve that weighs everything together, and what it stands on.
#include "engine/solve/joint_solve.h"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>

#include "engine/core/random.h"
#include "engine/solve/block_band.h"
#include "engine/solve/solver.h"
#include "engine/solve/swing_profile.h"
#include "tests/engine/solve/synthetic_walk.h"

namespace kinescore {
namespace {

using namespace test;

// The whole figure glides on: its root is faster than its feet step.
Motion gliding(int frames, float share) {
  Motion motion = walk(frames);
  for (int f = 0; f < frames; ++f) motion.rootPositions[f].z *= share;
  return motion;
}

double worstSlide(const Motion& motion, const std::vector<std::uint8_t>& flags) {
  const std::vector<glm::vec3> p = worldPositions(motion);
  double worst = 0;
  for (std::int64_t f = 4; f + 4 < motion.frameCount(); ++f) {
    for (const int c : {1, 3}) {
      // Inside of runs, where nothing comes to rest or leaves any more.
      bool stands = true;
      for (std::int64_t d = -4; d <= 3; ++d) stands = stands && flags[(f + d) * 4 + c];
      if (!stands) continue;
      const glm::vec3 step = p[f * 22 + kContactJoints[c]] - p[(f - 1) * 22 + kContactJoints[c]];
      worst = std::max(worst, 1000.0 * std::hypot(step.x, step.z));
    }
  }
  return worst;
}

double kneeBend(const Motion& motion, std::int64_t f, bool isLeft) {
  const WorldPose w = forwardKinematics(*motion.skeleton, motion.pose(f));
  const Limb& leg = isLeft ? leftLeg() : rightLeg();
  const glm::vec3 thigh = glm::normalize(w.positions[leg.lower] - w.positions[leg.upper]);
  const glm::vec3 shin = glm::normalize(w.positions[leg.end] - w.positions[leg.lower]);
  return std::acos(std::clamp(glm::dot(thigh, shin), -1.0f, 1.0f));
}

TEST(BlockBand, SolvesAsADenseSolverDoes) {
  constexpr int kFrames = 7;
  constexpr int kSize = kFrames * kBlockSize;
  CounterRandom random(5);
  BlockBand band(kFrames);
  band.clear();
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(kSize, kSize);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(kSize);
  const auto add = [&](const std::vector<RowEntry>& row, double wanted, double weight) {
    Eigen::VectorXd v = Eigen::VectorXd::Zero(kSize);
    for (const RowEntry& e : row) v[e.frame * kBlockSize + e.index] += e.value;
    dense += weight * v * v.transpose();
    right += weight * wanted * v;
  };
  for (int i = 0; i < 400; ++i) {
    const auto first = std::int64_t(random.below(kFrames - 2));
    std::vector<RowEntry> row;
    for (int k = 0; k < 6; ++k) {
      row.push_back(
          {first + std::int64_t(random.below(3)), int(random.below(kBlockSize)), random.normal()});
    }
    const double wanted = random.normal(), weight = random.uniform(0.1, 2);
    band.addRow(row, wanted, weight);
    add(row, wanted, weight);
  }
  const std::array<double, 3> second = {1, -2, 1};
  for (int index = 0; index < kBlockSize; ++index) {
    for (std::int64_t f = 0; f + 2 < kFrames; ++f) {
      band.addDifference(f, second, index, 0.3, 5);
      add({{f, index, 1}, {f + 1, index, -2}, {f + 2, index, 1}}, 0.3, 5);
    }
    for (std::int64_t f = 0; f < kFrames; ++f) {
      band.addDifference(f, std::array<double, 1>{1}, index, 0, 0.5);
      add({{f, index, 1}}, 0, 0.5);
    }
  }
  std::vector<BlockVector> got;
  ASSERT_TRUE(band.solve(got, {}));
  const Eigen::VectorXd want = dense.llt().solve(right);
  for (int f = 0; f < kFrames; ++f) {
    EXPECT_LT((got[f] - want.segment<kBlockSize>(f * kBlockSize)).norm(), 1e-9 * want.norm()) << f;
  }
}

TEST(JointSolve, ARootFasterThanTheFeetIsHeldBackByThem) {
  SolveProblem problem;
  problem.motion = gliding(240, 1.15f);
  const std::vector<std::uint8_t> flags = problem.motion.contacts;
  EXPECT_GT(worstSlide(problem.motion, flags), 3.5);
  const SolveResult result = *solve(problem);
  EXPECT_LT(worstSlide(result.motion, flags), 0.5);
  // Nobody pays alone: hips, knees and the way share it, and nothing pops.
  EXPECT_LT(percentile(jerks(result.motion), 0.95), 1.15 * percentile(jerks(problem.motion), 0.95));
  for (int f = 1; f < 240; ++f) {
    for (const bool isLeft : {true, false}) {
      const double before =
          kneeBend(problem.motion, f, isLeft) - kneeBend(problem.motion, f - 1, isLeft);
      const double after =
          kneeBend(result.motion, f, isLeft) - kneeBend(result.motion, f - 1, isLeft);
      EXPECT_LT(std::abs(after - before), 0.12) << f;
    }
  }
  const float way = result.motion.rootPositions[239].z - result.motion.rootPositions[0].z;
  EXPECT_LT(way, problem.motion.rootPositions[239].z - problem.motion.rootPositions[0].z - 0.2f);
}

TEST(JointSolve, OnAPathTheFeetStepFartherInstead) {
  SolveProblem problem;
  problem.motion = gliding(240, 1.1f);
  const std::vector<std::uint8_t> flags = problem.motion.contacts;
  for (int f = 0; f < 240; ++f) {
    problem.path.push_back({f, {0, problem.motion.rootPositions[f].z}, std::nullopt, 1});
  }
  const SolveResult result = *solve(problem);
  EXPECT_LT(result.figures.pathWorstMeters, 0.03);
  EXPECT_LT(worstSlide(result.motion, flags), 0.7);
}

TEST(JointSolve, WindowsJoin) {
  // Three windows; and a motion that is solved at once has the same middle as one that is not.
  SolveProblem problem;
  problem.motion = gliding(1300, 1.08f);
  const std::vector<std::uint8_t> flags = problem.motion.contacts;
  const SolveResult result = *solve(problem);
  EXPECT_LT(worstSlide(result.motion, flags), 0.5);
  const std::vector<double> after = jerks(result.motion);
  const double ordinary = percentile(after, 0.99);
  for (const int seam : {512, 1024}) {
    for (int f = seam - 3; f <= seam + 3; ++f) EXPECT_LT(after[f], 1.2 * ordinary) << f;
  }
}

TEST(JointSolve, AnOverstretchedKneeDoesNotJump) {
  // Standing figures that rise on legs which cannot be longer.
  SolveProblem problem;
  problem.motion.resize(120);
  problem.motion.contacts.assign(480, 1);
  for (int f = 0; f < 120; ++f) {
    problem.motion.rootPositions[f].y = kRestRootHeight - 0.02f + 0.05f * std::sin(0.1f * float(f));
  }
  const SolveResult result = *solve(problem);
  for (int f = 1; f < 120; ++f) {
    for (const bool isLeft : {true, false}) {
      EXPECT_LT(
          std::abs(kneeBend(result.motion, f, isLeft) - kneeBend(result.motion, f - 1, isLeft)),
          0.1)
          << f;
    }
  }
  const std::vector<glm::vec3> p = worldPositions(result.motion);
  for (int f = 0; f < 120; ++f) EXPECT_NEAR(p[f * 22 + kLeftToeBase].y, 0.03f, 0.015f) << f;
}

TEST(JointSolve, SwingsAreLiftedOnlyWhenWanted) {
  SolveProblem problem;
  problem.motion = walk(200);
  for (int f = 0; f < 200; ++f) {  // toes that hardly leave the floor
    Pose pose = problem.motion.pose(f);
    WorldPose world = forwardKinematics(*problem.motion.skeleton, pose);
    for (const Limb* leg : {&leftLeg(), &rightLeg()}) {
      glm::dvec3 ankle = world.positions[leg->end];
      ankle.y = std::min(ankle.y, 0.078);
      bendLimb(*problem.motion.skeleton, *leg, ankle, pose, world);
    }
    problem.motion.setPose(f, pose);
  }
  const auto highest = [](const Motion& motion) {
    float y = 0;
    for (int f = 40; f < 160; ++f) {
      y = std::max(y,
                   forwardKinematics(*motion.skeleton, motion.pose(f)).positions[kLeftToeBase].y);
    }
    return y;
  };
  EXPECT_LT(highest(problem.motion), 0.04f);
  EXPECT_GT(highest(solve(problem)->motion), 0.055f);
  problem.swingClearance = false;
  EXPECT_LT(highest(solve(problem)->motion), 0.045f);
}

TEST(SwingHeights, NothingIsAskedOfFeetThatStand) {
  SolveProblem problem;
  problem.motion.resize(60);
  problem.motion.contacts.assign(240, 1);
  const SwingHeights heights = swingHeights(problem.motion, findContactRuns(problem), 0);
  for (const double y : heights.toe) EXPECT_EQ(y, 0);
  problem.motion = walk(90);
  const SwingHeights walking = swingHeights(problem.motion, findContactRuns(problem), 0);
  for (int f = 0; f < 90; ++f) {
    EXPECT_TRUE(!problem.motion.contacts[f * 4 + 1] || walking.toe[f] == 0) << f;
  }
  EXPECT_GT(*std::max_element(walking.toe.begin(), walking.toe.end()), 0.05);
}

}  // namespace
}  // namespace kinescore
