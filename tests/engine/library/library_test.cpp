#include "engine/library/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/random.h"
#include "engine/library/dataset_builder.h"
#include "engine/library/manifest.h"
#include "engine/library/motion_codec.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

LibraryClip wildClip(const std::string& id, int frames, std::uint64_t seed) {
  CounterRandom random(seed);
  LibraryClip clip;
  clip.id = id;
  clip.source = "CMU";
  clip.subject = "07";
  clip.description = "walk, \"slow\"";
  clip.category = "walk";
  clip.split = Split(seed % 4);
  clip.quality = ClipQuality(seed % 5);
  clip.flatFloor = seed % 2 == 0;
  for (int f = 0; f < frames; ++f) {
    Pose pose;
    pose.rootPosition = {float(random.normal()) * 40, float(random.normal()), float(random.normal()) * 0.01f};
    for (int j = 0; j < kJointCount22; ++j) {
      pose.localRotations.push_back(glm::normalize(
          glm::quat(float(random.normal()), float(random.normal()), float(random.normal()), float(random.normal()))));
    }
    clip.motion.appendPose(pose);
    for (int k = 0; k < 4; ++k) clip.motion.contacts.push_back(std::uint8_t(random.below(2)));
  }
  clip.captions.push_back({{0, frames}, "walk", "walk slowly", "a person walks", "slow steps"});
  clip.captions.push_back({{1, 2}, "turn", "turn left", "", ""});
  return clip;
}

Library sample() {
  Library library;
  library.licenseNotice = "notice";
  for (int i = 0; i < 5; ++i) library.clips.push_back(wildClip("clip_" + std::to_string(i), 3 + 40 * i, i));
  return library;
}

TEST(LibraryFile, KeepsEverythingAndMotionWithinItsBounds) {
  const Library library = sample();
  const Result<std::string> bytes = writeLibrary(library);
  ASSERT_TRUE(bytes.ok());
  const Result<Library> read = readLibrary(*bytes);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->licenseNotice, "notice");
  ASSERT_EQ(read->clips.size(), library.clips.size());
  double worstAngle = 0;
  double worstRoot = 0;
  for (std::size_t i = 0; i < library.clips.size(); ++i) {
    const LibraryClip& a = library.clips[i];
    const LibraryClip& b = read->clips[i];
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.description, b.description);
    EXPECT_EQ(a.subject, b.subject);
    EXPECT_EQ(a.category, b.category);
    EXPECT_EQ(a.source, b.source);
    EXPECT_EQ(a.split, b.split);
    EXPECT_EQ(a.quality, b.quality);
    EXPECT_EQ(a.flatFloor, b.flatFloor);
    EXPECT_EQ(a.captions, b.captions);
    EXPECT_EQ(a.motion.contacts, b.motion.contacts);
    ASSERT_EQ(a.motion.frameCount(), b.motion.frameCount());
    for (std::int64_t f = 0; f < a.motion.frameCount(); ++f) {
      worstRoot = std::max(worstRoot, double(glm::length(a.motion.rootPositions[f] - b.motion.rootPositions[f])));
      for (int j = 0; j < kJointCount22; ++j) {
        const glm::dquat difference = glm::conjugate(glm::dquat(a.motion.rotation(f, j))) * glm::dquat(b.motion.rotation(f, j));
        const double sine = glm::length(glm::dvec3(difference.x, difference.y, difference.z));
        worstAngle = std::max(worstAngle, 2 * std::atan2(sine, std::abs(difference.w)) * 180 / M_PI);
      }
    }
  }
  EXPECT_LT(worstAngle, 0.01);
  EXPECT_LT(worstRoot, 0.0002);
  EXPECT_NE(read->findClip("clip_3"), nullptr);
  EXPECT_EQ(read->findClip("clip_9"), nullptr);
}

TEST(LibraryFile, WritingTwiceGivesTheSameBytes) {
  EXPECT_EQ(*writeLibrary(sample()), *writeLibrary(sample()));
  const Result<Library> read = readLibrary(*writeLibrary(sample()));
  const Result<Library> again = readLibrary(*writeLibrary(*read));
  for (std::size_t i = 0; i < read->clips.size(); ++i) {
    EXPECT_EQ(read->clips[i].motion.rootPositions, again->clips[i].motion.rootPositions);
  }
}

TEST(LibraryFile, DamageIsOneSentence) {
  const std::string bytes = *writeLibrary(sample());
  for (std::size_t length = 0; length < bytes.size(); length += 1 + length / 50) {
    const Result<Library> read = readLibrary(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, ErrorCode::BadInput);
  }
  CounterRandom random(2);
  for (int round = 0; round < 200; ++round) {
    std::string damaged = bytes;
    damaged[random.below(damaged.size())] ^= char(1 + random.below(255));
    EXPECT_FALSE(readLibrary(damaged).ok());
  }
  std::string newer = bytes;
  newer[6] = '9';
  const Result<Library> read = readLibrary(newer);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("another version"));
}

TEST(LibraryFile, RefusesMotionThatIsNotTheEngines) {
  Library library = sample();
  library.clips[1].motion.rate = {60, 1};
  EXPECT_FALSE(writeLibrary(library).ok());
  library = sample();
  library.clips[1].motion.rootPositions[0].x = NAN;
  EXPECT_FALSE(writeLibrary(library).ok());
}

TEST(MotionCodec, WrongLengthsAndKindsAreRefused) {
  const LibraryClip clip = wildClip("a", 10, 1);
  const Motion* motions[] = {&clip.motion};
  std::string bytes = encodeMotions(motions);
  const std::int64_t frames[] = {10};
  ASSERT_TRUE(decodeMotions(bytes, frames).ok());
  EXPECT_FALSE(decodeMotions(bytes.substr(1), frames).ok());
  const std::int64_t other[] = {11};
  EXPECT_FALSE(decodeMotions(bytes, other).ok());
  bytes[0] = 77;
  EXPECT_FALSE(decodeMotions(bytes, frames).ok());
}

TEST(ShippedLibrary, IsWholeAndSmallAndSplitBySubject) {
  const std::filesystem::path path = std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/library/motion.kslib";
  ASSERT_LE(std::filesystem::file_size(path), 11u << 20);
  const Result<Library> library = loadLibrary(path);
  ASSERT_TRUE(library.ok()) << library.error().message;
  EXPECT_THAT(library->licenseNotice, HasSubstr("mocap.cs.cmu.edu"));
  EXPECT_GT(library->clips.size(), 500u);
  double trainMinutes = 0;
  for (const LibraryClip& clip : library->clips) {
    EXPECT_NE(clip.quality, ClipQuality::Keyed);
    EXPECT_FALSE(clip.captions.empty()) << clip.id;
    if (clip.split == Split::Train) trainMinutes += double(clip.motion.frameCount()) / 1800;
    const bool wholeSubject = clip.source == "CMU" && (clip.subject == "02" || clip.subject == "08" || clip.subject == "10" ||
                                                       clip.subject == "26" || clip.subject == "32" || clip.subject == "55");
    EXPECT_EQ(wholeSubject, clip.split == Split::Unseen) << clip.id;
    for (const glm::vec3& root : clip.motion.rootPositions) ASSERT_LT(std::abs(root.y), 5) << clip.id;
  }
  EXPECT_NEAR(trainMinutes, 70.7, 0.3);
}

TEST(Csv, UnderstandsQuotesAndLineEnds) {
  const auto rows = parseCsv("a,b\r\n\"x, y\",\"say \"\"hi\"\"\nthere\"\n\n1,\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1], (std::vector<std::string>{"x, y", "say \"hi\"\nthere"}));
  EXPECT_EQ(rows[2], (std::vector<std::string>{"1", ""}));
}

}  // namespace
}  // namespace kinescore
