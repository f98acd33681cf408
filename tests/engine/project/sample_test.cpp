// resources/samples/first-steps.kinescore: what a new user opens first.
#include <gtest/gtest.h>

#include "engine/motion/kinematics.h"
#include "engine/request/build_request.h"
#include "tests/support/first_steps.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

const std::filesystem::path kSample =
    std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/samples/first-steps.kinescore";

TEST(FirstStepsTest, IsWhatTheCodeBesideTheTestsMakes) {
  const std::string made = writeProject(firstStepsProject());
  const std::filesystem::path out = std::filesystem::temp_directory_path() / "first-steps.kinescore";
  if (made != bytesOf(kSample)) putBytes(out, made);
  EXPECT_EQ(made, bytesOf(kSample)) << "copy " << out << " over the sample when the change is meant";
}

TEST(FirstStepsTest, OpensAndAsksForSomethingTheEngineTakes) {
  const auto opened = openProject(kSample);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->warnings.empty());
  EXPECT_FALSE(opened->document.readOnly);

  const auto request = buildRequest(opened->document.timeline, {});
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->frameCount(), 300);
  EXPECT_EQ(request->texts.size(), 3u);
  EXPECT_EQ(request->poses.size(), 2u);
  EXPECT_EQ(request->paths.size(), 1u);
}

TEST(FirstStepsTest, TheKeysStandOnTheFloorAndOnThePath) {
  const auto request = buildRequest(openProject(kSample)->document.timeline, {});
  ASSERT_TRUE(request);
  for (const PoseKeyRequest& key : request->poses) {
    const glm::vec2 onPath = evaluatePath(request->paths[0].points, key.time).position;
    EXPECT_NEAR(key.pose.rootPosition.x, onPath.x, 1e-5f);
    EXPECT_NEAR(key.pose.rootPosition.z, onPath.y, 1e-5f);
    const WorldPose world = forwardKinematics(*kinescore22(), key.pose);
    for (const SolePoint& sole : kSolePoints) {
      const glm::vec3 point = world.positions[sole.joint] + world.rotations[sole.joint] * sole.offset;
      EXPECT_NEAR(point.y, 0, 1e-3f);
    }
  }
  const WorldPose standing = forwardKinematics(*kinescore22(), request->poses[0].pose);
  const WorldPose greeting = forwardKinematics(*kinescore22(), request->poses[1].pose);
  EXPECT_LT(standing.positions[kRightHand].y, standing.positions[kHips].y);
  EXPECT_GT(greeting.positions[kRightHand].y, greeting.positions[kHead].y);
  EXPECT_NEAR(headingOf(standing), 0, 1e-4f);
  EXPECT_NEAR(std::abs(headingOf(greeting)), std::numbers::pi_v<float>, 1e-3f);
}

TEST(FirstStepsTest, TheWalkIsAtAWalkingPace) {
  const auto request = buildRequest(openProject(kSample)->document.timeline, {});
  for (double t = 0; t < 6.25; t += 0.05) {
    const float speed = glm::length(evaluatePath(request->paths[0].points, ticksFromSeconds(t)).velocity);
    EXPECT_LT(speed, 1.5f) << t;
  }
}

}  // namespace
}  // namespace kinescore
