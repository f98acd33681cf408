#include "engine/io/bvh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/core/random.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kData = std::filesystem::path(KINESCORE_TEST_DATA_DIR) / "bvh";

std::string readAll(const std::filesystem::path& path) {
  const Result<std::string> bytes = readFile(path);
  EXPECT_TRUE(bytes.ok()) << path;
  return bytes ? *bytes : std::string();
}

// The only file that has to be refused: its decimals are commas.
bool mustBeRefused(const std::string& name) { return name.find("comma_decimals") != std::string::npos; }

std::string patternOf(const BvhJoint& joint) {
  static const char* kNames[] = {"Xp", "Yp", "Zp", "Xr", "Yr", "Zr"};
  std::string pattern;
  for (BvhChannel channel : joint.channels) pattern += kNames[int(channel)];
  return pattern.empty() ? "none" : pattern;
}

void expectPositions(const std::vector<glm::dvec3>& found, const nlohmann::json& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t j = 0; j < found.size(); ++j) {
    for (int a = 0; a < 3; ++a) EXPECT_NEAR(found[j][a], expected[j][a].get<double>(), 2e-4) << "joint " << j;
  }
}

void expectAsListed(const std::string& name, const std::string& bytes, const nlohmann::json& expected) {
  SCOPED_TRACE(name);
  const Result<BvhFile> file = readBvh(bytes, name);
  if (mustBeRefused(name)) {
    ASSERT_FALSE(file.ok());
    EXPECT_THAT(file.error().message, HasSubstr("comma"));
    return;
  }
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(int(file->joints.size()), expected["joints"].get<int>());
  EXPECT_EQ(file->channelCount, expected["channels"].get<int>());
  EXPECT_EQ(file->frameCount(), expected["frames_expected"].get<int>());
  int endSites = 0;
  int roots = 0;
  std::map<std::string, int> patterns;
  for (std::size_t j = 0; j < file->joints.size(); ++j) {
    const BvhJoint& joint = file->joints[j];
    EXPECT_EQ(joint.name, expected["joint_names"][j].get<std::string>());
    endSites += joint.endSite.has_value();
    roots += joint.parent == kNoParent;
    ++patterns[patternOf(joint)];
  }
  EXPECT_EQ(endSites, expected["end_sites"].get<int>());
  EXPECT_EQ(roots, expected["roots"].get<int>());
  EXPECT_EQ(patterns, (expected["channel_patterns"].get<std::map<std::string, int>>()));
  const auto& time = expected["frame_time"];
  if (!time.is_null() && time != "0") {
    EXPECT_EQ(file->frameTime, std::strtod(time.get<std::string>().c_str(), nullptr));
  } else {
    EXPECT_EQ(file->frameTime, 0);
  }
  if (!expected["frames_declared"].is_null()) {
    EXPECT_EQ(file->declaredFrames, expected["frames_declared"].get<std::int64_t>());
    EXPECT_EQ(file->declaredFrames != file->frameCount() && file->warnings.empty(), false);
  }
  if (file->frameCount() == 0) return;
  expectPositions(bvhWorldPositions(*file, 0), expected["world_positions_first_frame"]);
  expectPositions(bvhWorldPositions(*file, file->frameCount() - 1), expected["world_positions_last_frame"]);
}

TEST(Bvh, ReadsTheSmallOddFilesAsListed) {
  const auto expected = nlohmann::json::parse(readAll(kData / "expected.json"));
  ASSERT_EQ(expected.size(), 24u);
  for (const auto& [name, entry] : expected.items()) expectAsListed(name, readAll(kData / name), entry);
}

TEST(Bvh, ReadsAllOddFilesAsListed) {
  const char* data = std::getenv("KINESCORE_DATA");
  const std::filesystem::path folder =
      (data ? std::filesystem::path(data) : std::filesystem::path(KINESCORE_SOURCE_DIR) / "../shared/data") /
      "bvh-oddities";
  if (!std::filesystem::exists(folder / "expected.json")) GTEST_SKIP() << "no bvh-oddities in KINESCORE_DATA";
  const auto expected = nlohmann::json::parse(readAll(folder / "expected.json"));
  ASSERT_EQ(expected.size(), 42u);
  for (const auto& [name, entry] : expected.items()) expectAsListed(name, readAll(folder / name), entry);
}

TEST(Bvh, OddMotionIsTheBaselinesMotion) {
  const Result<BvhFile> baseline = readBvh(readAll(kData / "baseline.bvh"), "baseline.bvh");
  ASSERT_TRUE(baseline.ok());
  const Result<Motion> wanted = motionFromBvh(*baseline, 0.01);
  ASSERT_TRUE(wanted.ok());
  for (const char* name : {"crlf.bvh", "cr_only.bvh", "utf8_bom.bvh", "lowercase_keywords.bvh", "values_wrapped.bvh",
                           "one_line_per_file_braces.bvh", "joint_names_with_spaces.bvh", "trailing_garbage.bvh"}) {
    const Result<BvhFile> file = readBvh(readAll(kData / name), name);
    ASSERT_TRUE(file.ok()) << name;
    const Result<Motion> motion = motionFromBvh(*file, 0.01);
    ASSERT_TRUE(motion.ok());
    EXPECT_EQ(motion->localRotations, wanted->localRotations) << name;
    EXPECT_EQ(motion->rootPositions, wanted->rootPositions) << name;
    EXPECT_EQ(motion->rate, wanted->rate) << name;
  }
}

TEST(Bvh, EveryTruncationIsReadOrRefusedInOneSentence) {
  for (const char* name : {"baseline.bvh", "two_roots.bvh", "crlf.bvh"}) {
    const std::string bytes = readAll(kData / name);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const Result<BvhFile> file = readBvh(std::string_view(bytes).substr(0, length), name);
      if (!file) {
        EXPECT_EQ(file.error().code, ErrorCode::BadInput);
        EXPECT_THAT(file.error().message, HasSubstr(name));
        continue;
      }
      EXPECT_LE(file->frameCount(), 5);
      for (double value : file->values) ASSERT_TRUE(std::isfinite(value));
    }
  }
}

TEST(Bvh, DamagedBytesNeverGiveWrongNumbers) {
  const std::string bytes = readAll(kData / "baseline.bvh");
  CounterRandom random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    for (int k = 0; k < 4; ++k) damaged[random.below(damaged.size())] = char(random.below(256));
    const Result<BvhFile> file = readBvh(damaged, "damaged.bvh");
    if (!file) continue;
    EXPECT_EQ(file->values.size() % std::max(1, file->channelCount), 0u);
    for (double value : file->values) ASSERT_TRUE(std::isfinite(value));
    const Result<Motion> motion = motionFromBvh(*file, 0.01);
    ASSERT_TRUE(motion.ok());
    for (const glm::quat& q : motion->localRotations) ASSERT_NEAR(glm::length(q), 1, 1e-4);
  }
}

std::string oneJoint(const std::string& motion) {
  return "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 3 Zrotation Yrotation Xrotation\nEnd Site\n{\nOFFSET 0 1 0\n}\n}\n" +
         motion;
}

TEST(Bvh, HugeCountsAreRefusedBeforeAnythingIsReserved) {
  for (const char* count : {"99999999999", "268435456", "1e15", "9007199254740993"}) {
    const Result<BvhFile> file = readBvh(oneJoint(std::string("MOTION\nFrames: ") + count + "\nFrame Time: 0.1\n1 2 3\n"), "x.bvh");
    ASSERT_FALSE(file.ok()) << count;
  }
  // Within the limit but untrue: read what is there.
  const Result<BvhFile> file = readBvh(oneJoint("MOTION\nFrames: 80000000\nFrame Time: 0.1\n1 2 3\n"), "x.bvh");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->frameCount(), 1);
  EXPECT_LT(file->values.capacity(), 1000u);
}

TEST(Bvh, DepthAndJointCountAreLimitedWithoutRecursion) {
  std::string deep = "HIERARCHY\nROOT r\n{\nOFFSET 0 0 0\n";
  for (int i = 0; i < 200'000; ++i) deep += "JOINT j\n{\nOFFSET 0 1 0\n";
  const Result<BvhFile> tooDeep = readBvh(deep, "deep.bvh");
  ASSERT_FALSE(tooDeep.ok());
  EXPECT_THAT(tooDeep.error().message, HasSubstr("512"));

  std::string wide = "HIERARCHY\nROOT r\n{\nOFFSET 0 0 0\n";
  for (int i = 0; i < 60'000; ++i) wide += "JOINT j\n{\nOFFSET 0 1 0\n}\n";
  const Result<BvhFile> tooWide = readBvh(wide + "}\n", "wide.bvh");
  ASSERT_FALSE(tooWide.ok());
  EXPECT_THAT(tooWide.error().message, HasSubstr("4096"));
}

TEST(Bvh, WrongHeadersAreRefused) {
  for (const std::string& text : {std::string(), std::string("Kaydara FBX Binary"), std::string("HIERARCHY"),
                                  std::string("HIERARCHY\nJOINT a\n{\nOFFSET 0 0 0\n}\n"),
                                  oneJoint("MOTION\nFrames: -3\nFrame Time: 0.1\n"), oneJoint("MOTION\nFrames: 1.5\nFrame Time: 0.1\n"),
                                  oneJoint("MOTION\nFrames: 1\nFrame Time: fast\n"), oneJoint("}\nMOTION\nFrames: 0\n"),
                                  oneJoint("MOTION\nFrames: 1\nFrame Time: 0.1\n1 2 three\n")}) {
    const Result<BvhFile> file = readBvh(text, "wrong.bvh");
    ASSERT_FALSE(file.ok()) << text;
    EXPECT_EQ(file.error().code, ErrorCode::BadInput);
    EXPECT_THAT(file.error().message, HasSubstr("wrong.bvh"));
  }
}

TEST(Bvh, FrameTimesGiveTheirExactRate) {
  EXPECT_EQ(frameRateFromFrameTime(0.0417083750417), (FrameRate{24000, 1001}));
  EXPECT_EQ(frameRateFromFrameTime(0.041667), (FrameRate{24, 1}));
  EXPECT_EQ(frameRateFromFrameTime(0.033367), (FrameRate{30000, 1001}));
  EXPECT_EQ(frameRateFromFrameTime(.03333), (FrameRate{30, 1}));
  EXPECT_EQ(frameRateFromFrameTime(0.008333), (FrameRate{120, 1}));
  EXPECT_NEAR(frameRateFromFrameTime(0.03).fps(), 33.3333, 1e-3);
  EXPECT_EQ(frameRateFromFrameTime(0), kEngineRate);
}

TEST(Bvh, StrictConversionRefusesStretchingBones) {
  const std::string text =
      "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 3 Xrotation Yrotation Zrotation\nJOINT b\n{\nOFFSET 0 1 0\n"
      "CHANNELS 3 Xposition Yposition Zposition\nEnd Site\n{\nOFFSET 0 1 0\n}\n}\n}\n"
      "MOTION\nFrames: 2\nFrame Time: 0.1\n0 0 0 0 1 0\n0 0 0 0 2 0\n";
  const Result<BvhFile> file = readBvh(text, "stretch.bvh");
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE(motionFromBvh(*file, 1, true).ok());
  EXPECT_TRUE(motionFromBvh(*file, 1, false).ok());
  EXPECT_FALSE(motionFromBvh(*file, 0, false).ok());
}

}  // namespace
}  // namespace kinescore
