// What the mouse does in the 3D view, without a window.
#include <gtest/gtest.h>

#include "engine/motion/motion.h"
#include "ui/viewport/camera_control.h"
#include "ui/viewport/view_labels.h"
#include "ui/viewport/viewport_scene.h"

namespace kinescore {
namespace {

constexpr QSizeF kSize(900, 500);

WorldPose standingAt(float x, float z) {
  const auto skeleton = kinescore22();
  Pose pose = restPose(*skeleton);
  pose.rootPosition.x = x;
  pose.rootPosition.z = z;
  return forwardKinematics(*skeleton, pose);
}

QPointF pixelOf(const render::Camera& camera, const glm::vec3& point) {
  const auto pixel = camera.pixelOf(point, {float(kSize.width()), float(kSize.height())});
  return pixel ? QPointF(double(pixel->x), double(pixel->y)) : QPointF(-1, -1);
}

TEST(CameraControl, LeftDragTurnsAndRightDragMoves) {
  CameraControl control;
  const render::Camera start = control.camera();
  ASSERT_TRUE(control.press(Qt::LeftButton, Qt::NoModifier, {100, 100}));
  EXPECT_TRUE(control.move({160, 100}, 500));
  EXPECT_NE(control.camera().yaw, start.yaw);
  EXPECT_EQ(control.camera().target, start.target);
  EXPECT_FALSE(control.release());

  const float yaw = control.camera().yaw;
  ASSERT_TRUE(control.press(Qt::RightButton, Qt::NoModifier, {100, 100}));
  EXPECT_TRUE(control.move({160, 100}, 500));
  EXPECT_EQ(control.camera().yaw, yaw);
  EXPECT_NE(control.camera().target, start.target);
}

TEST(CameraControl, ShiftMakesMiddleDragMoveInsteadOfTurn) {
  CameraControl control;
  const float yaw = control.camera().yaw;
  control.press(Qt::MiddleButton, Qt::ShiftModifier, {100, 100});
  EXPECT_TRUE(control.move({140, 120}, 500));
  EXPECT_EQ(control.camera().yaw, yaw);
}

TEST(CameraControl, AnUnsteadyClickIsStillAClick) {
  CameraControl control;
  const render::Camera start = control.camera();
  control.press(Qt::LeftButton, Qt::NoModifier, {100, 100});
  EXPECT_FALSE(control.move({102, 101}, 500));
  EXPECT_TRUE(control.release());
  EXPECT_EQ(control.camera(), start);
}

TEST(CameraControl, TurningAStraightViewMakesItPerspective) {
  CameraControl control;
  control.camera().setView(render::CameraView::Side);
  control.press(Qt::LeftButton, Qt::NoModifier, {100, 100});
  control.move({180, 130}, 500);
  EXPECT_FALSE(control.camera().orthographic);
}

TEST(CameraControl, FollowCatchesUpAndThenRests) {
  CameraControl control;
  control.camera().target = {0, 0.85f, 0};
  const glm::vec3 figure(1.0f, 0.95f, -0.5f);
  int steps = 0;
  while (control.follow(figure, 0.016f) && steps < 1000) ++steps;
  EXPECT_LT(steps, 200);
  EXPECT_FALSE(control.isCatchingUp());
  EXPECT_NEAR(control.camera().target.x, 1.0f, 0.01f);
  EXPECT_NEAR(control.camera().target.z, -0.5f, 0.01f);
  EXPECT_FLOAT_EQ(control.camera().target.y, 0.85f);  // a jump must not rock the view
}

TEST(CameraControl, FollowCutsToAFigureFarAway) {
  CameraControl control;
  control.follow({20.0f, 1.0f, 0.0f}, 0.016f);
  EXPECT_FLOAT_EQ(control.camera().target.x, 20.0f);
}

TEST(ViewportScene, AClickFindsTheNearestGhostUnderIt) {
  ViewportScene scene;
  const render::Camera camera;
  const WorldPose behind = standingAt(0.0f, -3.0f);
  const WorldPose before = standingAt(0.0f, 0.0f);
  const WorldPose aside = standingAt(1.6f, 0.0f);
  scene.ghosts = {{behind, "a"}, {before, "b"}, {aside, "c"}};
  EXPECT_EQ(scene.ghostAt(camera, pixelOf(camera, before.positions[kSpine2]), kSize), 1);
  EXPECT_EQ(scene.ghostAt(camera, pixelOf(camera, aside.positions[kSpine2]), kSize), 2);
  EXPECT_EQ(scene.ghostAt(camera, pixelOf(camera, {0.0f, 3.0f, 0.0f}), kSize), std::nullopt);
  scene.ghostsVisible = false;
  EXPECT_EQ(scene.ghostAt(camera, pixelOf(camera, before.positions[kSpine2]), kSize), std::nullopt);
}

TEST(ViewportScene, ATargetIsClickedWhereItsDiamondIs) {
  ViewportScene scene;
  const render::Camera camera;
  const glm::vec3 at(0.5f, 1.2f, 0.3f);
  scene.ghosts = {{standingAt(-1, 0), "a"}, {{}, "Left hand @ 60", at}};
  EXPECT_EQ(scene.ghostAt(camera, pixelOf(camera, at), kSize), 1);
  const render::Scene built = scene.build(camera, kSize, 1);
  EXPECT_EQ(built.figures.size(), 2u) << "the figure and the pose";
  EXPECT_EQ(built.overlays.size(), 3u) << "a diamond and two labels";
}

TEST(ViewLabels, StandInsideThePictureAndNotOnEachOther) {
  const render::Camera camera;
  const auto image = std::make_shared<render::Image>();
  image->width = 80;
  image->height = 20;
  const glm::vec2 size(900, 500);
  std::vector<ViewLabel> labels(5, ViewLabel{image, {0, 1, 0}});
  labels.push_back({image, {0, 1, 0}, true});
  labels.push_back({image, {0, 3.5f, 0}});  // above the picture
  const auto placed = placeLabels(labels, camera, size, 3);
  ASSERT_EQ(placed.size(), 7u);
  for (std::size_t a = 0; a < placed.size(); ++a) {
    EXPECT_GE(placed[a].position.y, 0) << a;
    EXPECT_LE(placed[a].position.y + 20, size.y) << a;
    for (std::size_t b = 0; b < a && a < 5; ++b) {
      EXPECT_GE(std::abs(placed[a].position.y - placed[b].position.y), 20) << a << " and " << b;
    }
  }
  EXPECT_TRUE(placeLabels(std::vector<ViewLabel>{{image, camera.position() * 2.0f}}, camera, size, 3).empty());
}

TEST(ViewLabels, GiveWayToMarksAndToWhatStandsInThePicture) {
  const render::Camera camera;
  const auto image = std::make_shared<render::Image>();
  image->width = 80;
  image->height = 20;
  const glm::vec2 size(900, 500);
  const std::vector<ViewLabel> one{{image, {0, 1, 0}}};
  const glm::vec2 free = placeLabels(one, camera, size, 3).front().position;
  const std::vector<ViewBox> taken{{free - 5.0f, free + glm::vec2(85, 25)}};
  const glm::vec2 moved = placeLabels(one, camera, size, 3, taken).front().position;
  EXPECT_TRUE(moved.y >= free.y + 25 || moved.y + 20 <= free.y - 5) << moved.y;
  const std::vector<ViewLabel> marked{one.front(), {image, {0, 1, 0}, true}};
  const auto both = placeLabels(marked, camera, size, 3);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_GE(std::abs(both[0].position.y - both[1].position.y), 20);
}

TEST(ViewportScene, TheFigureIsItsBodyItsBonesOrBoth) {
  ViewportScene scene;
  const auto countOf = [&](FigureLook look) {
    scene.look = look;
    const render::Scene built = scene.build(render::Camera(), {800, 500}, 1);
    int bones = 0;
    for (const render::Polyline& line : built.lines) bones += line.onTop;
    return std::pair(int(built.figures.size()), bones);
  };
  const int bones = kinescore22()->jointCount() - 1 + int(kinescore22()->endSites.size());
  EXPECT_EQ(countOf(FigureLook::Mesh), std::pair(1, 0));
  EXPECT_EQ(countOf(FigureLook::Skeleton), std::pair(0, bones));
  EXPECT_EQ(countOf(FigureLook::Both), std::pair(1, bones));
  EXPECT_LT(scene.build(render::Camera(), {800, 500}, 1).figures.front().alpha, 1.0f);
}

TEST(ViewportScene, OnionSkinsAreTranslucentAndSayHowManyFramesTheyAreAway) {
  ViewportScene scene;
  scene.onion = {{scene.pose, QStringLiteral("−6"), false}, {scene.pose, QStringLiteral("+6"), true}};
  const render::Scene built = scene.build(render::Camera(), {800, 500}, 1);
  ASSERT_EQ(built.figures.size(), 3u);
  EXPECT_LT(built.figures[1].alpha, 0.5f);
  EXPECT_NE(built.figures[1].tint, built.figures[2].tint);
  scene.onion.clear();
  EXPECT_EQ(scene.build(render::Camera(), {800, 500}, 1).overlays.size() + 2, built.overlays.size());
}

TEST(ViewportScene, ShowsAFigureFromTheStart) {
  const ViewportScene scene;
  EXPECT_EQ(scene.pose.positions.size(), std::size_t(kJointCount22));
  EXPECT_GE(scene.figureBounds().size(), std::size_t(kJointCount22));
}

}  // namespace
}  // namespace kinescore
