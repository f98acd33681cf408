// What the pictures show, looked at pixel by pixel. Needs a Vulkan device; lavapipe is enough.
#include "render/offscreen.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "engine/motion/motion.h"
#include "render/contact_sheet.h"

namespace kinescore::render {
namespace {

glm::quat about(const glm::vec3& axis, float degrees) { return glm::angleAxis(glm::radians(degrees), axis); }

WorldPose tPose() { return forwardKinematics(*kinescore22(), restPose(*kinescore22())); }

WorldPose walkingPose() {
  const glm::vec3 x(1, 0, 0);
  const glm::vec3 z(0, 0, 1);
  Pose pose = restPose(*kinescore22());
  pose.rootPosition.y = 0.945f;
  pose.localRotations[kLeftUpLeg] = about(x, -28);
  pose.localRotations[kLeftLeg] = about(x, 8);
  pose.localRotations[kRightUpLeg] = about(x, 18);
  pose.localRotations[kRightLeg] = about(x, 28);
  pose.localRotations[kLeftArm] = about(x, 25) * about(z, -74);
  pose.localRotations[kRightArm] = about(x, -28) * about(z, 74);
  return forwardKinematics(*kinescore22(), pose);
}

int brightness(const Image& image, int x, int y) {
  const std::uint8_t* p = image.at(x, y);
  return (int(p[0]) + p[1] + p[2]) / 3;
}

/// The figure is the only light-grey thing in the picture.
bool isFigure(const std::uint8_t* p) { return p[0] > 95 && p[1] > 95 && p[2] > 95; }
bool isContact(const std::uint8_t* p) { return p[1] > 110 && p[1] > p[2] + 50; }
bool isRose(const std::uint8_t* p) { return p[0] > p[1] + 20 && p[0] > p[2] + 12; }
bool isPath(const std::uint8_t* p) { return p[1] > 150 && p[1] > p[0] + 40 && p[2] > p[0] + 30; }

template <class Test>
int countPixels(const Image& image, Test test) {
  int count = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) count += test(image.at(x, y)) ? 1 : 0;
  }
  return count;
}

/// The pixel a joint falls on.
glm::ivec2 pixelOf(const Scene& scene, const glm::vec3& point, const Image& image) {
  const auto pixel = scene.camera.pixelOf(point, {float(image.width), float(image.height)});
  return glm::ivec2(pixel.value_or(glm::vec2(-1.0f)));
}

/// One device for all cases: opening it is the slow part.
class Offscreen : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = OffscreenRenderer::create({4, true});
    if (made) renderer_ = std::move(*made);
    else reason_ = made.error().message;
  }
  static void TearDownTestSuite() { renderer_.reset(); }

  void SetUp() override {
    if (!renderer_) GTEST_SKIP() << "no Vulkan device: " << reason_;
  }

  static Image render(const Scene& scene, int width, int height) {
    auto image = renderer_->render(scene, width, height);
    EXPECT_TRUE(image) << image.error().message;
    return image ? std::move(*image) : Image(width, height);
  }

  static inline std::unique_ptr<OffscreenRenderer> renderer_;
  static inline std::string reason_;
};

TEST_F(Offscreen, TPoseIsWhereItsJointsAre) {
  const WorldPose pose = tPose();
  const Scene scene = poseScene(pose, 1.0f);
  const Image image = render(scene, 400, 400);
  for (const int joint : {int(kHips), int(kSpine2), int(kHead), int(kLeftForeArm), int(kRightForeArm), int(kLeftLeg), int(kRightLeg)}) {
    const glm::ivec2 at = pixelOf(scene, pose.positions[std::size_t(joint)], image);
    EXPECT_TRUE(isFigure(image.at(at.x, at.y))) << "joint " << joint << " at " << at.x << ", " << at.y;
  }
  // Above the head and below the arms there is nothing.
  const glm::ivec2 air = pixelOf(scene, pose.positions[kHead] + glm::vec3(0, 0.45f, 0), image);
  EXPECT_FALSE(isFigure(image.at(air.x, air.y)));
  const glm::ivec2 below = pixelOf(scene, pose.positions[kLeftForeArm] - glm::vec3(0, 0.35f, 0), image);
  EXPECT_FALSE(isFigure(image.at(below.x, below.y)));
}

TEST_F(Offscreen, EmptySceneIsADarkFloorWithALighterGrid) {
  Scene scene;
  const Image withGrid = render(scene, 320, 200);
  scene.grid = false;
  const Image without = render(scene, 320, 200);
  EXPECT_EQ(countPixels(withGrid, isFigure), 0);
  EXPECT_GT(brightness(withGrid, 160, 2), 25);
  EXPECT_LT(brightness(withGrid, 160, 2), 90);
  int lighter = 0;
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 320; ++x) lighter += brightness(withGrid, x, y) > brightness(without, x, y) + 3 ? 1 : 0;
  }
  EXPECT_GT(lighter, 300);
  EXPECT_LT(lighter, 320 * 200 / 4);
}

TEST_F(Offscreen, FeetThatTouchTakeTheContactColour) {
  Scene scene = poseScene(walkingPose(), 1.0f);
  const Image without = render(scene, 400, 400);
  EXPECT_EQ(countPixels(without, isContact), 0);
  scene.figures.front().contacts = {true, true, false, false};
  const Image left = render(scene, 400, 400);
  EXPECT_GT(countPixels(left, isContact), 60);
  const glm::ivec2 toe = pixelOf(scene, scene.figures.front().pose.positions[kLeftToeBase], left);
  EXPECT_TRUE(isContact(left.at(toe.x, toe.y)));
  scene.figures.front().contacts = {true, true, true, true};
  EXPECT_GT(countPixels(render(scene, 400, 400), isContact), countPixels(left, isContact) + 30);
}

TEST_F(Offscreen, TheFigureThrowsAShadowOnTheFloor) {
  Scene scene = poseScene(walkingPose(), 1.0f);
  scene.grid = false;
  const Image with = render(scene, 400, 400);
  scene.figures.clear();
  const Image without = render(scene, 400, 400);
  int darker = 0;
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 400; ++x) darker += brightness(with, x, y) + 5 < brightness(without, x, y) ? 1 : 0;
  }
  EXPECT_GT(darker, 400);
}

TEST_F(Offscreen, AShadowFollowsItsFigure) {
  // The tiles are kept between pictures; a moved figure must not leave its old shadow behind.
  Scene scene = poseScene(walkingPose(), 1.0f);
  const Image first = render(scene, 300, 300);
  Scene moved = scene;
  for (glm::vec3& p : moved.figures.front().pose.positions) p.x += 1.0f;
  render(moved, 300, 300);
  const Image again = render(scene, 300, 300);
  EXPECT_EQ(first.rgba, again.rgba);
}

TEST_F(Offscreen, GhostsAreRoseAndOneSeesThroughThem) {
  Scene scene = poseScene(walkingPose(), 1.0f);
  scene.grid = false;
  scene.figures.front().tint = colours::kPose;
  scene.figures.front().alpha = 0.6f;
  const Image ghost = render(scene, 400, 400);
  EXPECT_GT(countPixels(ghost, isRose), 3000);
  scene.figures.front().alpha = 1.0f;
  const Image solid = render(scene, 400, 400);
  const glm::ivec2 chest = pixelOf(scene, scene.figures.front().pose.positions[kSpine2], ghost);
  EXPECT_LT(brightness(ghost, chest.x, chest.y) + 25, brightness(solid, chest.x, chest.y));
}

TEST_F(Offscreen, AGhostInTheFiguresOwnPoseIsHiddenByIt) {
  Scene scene = poseScene(walkingPose(), 1.0f);
  scene.grid = false;
  scene.figures.push_back(scene.figures.front());
  scene.figures.back().tint = colours::kPose;
  scene.figures.back().alpha = 0.6f;
  for (const float yaw : {0.0f, 0.8f, 2.0f, 3.6f}) {
    scene.camera.yaw = yaw;
    const Image image = render(scene, 400, 400);
    // A hair at the outline, where the coarser mesh stands out, is all that may be left.
    EXPECT_LT(countPixels(image, isRose), 250) << "from " << yaw;
  }
}

TEST_F(Offscreen, APathIsDrawnAndTheFigureStandsOnIt) {
  Scene scene = poseScene(tPose(), 1.0f);
  Polyline path;
  path.colour = glm::vec4(colours::kPath, 1.0f);
  path.points = {{-2, 0, 0}, {2, 0, 0}};
  path.width = 4.0f;
  scene.lines.push_back(path);
  scene.rings.push_back({{0.8f, 0, 0}, 0.16f, glm::vec4(colours::kPath, 1.0f)});
  const Image image = render(scene, 400, 400);
  EXPECT_GT(countPixels(image, isPath), 300);
  const glm::ivec2 on = pixelOf(scene, {-0.6f, 0, 0}, image);
  EXPECT_TRUE(isPath(image.at(on.x, on.y)));
}

TEST_F(Offscreen, OverlaysLieTexelOnPixel) {
  auto chip = std::make_shared<Image>(20, 10);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) {
      chip->at(x, y)[0] = 255;
      chip->at(x, y)[1] = std::uint8_t(x * 10);
      chip->at(x, y)[3] = 255;
    }
  }
  Scene scene;
  scene.overlays.push_back({chip, {30, 40}, std::nullopt, 1.0f});
  const Image image = render(scene, 200, 120);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) {
      const std::uint8_t* p = image.at(30 + x, 40 + y);
      ASSERT_EQ(p[0], 255);
      ASSERT_EQ(p[1], x * 10);
      ASSERT_EQ(p[2], 0);
    }
  }
  EXPECT_LT(image.at(29, 45)[0], 100);
  EXPECT_LT(image.at(50, 45)[0], 100);
}

TEST_F(Offscreen, AnAnchoredOverlayStandsOnItsPoint) {
  auto chip = std::make_shared<Image>(9, 9);
  std::fill(chip->rgba.begin(), chip->rgba.end(), 255);
  Scene scene;
  scene.overlays.push_back({chip, {}, scene.camera.target, 1.0f});
  const Image image = render(scene, 300, 200);
  EXPECT_EQ(brightness(image, 150, 96), 255);
  EXPECT_LT(brightness(image, 150, 104), 120);
  // Behind the camera it is not drawn at all.
  scene.overlays.front().anchor = 2.0f * scene.camera.position() - scene.camera.target;
  EXPECT_EQ(countPixels(render(scene, 300, 200), [](const std::uint8_t* p) { return p[0] > 240 && p[1] > 240; }), 0);
}

TEST_F(Offscreen, EverySizeWorksAfterEveryOther) {
  const Scene scene = poseScene(tPose(), 1.5f);
  for (const auto& [width, height] : {std::pair{300, 200}, {1, 1}, {641, 480}, {17, 900}, {300, 200}}) {
    const Image image = render(scene, width, height);
    EXPECT_EQ(image.width, width);
    EXPECT_EQ(image.height, height);
  }
  EXPECT_EQ(render(scene, 300, 200).rgba, render(scene, 300, 200).rgba);
}

TEST_F(Offscreen, ImpossibleSizesAreRefused) {
  const Scene scene;
  for (const auto& [width, height] : {std::pair{0, 100}, {100, -1}, {100000, 100}}) {
    const auto image = renderer_->render(scene, width, height);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, ErrorCode::InvalidArgument);
  }
}

TEST_F(Offscreen, MoreFiguresThanShadowTilesAndNoneAtAll) {
  Scene scene;
  EXPECT_EQ(render(scene, 200, 120).width, 200);
  for (int i = 0; i < 14; ++i) {
    WorldPose pose = tPose();
    for (glm::vec3& p : pose.positions) p += glm::vec3(float(i % 5) - 2.0f, 0.0f, -float(i / 5));
    scene.figures.push_back({pose});
    scene.figures.back().alpha = i % 2 ? 0.5f : 1.0f;
  }
  EXPECT_GT(countPixels(render(scene, 400, 240), isFigure), 500);
}

TEST_F(Offscreen, ContactSheetShowsEveryInstant) {
  Motion motion;
  for (int f = 0; f < 60; ++f) {
    Pose pose = restPose(*kinescore22());
    pose.rootPosition.z = 0.03f * float(f);
    motion.appendPose(pose);
  }
  ContactSheetOptions options;
  options.frames = 4;
  options.cellWidth = 120;
  options.cellHeight = 160;
  const auto row = contactSheet(*renderer_, motion, options);
  ASSERT_TRUE(row) << row.error().message;
  EXPECT_EQ(row->height, 160);
  for (int cell = 0; cell < 4; ++cell) {
    int figure = 0;
    for (int y = 0; y < 160; ++y) {
      for (int x = 0; x < 120; ++x) figure += isFigure(row->at(cell * 122 + x, y)) ? 1 : 0;
    }
    EXPECT_GT(figure, 300) << "cell " << cell;
  }
  options.layout = ContactSheetOptions::Layout::Path;
  const auto path = contactSheet(*renderer_, motion, options);
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(path->width, 480);
  EXPECT_GT(countPixels(*path, isFigure), 300);
  const std::vector<Image> rows = {*row, *path};
  const Image sheet = stacked(rows);
  EXPECT_EQ(sheet.height, 160 + 2 + 160);
  EXPECT_FALSE(contactSheet(*renderer_, Motion{}, options));
}

// Declared last: everything above has been drawn on the same device by now.
TEST_F(Offscreen, TheValidationLayerHasNothingToSay) {
  if (!renderer_->isValidating()) GTEST_SKIP() << "the Khronos validation layer is not installed";
  render(poseScene(tPose(), 1.0f), 100, 100);
  EXPECT_EQ(renderer_->validationMessages(), 0);
}

TEST(OffscreenWithoutVulkan, IsAClearErrorAndNoCrash) {
  // In a child of its own: the loader reads the variable once per process.
  const auto inChild = [] {
    setenv("VK_ICD_FILENAMES", "/nonexistent/icd.json", 1);
    setenv("VK_DRIVER_FILES", "/nonexistent/icd.json", 1);
    const auto made = OffscreenRenderer::create();
    if (made) std::_Exit(1);
    std::fprintf(stderr, "code %d: %s", int(made.error().code), made.error().message.c_str());
    std::_Exit(made.error().code == ErrorCode::Unsupported ? 0 : 2);
  };
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(inChild(), testing::ExitedWithCode(0), "no graphics driver with Vulkan|Vulkan loader was not found");
}

TEST(Shaders, AreValidSpirv) {
  if (std::system("spirv-val --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "spirv-val is not installed";
  int checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(KINESCORE_SHADER_OUT)) {
    if (entry.path().extension() != ".spv") continue;
    const std::string command = "spirv-val --target-env vulkan1.3 '" + entry.path().string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << entry.path();
    ++checked;
  }
  EXPECT_GE(checked, 14);
}

}  // namespace
}  // namespace kinescore::render
