// Repeats are made from clips of the shipped library and must be found; what is not the same must not.
#include "engine/library/duplicates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "engine/library/library.h"

namespace kinescore {
namespace {

const Library& shipped() {
  static const Library library = [] {
    const auto loaded = loadLibrary(std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/library/motion.kslib");
    return loaded ? *loaded : Library{};
  }();
  return library;
}

// A lively clip of at least `frames`, another one for each `number`, none twice.
const Motion& lively(int number, std::int64_t frames) {
  int found = 0;
  for (const LibraryClip& clip : shipped().clips) {
    if (clip.quality != ClipQuality::Clean || clip.motion.frameCount() < frames || (clip.category != "dance" && clip.category != "sport")) continue;
    if (found++ == number) return clip.motion;
  }
  ADD_FAILURE() << "the library has too few clips";
  return shipped().clips.front().motion;
}

Motion elsewhere(Motion motion) {
  const glm::quat turn = glm::angleAxis(1.1f, glm::vec3(0, 1, 0));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[f] = turn * motion.rootPositions[f] + glm::vec3(3, 0, -2);
    motion.rotation(f, 0) = turn * motion.rotation(f, 0);
  }
  return motion;
}

// `speed` seconds of the motion pass in one.
Motion playedAt(const Motion& motion, double speed) {
  Motion result;
  const auto frames = std::int64_t(double(motion.frameCount() - 1) / speed);
  for (std::int64_t f = 0; f < frames; ++f) result.appendPose(evaluate(motion, ticksFromSeconds(double(f) / 30 * speed)));
  result.contacts.assign(std::size_t(frames) * 4, 0);
  return result;
}

std::vector<Duplicate> among(const std::vector<Motion>& motions) {
  std::vector<const Motion*> pointers;
  for (const Motion& motion : motions) pointers.push_back(&motion);
  return findDuplicates(pointers);
}

TEST(Duplicates, ACopyIsFoundWhereverItStands) {
  const Motion original = lively(0, 150).slice({0, 150});
  const auto found = among({original, lively(1, 150).slice({0, 150}), elsewhere(original)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kept, 0);
  EXPECT_EQ(found[0].other, 2);
  EXPECT_EQ(found[0].likeness, Likeness::Same);
  EXPECT_FALSE(found[0].mirrored);
  EXPECT_NEAR(found[0].speed, 1, 0.005);
  EXPECT_LT(found[0].meters, 0.002);
}

TEST(Duplicates, AMirrorImageIsFoundAsOne) {
  const Motion original = lively(2, 150).slice({0, 150});
  const auto found = among({original, elsewhere(mirrored(original))});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].mirrored);
  EXPECT_EQ(found[0].likeness, Likeness::Same);
}

TEST(Duplicates, ARetimedCopyIsFoundWithItsSpeed) {
  for (const double speed : {0.5, 0.8, 1.3, 2.0, 4.0}) {
    const Motion original = lively(3, 240).slice({0, 240});
    const auto found = among({original, elsewhere(playedAt(original, speed))});
    ASSERT_EQ(found.size(), 1u) << speed;
    EXPECT_EQ(found[0].likeness, Likeness::Retimed);
    const double told = found[0].kept == 0 ? found[0].speed : 1 / found[0].speed;
    EXPECT_NEAR(told, speed, 0.02 * speed);
  }
}

TEST(Duplicates, ACutIsFoundInItsPlace) {
  const Motion original = lively(4, 300).slice({0, 300});
  const auto found = among({original, elsewhere(mirrored(original.slice({100, 190})))});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].likeness, Likeness::Cut);
  EXPECT_TRUE(found[0].mirrored);
  EXPECT_NEAR(double(found[0].keptFrames.start), 100, 4);
  EXPECT_NEAR(double(found[0].keptFrames.end), 190, 4);
}

TEST(Duplicates, SharedPartsAreToldButAreNoCopies) {
  const Motion a = lively(5, 300).slice({0, 200}), b = lively(5, 300).slice({120, 300});
  const auto found = among({a, b});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].likeness, Likeness::Overlap);
  EXPECT_FALSE(found[0].isWhole());
  EXPECT_NEAR(double(found[0].keptFrames.start), 120, 5);
}

TEST(Duplicates, ASlightlyAlteredCopyIsStillOne) {
  Motion rough = lively(6, 150).slice({0, 150});
  const Motion original = rough;
  for (std::int64_t f = 0; f < rough.frameCount(); ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      rough.rotation(f, j) = rough.rotation(f, j) * glm::angleAxis(0.007f, glm::vec3(j % 3 == 0, j % 3 == 1, j % 3 == 2));
    }
  }
  ASSERT_EQ(among({original, rough}).size(), 1u);
}

TEST(Duplicates, OtherTakesOfTheSameActionAreNone) {
  // Walks of different people, and different walks of one, are alike but not the same.
  std::vector<Motion> walks;
  for (const LibraryClip& clip : shipped().clips) {
    if (clip.category != "walk" || clip.quality != ClipQuality::Clean) continue;
    walks.push_back(clip.motion);
    if (walks.size() == 24) break;
  }
  ASSERT_EQ(walks.size(), 24u);
  EXPECT_TRUE(among(walks).empty());
}

TEST(Duplicates, StillnessIsNoEvidence) {
  Motion still;
  for (int f = 0; f < 90; ++f) still.appendPose(restPose(*kinescore22()));
  EXPECT_TRUE(among({still, still}).empty());
  EXPECT_TRUE(among({}).empty());
}

}  // namespace
}  // namespace kinescore
