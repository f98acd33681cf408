#include "engine/evaluate/motion_measures.h"

#include "engine/motion/kinematics.h"
#include "tests/engine/evaluate/held_out_library.h"

namespace kinescore {
namespace {

Motion moving(int frames, const std::function<void(int, Pose&)>& change) {
  Motion motion;
  for (int f = 0; f < frames; ++f) {
    Pose pose = restPose(*motion.skeleton);
    change(f, pose);
    motion.appendPose(pose);
  }
  return motion;
}

TEST(MotionMeasuresTest, JerkOfACubic) {
  // x = t³: third derivative 6 m/s³ everywhere
  const Motion cubic = moving(40, [](int f, Pose& p) { p.rootPosition.x = float(std::pow(f / 30.0, 3)); });
  EXPECT_NEAR(jerkOf(cubic).mean, 6, 0.3);  // single precision, third differences
  EXPECT_EQ(jerkOf(moving(3, [](int, Pose&) {})).mean, 0);
  const Motion jump = moving(60, [](int f, Pose& p) { p.rootPosition.y += f == 30 ? 0.1f : 0; });
  const std::int64_t near[] = {30}, far[] = {10};
  EXPECT_GT(jerkNear(jump, near, 5), 3 * jerkOf(jump).mean);
  EXPECT_NEAR(jerkNear(jump, far, 5), 0, 1e-3);
}

TEST(MotionMeasuresTest, SkateSumsPool) {
  const Motion slides = moving(31, [](int f, Pose& p) { p.rootPosition.x = 0.02f * float(f); });  // 0.6 m/s, toes on the floor
  const SkateSums sums = skateSums(slides);
  EXPECT_EQ(sums.pairs, 60);
  EXPECT_EQ(sums.low, 60);
  EXPECT_EQ(sums.fast, 60);
  EXPECT_NEAR(sums.millimetres, 60 * 20, 0.1);
  EXPECT_EQ(skateSums(moving(31, [](int, Pose& p) { p.rootPosition.y += 1; })).low, 0);
}

TEST(MotionMeasuresTest, InterpolationsMeetTheirKeysAndEvenTurnsExactly) {
  const Motion turning = moving(61, [](int f, Pose& p) {
    p.rootPosition = {0.01f * float(f), 1, 0};
    p.localRotations[kLeftArm] = glm::angleAxis(0.02f * float(f), glm::vec3(0, 0, 1));
  });
  const std::vector<std::int64_t> keys = {0, 20, 40, 60};
  std::vector<std::int64_t> all(61);
  for (int f = 0; f < 61; ++f) all[f] = f;
  EXPECT_LT(worldDistance(slerpBetween(turning, keys), turning, all), 1e-5);
  EXPECT_LT(worldDistance(squadBetween(turning, keys), turning, all), 1e-5);
  const Motion walk = smallWalk(61, 3);
  for (const Motion& made : {slerpBetween(walk, keys), squadBetween(walk, keys)}) {
    EXPECT_LT(worldDistance(made, walk, keys), 1e-5);
    EXPECT_GT(worldDistance(made, walk, all), 1e-3);
  }
}

TEST(MotionMeasuresTest, NoveltyIsNothingForTrainClipsAndTheirMirrors) {
  const Library library = heldOutLibrary();
  const auto windows = TrainWindows::build(library, {});
  ASSERT_TRUE(windows);
  const Motion& train = library.clips[4].motion;
  const auto own = windows->distances(train);
  ASSERT_EQ(own.size(), 4u);
  for (const double d : own) EXPECT_LT(d, 1e-4);
  for (const double d : windows->distances(mirrored(train))) EXPECT_LT(d, 2e-3);
  const auto heldOut = windows->distances(library.clips[20].motion);  // not a train clip, so not found
  for (const double d : heldOut) EXPECT_GT(d, 1e-3);
  EXPECT_TRUE(windows->distances(train.slice({0, 29})).empty());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(TrainWindows::build(library, stop.get_token()));
}

TEST(MotionMeasuresTest, DistancesSeeThePoseAndNotThePlace) {
  const Motion walk = smallWalk(60, 3);
  Motion elsewhere = walk;
  for (glm::vec3& p : elsewhere.rootPositions) p += glm::vec3(2, 0, -1);
  EXPECT_LT(poseDistance(featuresFromMotion(walk), featuresFromMotion(elsewhere)), 1e-5);
  EXPECT_GT(poseDistance(featuresFromMotion(walk), featuresFromMotion(smallWalk(60, 4))), 1e-3);
  const std::int64_t frames[] = {0, 10};
  EXPECT_NEAR(worldDistance(walk, elsewhere, frames), std::sqrt(5.0), 1e-5);
}

}  // namespace
}  // namespace kinescore
