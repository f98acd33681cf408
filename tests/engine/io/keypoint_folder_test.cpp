#include "engine/io/keypoint_folder.h"

#include <fstream>

#include <gtest/gtest.h>

namespace kinescore {
namespace {

namespace fs = std::filesystem;

// Three frames of a real detector: one person, and another in the background.
const fs::path kReal = fs::path(KINESCORE_TEST_DATA_DIR) / "keypoints";
constexpr PixelCamera kCamera{1088, 1920, 1681};

class KeypointFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("keypoints-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  /// A person of 17 points around a place.
  static std::string person(double x, double y, double size, double confidence = 1) {
    std::string text = "{\"pose_keypoints_2d\":[";
    for (int k = 0; k < 17; ++k) {
      text += (k ? "," : "") + std::to_string(x + size * (k % 2)) + "," + std::to_string(y + size * k / 17.0) + "," + std::to_string(confidence);
    }
    return text + "]}";
  }
  static std::string frame(const std::string& people) { return "{\"people\":[" + people + "]}"; }
  fs::path folder_;
};

TEST_F(KeypointFolderTest, ReadsARealDetectorsFrames) {
  const auto sights = readKeypointFolder(kReal, KeypointOrder::Body25B, kCamera);
  ASSERT_TRUE(sights) << sights.error().message;
  ASSERT_EQ(sights->size(), 3u);
  const BodySight& first = sights->front();
  EXPECT_NEAR(first.points[0].x, (505.232 - 544) / 1681, 1e-5);
  EXPECT_NEAR(first.points[0].y, (431.63 - 960) / 1681, 1e-5);
  EXPECT_NEAR(first.confidence[0], 0.664216, 1e-5);
  EXPECT_LT(first.points[0].y, first.points[11].y);   // the nose is above the hips
  EXPECT_LT(first.points[11].y, first.points[15].y);  // and they above the ankles
}

TEST_F(KeypointFolderTest, StaysWithThePersonItBeganWith) {
  write("0.json", frame(person(1000, 500, 50) + "," + person(300, 400, 200)));
  write("1.json", frame(person(900, 450, 250) + "," + person(310, 400, 190)));
  write("2.json", frame(""));
  write("3.json", frame(person(900, 450, 250) + "," + person(320, 400, 190)));
  const auto sights = readKeypointFolder(folder_, KeypointOrder::Coco17, {1920, 1080, 1000});
  ASSERT_TRUE(sights) << sights.error().message;
  EXPECT_NEAR((*sights)[0].points[0].x, (300 - 960) / 1000.0, 1e-5);
  EXPECT_NEAR((*sights)[1].points[0].x, (310 - 960) / 1000.0, 1e-5);
  EXPECT_EQ((*sights)[2].confidence[0], 0);
  EXPECT_NEAR((*sights)[3].points[0].x, (320 - 960) / 1000.0, 1e-5);
}

TEST_F(KeypointFolderTest, APersonWithoutAnythingIsNobody) {
  write("0.json", frame(person(300, 400, 200)));
  write("1.json", frame("{}"));
  const auto sights = readKeypointFolder(folder_, KeypointOrder::Coco17, {1920, 1080, 1000});
  ASSERT_TRUE(sights) << sights.error().message;
  ASSERT_EQ(sights->size(), 2u);
  EXPECT_EQ((*sights)[1], BodySight{});
}

TEST_F(KeypointFolderTest, WhatIsNotSeenStaysUnseen) {
  write("0.json", frame(person(300, 400, 200, 0)));
  write("1.json", frame(person(5000, 400, 200)));
  const auto sights = readKeypointFolder(folder_, KeypointOrder::Coco17, {1920, 1080, 1000});
  ASSERT_TRUE(sights);
  for (const BodySight& sight : *sights) EXPECT_EQ(sight, BodySight{});
}

TEST_F(KeypointFolderTest, BadInputGetsASentence) {
  const auto message = [&](KeypointOrder order = KeypointOrder::Coco17) {
    const auto read = readKeypointFolder(folder_, order, kCamera);
    return read ? std::string() : read.error().message;
  };
  EXPECT_NE(message().find("holds no JSON files"), std::string::npos);
  write("0.json", frame(person(300, 400, 200)));
  EXPECT_NE(message(KeypointOrder::Body25).find("25 points"), std::string::npos);
  write("1.json", "{\"people\":[{\"face_keypoints_2d\":[]}]}");
  EXPECT_NE(message().find("“1.json”"), std::string::npos);
  write("1.json", "[]");
  EXPECT_NE(message().find("people"), std::string::npos);
  write("1.json", "{\"people\":");
  EXPECT_NE(message().find("1.json"), std::string::npos);
  EXPECT_NE(readKeypointFolder(folder_ / "none", KeypointOrder::Coco17, kCamera).error().message.find("cannot be opened"), std::string::npos);
}

}  // namespace
}  // namespace kinescore
