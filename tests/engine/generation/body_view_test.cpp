#include "engine/generation/body_view.h"

#include <gtest/gtest.h>

#include <glm/geometric.hpp>

namespace kinescore {
namespace {

std::array<glm::vec3, kViewPoints> standing() {
  return viewPointsOf(forwardKinematics(*kinescore22(), restPose(*kinescore22())));
}

TEST(BodyViewTest, PointsLieWhereTheyAreNamed) {
  const auto points = standing();
  EXPECT_GT(points[0].z, points[3].z);  // the nose is before the ears
  EXPECT_GT(points[3].x, 0);            // left is +X
  EXPECT_NEAR(points[3].x, -points[4].x, 1e-4);
  EXPECT_GT(points[0].y, points[5].y);  // shoulders, hips, knees, ankles go down
  EXPECT_GT(points[5].y, points[11].y);
  EXPECT_GT(points[11].y, points[13].y);
  EXPECT_GT(points[13].y, points[15].y);
  for (int k = 0; k < kViewPoints; ++k) EXPECT_EQ(kMirrorViewPoint[kMirrorViewPoint[k]], k);
}

TEST(BodyViewTest, ACameraSeesWhatIsBeforeItTheRightWayRound) {
  const PinholeCamera camera = lookingAt({0, 1, 5}, {0, 1, 0});
  const auto points = standing();
  const BodySight sight = seenBy(camera, points);
  EXPECT_GT(sight.points[5].x, 0);   // who faces the camera has the left shoulder on the image's right
  EXPECT_LT(sight.points[6].x, 0);
  EXPECT_LT(sight.points[0].y, sight.points[15].y);  // y goes down
  EXPECT_NEAR(sight.points[5].x, points[5].x / (5 - points[5].z), 1e-5);
  const BodySight behind = seenBy(lookingAt({0, 1, 5}, {0, 1, 10}), points);
  for (const float c : behind.confidence) EXPECT_EQ(c, 0);
}

TEST(BodyViewTest, TheBoxFollowsDistanceAndPlace) {
  const auto points = standing();
  std::array<float, kViewChannels> near{}, far{}, aside{};
  ASSERT_TRUE(writeSight(seenBy(lookingAt({0, 1, 3}, {0, 1, 0}), points), near));
  BodySight turning = seenBy(lookingAt({0, 1, 6}, {0, 1, 0}), points);
  turning.cameraTurning.y = 0.5f;
  ASSERT_TRUE(writeSight(turning, far));
  ASSERT_TRUE(writeSight(seenBy(lookingAt({0, 1, 6}, {1, 1, 0}), points), aside));
  constexpr int kBox = 3 * kViewPoints;
  EXPECT_NEAR(near[kBox + 2] / far[kBox + 2], 2, 0.15);
  EXPECT_LT(aside[kBox], far[kBox] - 0.1f);  // turned to the right: the body is on the left
  EXPECT_EQ(far[kBox + 4], 0.5f);
  for (int k = 0; k < kViewPoints; ++k) {
    EXPECT_NEAR(near[3 * k + 1], far[3 * k + 1], 0.1) << k;  // inside the box, distance hardly shows
    EXPECT_LE(std::abs(far[3 * k]), 1);
    EXPECT_EQ(far[3 * k + 2], 1);
  }
}

TEST(BodyViewTest, BetweenTwoFramesLiesTheirMiddle) {
  BodySight a = seenBy(lookingAt({0, 1, 3}, {0, 1, 0}), standing()), b = a;
  b.points[7].x += 0.2f;
  b.confidence[8] = 0;
  const BodySight middle = between(a, b, 0.25f);
  EXPECT_NEAR(middle.points[7].x, a.points[7].x + 0.05f, 1e-6);
  EXPECT_EQ(middle.confidence[8], 0);
  EXPECT_EQ(between(a, b, 0), a);
  EXPECT_EQ(between(a, b, 1), b);
}

TEST(BodyViewTest, TooFewPointsSayNothing) {
  BodySight sight = seenBy(lookingAt({0, 1, 3}, {0, 1, 0}), standing());
  std::fill(sight.confidence.begin() + kFewestViewPoints - 1, sight.confidence.end(), 0.0f);
  std::array<float, kViewChannels> row{};
  EXPECT_FALSE(writeSight(sight, row));
  for (const float v : row) EXPECT_EQ(v, 0);
}

}  // namespace
}  // namespace kinescore
