#include "engine/generation/features.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numbers>

#include <gtest/gtest.h>

#include "engine/motion/kinematics.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

std::filesystem::path goldensFolder() {
  const char* set = std::getenv("KINESCORE_GOLDENS");
  return set ? std::filesystem::path(set) : std::filesystem::path(KINESCORE_SOURCE_DIR) / "../shared/goldens";
}

// The captured clips of the retarget goldens.
std::vector<Motion> goldenMotions() {
  std::vector<Motion> motions;
  auto file = SafetensorsFile::load(goldensFolder() / "retarget" / "retarget.safetensors");
  if (!file) return motions;
  const std::string suffix = "/local_quat_wxyz";
  for (const auto& [name, view] : file->tensors()) {
    if (!name.ends_with(suffix)) continue;
    const std::string id = name.substr(0, name.size() - suffix.size());
    const auto roots = file->find(id + "/root_pos")->toFloats();
    const auto quats = view.toFloats();
    Motion motion;
    motion.resize(view.shape[0]);
    for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
      motion.rootPositions[f] = {roots[3 * f], roots[3 * f + 1], roots[3 * f + 2]};
      for (int j = 0; j < kJointCount22; ++j) {
        const float* q = quats.data() + (f * kJointCount22 + j) * 4;
        motion.rotation(f, j) = glm::quat(q[0], q[1], q[2], q[3]);
      }
    }
    motions.push_back(std::move(motion));
  }
  return motions;
}

// A figure that walks a circle and swings an arm.
Motion circlingMotion(int frames) {
  Motion motion;
  motion.resize(frames);
  for (int f = 0; f < frames; ++f) {
    Pose pose = restPose(*motion.skeleton);
    const float angle = 0.02f * f;
    pose.rootPosition = {2 * std::sin(angle), kRestRootHeight, 2 * std::cos(angle)};
    pose.localRotations[kHips] = glm::angleAxis(angle + 1.5f, glm::vec3(0, 1, 0));
    pose.localRotations[kLeftArm] = glm::angleAxis(0.5f * std::sin(0.3f * f), glm::vec3(0, 0, 1));
    motion.setPose(f, pose);
  }
  return motion;
}

double largestPositionError(const Motion& a, const Motion& b) {
  const auto pa = worldPositions(a), pb = worldPositions(b);
  double worst = 0;
  for (std::size_t i = 0; i < pa.size(); ++i) worst = std::max(worst, double(glm::length(pa[i] - pb[i])));
  return worst;
}

double largestAngle(const Motion& a, const Motion& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.localRotations.size(); ++i) {
    const glm::quat d = glm::conjugate(a.localRotations[i]) * b.localRotations[i];
    worst = std::max(worst, 2.0 * std::atan2(std::hypot(d.x, d.y, d.z), std::abs(d.w)));
  }
  return worst * 180 / std::numbers::pi;
}

TEST(Features, CapturedMotionComesBack) {
  const auto motions = goldenMotions();
  if (motions.empty()) GTEST_SKIP() << "the retarget goldens are not here";
  for (const Motion& motion : motions) {
    const Motion back = motionFromFeatures(featuresFromMotion(motion).values);
    EXPECT_LT(largestPositionError(motion, back), 1e-3);
    EXPECT_LT(largestAngle(motion, back), 0.1);
  }
}

TEST(Features, MotionComesBackThroughAWindowsSpace) {
  const Motion motion = circlingMotion(90);
  MotionFeatures features = featuresFromMotion(motion);
  const WindowSpace space = spaceOfFrame(std::span(features.values).subspan(30 * kFeatureCount, kFeatureCount));
  moveToWindow(features.values, space);
  const float* start = features.values.data() + 30 * kFeatureCount;
  EXPECT_NEAR(start[0], 0, 1e-5);
  EXPECT_NEAR(start[2], 0, 1e-5);
  EXPECT_NEAR(start[kHeadingChannel], 1, 1e-5);
  EXPECT_NEAR(start[kHeadingChannel + 1], 0, 1e-5);
  moveToWorld(features.values, space);
  const Motion back = motionFromFeatures(features.values);
  EXPECT_LT(largestPositionError(motion, back), 1e-4);
  EXPECT_LT(largestAngle(motion, back), 0.1);
}

TEST(Features, PoseChannelsDoNotDependOnWhereTheFigureStands) {
  const Motion motion = circlingMotion(60);
  Motion moved = motion;
  const WindowSpace space{{3, -2}, 0.8f};
  for (int f = 0; f < 60; ++f) {
    moved.rootPositions[f] = space.worldFromWindow(motion.rootPositions[f]);
    moved.rotation(f, 0) = glm::angleAxis(0.8f, glm::vec3(0, 1, 0)) * motion.rotation(f, 0);
  }
  const auto a = featuresFromMotion(motion), b = featuresFromMotion(moved);
  for (int f = 0; f < 60; ++f) {
    for (int c = kPositionChannel; c < kFeatureCount; ++c) {
      ASSERT_NEAR(a.values[f * kFeatureCount + c], b.values[f * kFeatureCount + c], 2e-4) << f << " " << c;
    }
  }
  // and the window's own space undoes the move
  MotionFeatures undone = b;
  moveToWindow(undone.values, space);
  for (std::size_t i = 0; i < a.values.size(); ++i) ASSERT_NEAR(a.values[i], undone.values[i], 2e-4);
}

TEST(Features, WindowSpaceMatchesTheHeading) {
  const WindowSpace space{{1, 2}, float(std::numbers::pi / 2)};  // window +Z is world +X
  const glm::vec3 ahead = space.worldFromWindow({0, 0.5f, 1});
  EXPECT_NEAR(ahead.x, 2, 1e-6);
  EXPECT_NEAR(ahead.y, 0.5, 1e-6);
  EXPECT_NEAR(ahead.z, 2, 1e-6);
  const glm::vec3 back = space.windowFromWorld(ahead);
  EXPECT_NEAR(back.z, 1, 1e-6);
  const glm::vec3 turned = space.windowFromWorldTurn() * glm::vec3(1, 0, 0);
  EXPECT_NEAR(turned.z, 1, 1e-6);
}

TEST(Features, VelocitiesAreTheStepsOfThePositions) {
  const MotionFeatures features = featuresFromMotion(circlingMotion(40));
  const Motion motion = circlingMotion(40);
  const auto positions = worldPositions(motion);
  for (int f = 0; f < 39; ++f) {
    const float* v = features.values.data() + f * kFeatureCount;
    const WindowSpace here = spaceOfFrame({v, kFeatureCount});
    const int hand = kLeftHand;
    const glm::vec3 step = (positions[(f + 1) * 22 + hand] - positions[f * 22 + hand]) * 30.0f;
    const glm::vec3 seen = here.windowFromWorldTurn() * step;
    for (int a = 0; a < 3; ++a) EXPECT_NEAR(v[kVelocityChannel + 3 * hand + a], seen[a], 1e-3);
  }
}

TEST(Features, ContactsNeedFourFramesAndHysteresis) {
  MotionFeatures features = featuresFromMotion(circlingMotion(40));
  const auto set = [&](int from, int to, float value) {
    for (int f = from; f < to; ++f) features.values[f * kFeatureCount + kContactChannel] = value;
  };
  set(0, 40, 0);
  set(5, 8, 0.9f);     // too short
  set(12, 16, 0.7f);   // starts
  set(16, 20, 0.5f);   // kept by hysteresis
  set(25, 32, 0.5f);   // never starts
  const Motion motion = motionFromFeatures(features.values);
  for (int f = 0; f < 40; ++f) EXPECT_EQ(motion.contacts[f * 4], f >= 12 && f < 20) << f;
}

TEST(Features, HeadingIsHeldWhileLyingDown) {
  Motion motion = circlingMotion(60);
  for (int f = 20; f < 60; ++f) {  // falls backwards and rolls about its own spine
    Pose pose = motion.pose(19);
    pose.localRotations[kHips] = pose.localRotations[kHips] *
                                 glm::angleAxis(-float(std::numbers::pi) / 2, glm::vec3(1, 0, 0)) *
                                 glm::angleAxis(0.1f * (f - 20), glm::vec3(0, 1, 0));
    motion.setPose(f, pose);
  }
  const MotionFeatures features = featuresFromMotion(motion);
  const auto heading = [&](int f) {
    return spaceOfFrame(std::span(features.values).subspan(f * kFeatureCount, kFeatureCount)).heading;
  };
  EXPECT_NEAR(heading(59), heading(40), 1e-4);
  EXPECT_LT(largestPositionError(motion, motionFromFeatures(features.values)), 1e-3);
}

TEST(Features, StatisticsShareADeviationInAGroupAndHaveAFloor) {
  const std::vector<MotionFeatures> windows = {featuresFromMotion(circlingMotion(120))};
  const FeatureStatistics statistics = measureStatistics(windows);
  EXPECT_FLOAT_EQ(statistics.deviation[kRootChannel], 1.0f);
  EXPECT_FLOAT_EQ(statistics.deviation[kRootChannel + 1], 0.25f);
  EXPECT_FLOAT_EQ(statistics.mean[kRootChannel], 0.0f);
  float smallest = 1e9f, mean = 0;
  for (int j = 0; j < kJointCount22; ++j) {
    const float* d = statistics.deviation.data() + kPositionChannel + 3 * j;
    EXPECT_FLOAT_EQ(d[0], d[1]);
    smallest = std::min(smallest, d[0]);
    mean += d[0] / kJointCount22;
  }
  EXPECT_GT(smallest, 0.15f * mean);
  std::vector<float> values = windows[0].values;
  statistics.normalise(values);
  statistics.denormalise(values);
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], windows[0].values[i], 1e-4);
}

}  // namespace
}  // namespace kinescore
