#include "render/strokes.h"

#include <gtest/gtest.h>

#include "render/overlay_atlas.h"

namespace kinescore::render {
namespace {

TEST(Strokes, AFloorPathLiesUnderTheFiguresAndATrailInTheAir) {
  Scene scene;
  Polyline path;
  path.points = {{0, 0, 0}, {0, 0, 1}, {1, 0, 2}};
  Polyline trail;
  trail.points = {{0, 0.9f, 0}, {0, 1.0f, 1}};
  trail.dotSize = 3.0f;
  scene.lines = {path, trail};
  const StrokeLists lists = strokesOf(scene, {900.0f, 500.0f});
  EXPECT_EQ(lists.floor.size(), 2u);
  EXPECT_EQ(lists.world.size(), 3u);  // one line, two dots
  EXPECT_TRUE(lists.screen.empty());
}

TEST(Strokes, BonesLieOverEverythingThoughTheyAreInTheWorld) {
  Scene scene;
  Polyline bone;
  bone.points = {{0, 0.9f, 0}, {0, 1.3f, 0}};
  bone.onTop = true;
  scene.lines = {bone};
  const StrokeLists lists = strokesOf(scene, {900.0f, 500.0f});
  EXPECT_TRUE(lists.world.empty());
  ASSERT_EQ(lists.screen.size(), 1u);
  EXPECT_EQ(lists.screen.front().b.w, 0.0f);
}

TEST(Strokes, WidthsGrowWithThePixelRatio) {
  Scene scene;
  Polyline line;
  line.points = {{0, 1, 0}, {0, 1, 1}};
  line.width = 2.0f;
  scene.lines = {line};
  scene.pixelRatio = 2.0f;
  EXPECT_FLOAT_EQ(strokesOf(scene, {900.0f, 500.0f}).world.front().a.w, 4.0f);
}

TEST(Strokes, TheScaleBarStaysReadableAtEveryDistance) {
  Camera camera;
  float last = 0.0f;
  for (const float distance : {0.5f, 2.0f, 5.0f, 20.0f, 60.0f}) {
    camera.distance = distance;
    const ScaleBar bar = scaleBarFor(camera, 500.0f, 1.0f);
    EXPECT_GE(bar.metres, last);
    EXPECT_GT(bar.pixels, 40.0f);
    EXPECT_LT(bar.pixels, 800.0f);
    last = bar.metres;
  }
}

TEST(ShelfPacker, RectanglesNeverOverlapNorLeaveTheAtlas) {
  ShelfPacker packer(256, 128);
  struct Placed {
    glm::ivec2 corner;
    int width, height;
  };
  std::vector<Placed> placed;
  for (int i = 0; i < 200; ++i) {
    const int width = 17 + (i * 29) % 70;
    const int height = 9 + (i * 13) % 23;
    const auto corner = packer.place(width, height);
    if (!corner) continue;
    EXPECT_LE(corner->x + width, 256);
    EXPECT_LE(corner->y + height, 128);
    for (const Placed& other : placed) {
      const bool apart = corner->x >= other.corner.x + other.width || other.corner.x >= corner->x + width ||
                         corner->y >= other.corner.y + other.height || other.corner.y >= corner->y + height;
      EXPECT_TRUE(apart);
    }
    placed.push_back({*corner, width, height});
  }
  EXPECT_GT(placed.size(), 10u);
  EXPECT_FALSE(packer.place(300, 4));
}

}  // namespace
}  // namespace kinescore::render
