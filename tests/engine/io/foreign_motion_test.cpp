// The readers of AMASS-style and HumanML3D-style files, on files written here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/io/amass.h"
#include "engine/io/humanml3d.h"
#include "engine/io/numpy_arrays.h"
#include "tests/support/motions.h"
#include "tests/support/numpy_files.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

TEST(NumpyArrays, ReadsTheTypesAndOrdersInUse) {
  EXPECT_EQ(readNumpyArray(npyBytes<double>("2, 2", {1, 2, 3, 4.5}), "a")->values, (std::vector<float>{1, 2, 3, 4.5f}));
  EXPECT_EQ(readNumpyArray(npyBytes<std::int64_t>("1,", {-7}, "<i8"), "a")->values, (std::vector<float>{-7}));
  EXPECT_EQ(readNumpyArray(npyBytes<std::uint8_t>("2,", {3, 255}, "|u1"), "a")->values, (std::vector<float>{3, 255}));
  EXPECT_EQ(readNumpyArray(npyBytes<double>("", {60}), "a")->shape.size(), 0u);
  // 1.5, -2, the smallest and the largest half
  const auto halves = readNumpyArray(npyBytes<std::uint16_t>("4,", {0x3e00, 0xc000, 0x0001, 0x7bff}, "<f2"), "a");
  EXPECT_EQ(halves->values, (std::vector<float>{1.5f, -2, 5.9604645e-8f, 65504}));
  // [[1, 2, 3], [4, 5, 6]] column by column
  EXPECT_EQ(readNumpyArray(npyBytes<float>("2, 3", {1, 4, 2, 5, 3, 6}, "<f4", true), "a")->values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(NumpyArrays, RefusesTheRestInOneSentence) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "no NumPy array"},
      {npyBytes<float>("3,", {1, 2}), "another length"},
      {npyBytes<float>("999999999, 999999999", {1}), "no NumPy array"},
      {npyBytes<float>("1,", {NAN}), "not finite"},
      {npyBytes<double>("1,", {1e300}), "not finite"},
      {npyBytes<double>("1,", {1}, ">f8"), "little-endian"},
      {npyBytes<double>("1,", {1}, "|O"), "little-endian"},
      {npyBytes<float>("-1,", {1}), "no NumPy array"},
  };
  for (const auto& [bytes, words] : cases) {
    const auto array = readNumpyArray(bytes, "x.npy");
    ASSERT_FALSE(array.ok()) << words;
    EXPECT_THAT(array.error().message, HasSubstr(words));
  }
  const std::string good = npyBytes<float>("2, 3", {1, 2, 3, 4, 5, 6});
  for (std::size_t length = 0; length < good.size(); ++length) EXPECT_FALSE(readNumpyArray(good.substr(0, length), "x").ok());
  CounterRandom random(4);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = good;
    for (int k = 0; k < 2; ++k) damaged[random.below(damaged.size())] = char(random.below(256));
    const auto array = readNumpyArray(damaged, "x.npy");
    EXPECT_LE(array ? array->values.size() : 0u, 32u);
  }
}

// A motion as such files hold it: axis-angle, Z up.
struct AmassArrays {
  std::vector<double> poses, trans;
};
AmassArrays amassFrom(const Motion& motion, int columns) {
  const glm::quat lying = glm::angleAxis(float(M_PI) / 2, glm::vec3(1, 0, 0));
  AmassArrays arrays;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    std::vector<double> row(std::size_t(columns), 0.0);
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::quat q = j == 0 ? lying * motion.rotation(f, j) : motion.rotation(f, j);
      const glm::vec3 v = glm::angle(q) * glm::axis(q);
      for (int i = 0; i < 3; ++i) row[std::size_t(3 * j + i)] = v[i];
    }
    arrays.poses.insert(arrays.poses.end(), row.begin(), row.end());
    const glm::vec3 p = lying * motion.rootPositions[f];
    arrays.trans.insert(arrays.trans.end(), {p.x, p.y, p.z});
  }
  return arrays;
}

TEST(Amass, ReadsAnglesInOrderAndTurnsZUpToYUp) {
  const Motion motion = swayingMotion(30, 5, {120, 1});
  for (const int columns : {66, 72, 156, 165}) {
    const AmassArrays a = amassFrom(motion, columns);
    const std::string bytes = npzBytes({{"poses.npy", npyBytes("30, " + std::to_string(columns), a.poses)},
                                        {"trans.npy", npyBytes("30, 3", a.trans)},
                                        {"gender.npy", npyBytes<std::uint32_t>("", {'m'}, "<U1")},
                                        {"mocap_framerate.npy", npyBytes<double>("", {120})}});
    EXPECT_TRUE(looksLikeAmass(bytes));
    const Result<Motion> read = readAmass(bytes, "a.npz");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->rate, (FrameRate{120, 1}));
    ASSERT_EQ(read->frameCount(), 30);
    for (std::int64_t f = 0; f < 30; ++f) {
      EXPECT_LT(glm::length(read->rootPositions[f] - motion.rootPositions[f]), 1e-5f);
      for (int j = 0; j < kJointCount22; ++j) EXPECT_LT(angleBetween(read->rotation(f, j), motion.rotation(f, j)), 1e-3f) << f << " " << j;
    }
  }
}

TEST(Amass, RefusesWhatIsHostileOrOfAnotherKind) {
  const AmassArrays a = amassFrom(swayingMotion(4), 66);
  const std::string poses = npyBytes("4, 66", a.poses), trans = npyBytes("4, 3", a.trans), rate = npyBytes<double>("", {60});
  std::vector<double> bad = a.poses;
  bad[70] = NAN;
  std::vector<double> wild = a.poses;
  wild[70] = 1e6;
  std::vector<double> away = a.trans;
  away[3] = 1e9;
  const std::pair<std::string, const char*> cases[] = {
      {"", "damaged"},
      {npzBytes({{"trans.npy", trans}, {"mocap_framerate.npy", rate}}), "neither"},
      {npzBytes({{"poses.npy", poses}, {"mocap_framerate.npy", rate}}), "trans"},
      {npzBytes({{"poses.npy", poses}, {"trans.npy", trans}}), "mocap_framerate"},
      {npzBytes({{"poses.npy", poses}, {"trans.npy", trans}, {"mocap_framerate.npy", npyBytes<double>("", {-3})}}), "mocap_framerate"},
      {npzBytes({{"poses.npy", npyBytes("2, 132", a.poses)}, {"trans.npy", trans}, {"mocap_framerate.npy", rate}}), "as many frames"},
      {npzBytes({{"poses.npy", npyBytes("4, 66", bad)}, {"trans.npy", trans}, {"mocap_framerate.npy", rate}}), "finite"},
      {npzBytes({{"poses.npy", npyBytes("4, 66", wild)}, {"trans.npy", trans}, {"mocap_framerate.npy", rate}}), "angles"},
      {npzBytes({{"poses.npy", poses}, {"trans.npy", npyBytes("4, 3", away)}, {"mocap_framerate.npy", rate}}), "world"},
      {npzBytes({{"poses.npy", npyBytes<double>("0, 66", {})}, {"trans.npy", npyBytes<double>("0, 3", {})}, {"mocap_framerate.npy", rate}}), "no frames"},
  };
  for (const auto& [bytes, words] : cases) {
    const Result<Motion> motion = readAmass(bytes, "a.npz");
    ASSERT_FALSE(motion.ok()) << words;
    EXPECT_THAT(motion.error().message, HasSubstr(words));
  }
}

TEST(HumanMl3d, ReadsCaptionsWithTimesAndVerbs) {
  const auto lines = readCaptionLines("a man kicks something.#a/DET man/NOUN kick/VERB something/PRON#0.0#0.0\r\n"
                                      "he walks#he/PRON walk/VERB#1.5#4.0\n\nplain text\nnot a number#x/NOUN#nan#nan\n", "000021.txt");
  ASSERT_TRUE(lines.ok()) << lines.error().message;
  ASSERT_EQ(lines->size(), 4u);
  EXPECT_EQ((*lines)[0].text, "a man kicks something.");
  EXPECT_EQ((*lines)[0].verb, "kick");
  EXPECT_TRUE((*lines)[0].isOfWholeClip());
  EXPECT_DOUBLE_EQ((*lines)[1].startSeconds, 1.5);
  EXPECT_DOUBLE_EQ((*lines)[1].endSeconds, 4.0);
  EXPECT_EQ((*lines)[2].verb, "");
  EXPECT_TRUE((*lines)[3].isOfWholeClip());
  const std::pair<std::string, const char*> cases[] = {
      {"", "no caption"}, {"#walk/VERB#0#0\n", "line 1"}, {"walk#a#3#2\n", "times"}, {std::string(3000, 'a'), "line 1"}, {std::string("a\0b", 3), "line 1"}};
  for (const auto& [text, words] : cases) {
    const auto bad = readCaptionLines(text, "x.txt");
    ASSERT_FALSE(bad.ok()) << words;
    EXPECT_THAT(bad.error().message, HasSubstr(words));
  }
}

TEST(HumanMl3d, DecodesFeaturesOfAFigureThatTurnsAndWalks) {
  // It faces 0.1 rad more each frame and goes 5 cm ahead in its own space; one hand is held out to its left.
  const int frames = 20;
  std::vector<float> rows;
  for (int f = 0; f < frames; ++f) {
    std::vector<float> row(263, 0.0f);
    row[0] = 0.05f;  // half of the angle
    row[2] = 0.05f;
    row[3] = 0.9f;
    row[4 + 3 * 19 + 0] = 0.7f;  // joint 20
    row[4 + 3 * 19 + 1] = 1.4f;
    rows.insert(rows.end(), row.begin(), row.end());
  }
  const auto positions = readJointPositions(npyBytes("20, 263", rows), "a.npy");
  ASSERT_TRUE(positions.ok()) << positions.error().message;
  ASSERT_EQ(positions->size(), std::size_t(frames));
  double x = 0, z = 0;
  for (int f = 0; f < frames; ++f) {
    const double turn = -0.1 * f;  // the features' own turn goes the other way round
    if (f > 0) {
      x += 0.05 * std::sin(turn);
      z += 0.05 * std::cos(turn);
    }
    EXPECT_NEAR((*positions)[f][0].x, x, 1e-5) << f;
    EXPECT_NEAR((*positions)[f][0].z, z, 1e-5) << f;
    EXPECT_NEAR((*positions)[f][0].y, 0.9, 1e-6);
    EXPECT_NEAR((*positions)[f][20].x, x + 0.7 * std::cos(turn), 1e-5) << f;
    EXPECT_NEAR((*positions)[f][20].z, z - 0.7 * std::sin(turn), 1e-5) << f;
  }
}

TEST(HumanMl3d, RefusesOtherArrays) {
  const std::pair<std::string, const char*> cases[] = {
      {npyBytes<float>("1, 22", std::vector<float>(22)), "22 joint"},
      {npyBytes<float>("1, 24, 3", std::vector<float>(72)), "22 joint"},
      {npyBytes<float>("0, 22, 3", {}), "no frames"},
      {npyBytes<float>("1, 22, 3", std::vector<float>(66, 1e6f)), "world"},
      {"junk", "NumPy"}};
  for (const auto& [bytes, words] : cases) {
    const auto positions = readJointPositions(bytes, "a.npy");
    ASSERT_FALSE(positions.ok()) << words;
    EXPECT_THAT(positions.error().message, HasSubstr(words));
  }
}

}  // namespace
}  // namespace kinescore
