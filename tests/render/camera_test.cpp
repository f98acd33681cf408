#include "render/camera.h"

#include <array>

#include <glm/geometric.hpp>
#include <glm/gtc/constants.hpp>
#include <gtest/gtest.h>

namespace kinescore::render {
namespace {

constexpr glm::vec2 kSize(900.0f, 500.0f);

TEST(Camera, TargetIsInTheMiddleOfTheView) {
  const Camera camera;
  const auto pixel = camera.pixelOf(camera.target, kSize);
  ASSERT_TRUE(pixel);
  EXPECT_NEAR(pixel->x, 450.0f, 0.01f);
  EXPECT_NEAR(pixel->y, 250.0f, 0.01f);
}

TEST(Camera, UpIsUpAndTheCharactersLeftIsOnTheRightFromTheFront) {
  Camera camera;
  camera.setView(CameraView::Front);
  const auto middle = camera.pixelOf(camera.target, kSize);
  const auto above = camera.pixelOf(camera.target + glm::vec3(0, 0.3f, 0), kSize);
  const auto left = camera.pixelOf(camera.target + glm::vec3(0.3f, 0, 0), kSize);
  ASSERT_TRUE(middle && above && left);
  EXPECT_LT(above->y, middle->y);
  EXPECT_GT(left->x, middle->x);
}

TEST(Camera, WhatIsPannedStaysUnderThePointer) {
  Camera camera;
  const glm::vec3 point = camera.target;
  camera.pan({37.0f, -21.0f}, kSize.y);
  const auto pixel = camera.pixelOf(point, kSize);
  ASSERT_TRUE(pixel);
  EXPECT_NEAR(pixel->x, 450.0f + 37.0f, 0.5f);
  EXPECT_NEAR(pixel->y, 250.0f - 21.0f, 0.5f);
}

TEST(Camera, FloorUnderAPixelIsThatPixel) {
  const Camera camera;
  const auto floor = camera.floorUnder({300.0f, 420.0f}, kSize);
  ASSERT_TRUE(floor);
  EXPECT_NEAR(floor->y, 0.0f, 1e-4f);
  const auto pixel = camera.pixelOf(*floor, kSize);
  ASSERT_TRUE(pixel);
  EXPECT_NEAR(pixel->x, 300.0f, 0.05f);
  EXPECT_NEAR(pixel->y, 420.0f, 0.05f);
}

TEST(Camera, ThereIsNoFloorAboveTheHorizon) {
  const Camera camera;
  EXPECT_FALSE(camera.floorUnder({450.0f, 1.0f}, kSize));
}

TEST(Camera, PointsBehindItHaveNoPixel) {
  const Camera camera;
  const glm::vec3 behind = camera.position() + (camera.position() - camera.target);
  EXPECT_FALSE(camera.pixelOf(behind, kSize));
}

TEST(Camera, FramedPointsAreAllInView) {
  const std::array points = {glm::vec3(-3.0f, 0.0f, 1.0f), glm::vec3(4.0f, 1.8f, -2.0f), glm::vec3(0.0f, 0.9f, 5.0f)};
  for (const glm::vec2 size : {kSize, glm::vec2(300.0f, 800.0f)}) {
    Camera camera;
    camera.frame(points, size.x / size.y);
    for (const glm::vec3& point : points) {
      const auto pixel = camera.pixelOf(point, size);
      ASSERT_TRUE(pixel);
      EXPECT_GT(pixel->x, 0.0f);
      EXPECT_LT(pixel->x, size.x);
      EXPECT_GT(pixel->y, 0.0f);
      EXPECT_LT(pixel->y, size.y);
    }
  }
}

TEST(Camera, OnlyWhatIsOutsideIsLeftOut) {
  const Camera camera;
  const float aspect = kSize.x / kSize.y;
  EXPECT_TRUE(camera.mayShow(camera.target, 0.1f, aspect));
  EXPECT_FALSE(camera.mayShow(camera.target + glm::vec3(0, 30.0f, 0), 1.3f, aspect));
  EXPECT_TRUE(camera.mayShow(camera.target + glm::vec3(0, 30.0f, 0), 40.0f, aspect));
  // Every point with a pixel in the picture may show.
  for (float x = -6.0f; x <= 6.0f; x += 0.5f) {
    for (float z = -6.0f; z <= 6.0f; z += 0.5f) {
      const glm::vec3 point(x, 0.9f, z);
      const auto pixel = camera.pixelOf(point, kSize);
      const bool inside = pixel && pixel->x >= 0.0f && pixel->x <= kSize.x && pixel->y >= 0.0f && pixel->y <= kSize.y;
      EXPECT_TRUE(!inside || camera.mayShow(point, 0.01f, aspect));
    }
  }
}

TEST(Camera, OrthographicKeepsTheSizeAtTheTarget) {
  Camera camera;
  const auto before = camera.pixelOf(camera.target + glm::vec3(0, 0.4f, 0), kSize);
  camera.pitch = 0.0f;
  const auto level = camera.pixelOf(camera.target + glm::vec3(0, 0.4f, 0), kSize);
  camera.orthographic = true;
  const auto straight = camera.pixelOf(camera.target + glm::vec3(0, 0.4f, 0), kSize);
  ASSERT_TRUE(before && level && straight);
  EXPECT_NEAR(level->y, straight->y, 0.5f);
}

TEST(Camera, NeitherTurnsOverNorLeavesItsLimits) {
  Camera camera;
  camera.orbit(100.0f, 100.0f);
  EXPECT_LT(camera.pitch, glm::half_pi<float>());
  EXPECT_LE(std::abs(camera.yaw), glm::pi<float>() + 1e-4f);
  camera.dolly(1000.0f);
  EXPECT_GT(camera.distance, 0.1f);
  camera.dolly(-1000.0f);
  EXPECT_LT(camera.distance, 200.0f);
}

}  // namespace
}  // namespace kinescore::render
