#include "engine/train/crop_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "engine/generation/features.h"
#include "tests/support/motions.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

Library swaying(int clips) {
  Library library;
  library.licenseNotice = "made up for tests";
  for (int i = 0; i < clips; ++i) {
    LibraryClip clip;
    clip.id = "clip" + std::to_string(i);
    clip.source = "made up";
    clip.subject = std::to_string(i);
    clip.split = i % 5 == 4 ? Split::Val : Split::Train;
    clip.motion = swayingMotion(60 + 20 * (i % 4), std::uint64_t(i));
    const bool isRare = i == 0;
    clip.captions = {{{0, clip.motion.frameCount()}, isRare ? "bow" : "walk", "turn left " + std::to_string(i), "", ""}};
    library.clips.push_back(std::move(clip));
  }
  return library;
}

struct Pieces {
  TemporaryFolder folder;
  ShardSet set;
  explicit Pieces(const Library& library, double minutes = 0.1) {
    const auto written = writeShards(library, folder / "pieces", minutes);
    if (written) set = *written;
  }
};

std::unique_ptr<CropLoader> opened(const ShardSet& set, CropLoaderOptions options) {
  auto loader = CropLoader::open(set, options);
  EXPECT_TRUE(loader.ok()) << (loader.ok() ? "" : loader.error().message);
  return loader ? std::move(*loader) : nullptr;
}

std::string describe(const CropBatch& batch) {
  std::string text = std::to_string(batch.number) + ":";
  for (const LoadedCrop& crop : batch.crops) {
    double sum = 0;
    for (const float v : crop.values) sum += double(v);
    text += " " + std::to_string(crop.shard) + "/" + std::to_string(crop.clip) + "@" + std::to_string(crop.start) + (crop.mirrored ? "m" : "") +
            std::to_string(sum) + (crop.texts.empty() ? "" : crop.texts[0].words);
  }
  return text;
}

std::vector<std::string> run(const ShardSet& set, CropLoaderOptions options, int batches) {
  auto loader = opened(set, options);
  std::vector<std::string> all;
  for (int b = 0; b < batches; ++b) {
    const auto batch = loader->next();
    EXPECT_TRUE(batch.ok());
    if (batch) all.push_back(describe(*batch));
  }
  return all;
}

TEST(Shards, AreListedAndReadBack) {
  const Pieces pieces(swaying(12));
  ASSERT_GT(pieces.set.shards.size(), 3u);
  const auto again = loadShards(pieces.folder / "pieces");
  ASSERT_TRUE(again.ok()) << again.error().message;
  ASSERT_EQ(again->shards.size(), pieces.set.shards.size());
  int clips = 0;
  for (std::size_t s = 0; s < again->shards.size(); ++s) {
    EXPECT_EQ(again->shards[s].actionFrames, pieces.set.shards[s].actionFrames);
    clips += again->shards[s].clips;
  }
  EXPECT_EQ(clips, 12);
  EXPECT_EQ(again->frames(), pieces.set.frames());
  // Nothing is written over, and a list that points elsewhere is refused.
  EXPECT_FALSE(writeShards(swaying(2), pieces.folder / "pieces", 1).ok());
  for (const char* text : {"", "{}", R"({"format":"kinescore-shards","shards":[]})",
                           R"({"format":"kinescore-shards","shards":[{"file":"../x.kslib","clips":1,"frames":1,"action_frames":{}}]})",
                           R"({"format":"kinescore-shards","shards":[{"file":"x","clips":1,"frames":1,"action_frames":{"later":{}}}]})"}) {
    putBytes(pieces.folder / "bad/shards.json", text);
    EXPECT_FALSE(loadShards(pieces.folder / "bad").ok()) << text;
  }
}

TEST(CropLoader, BatchesDependOnNothingButSeedAndNumber) {
  const Pieces pieces(swaying(12));
  CropLoaderOptions options{.batch = 4, .frames = 48, .threads = 1, .ahead = 1, .together = 2};
  const auto one = run(pieces.set, options, 30);
  options.threads = 4;
  options.ahead = 9;
  EXPECT_EQ(run(pieces.set, options, 30), one);
  options.firstBatch = 17;  // goes on where a run stopped
  EXPECT_EQ(run(pieces.set, options, 13), std::vector<std::string>(one.begin() + 17, one.end()));
  options.firstBatch = 0;
  options.seed = 2;
  EXPECT_NE(run(pieces.set, options, 1)[0], one[0]);
}

TEST(CropLoader, AnEpochVisitsEveryPieceAndOnlyTheSplit) {
  const Library library = swaying(20);
  const Pieces pieces(library);
  auto loader = opened(pieces.set, {.batch = 4, .frames = 48, .together = 2});
  std::set<int> visited;
  for (std::int64_t b = 0; b < 2 * loader->batchesAnEpoch(); ++b) {
    const auto batch = loader->next();
    ASSERT_TRUE(batch.ok());
    EXPECT_EQ(batch->number, b);
    EXPECT_EQ(batch->crops.size(), 4u);
    for (const LoadedCrop& crop : batch->crops) {
      visited.insert(crop.shard);
      EXPECT_EQ(crop.frames, 48);
      ASSERT_EQ(crop.texts.size(), 1u);
      const std::string words = crop.texts[0].words;
      EXPECT_THAT(words, HasSubstr(crop.mirrored ? "turn right" : "turn left"));
      EXPECT_NE((std::stoi(words.substr(words.rfind(' ') + 1))) % 5, 4) << "a clip of another split";
    }
  }
  for (int s = 0; s < int(pieces.set.shards.size()); ++s) {
    EXPECT_EQ(visited.contains(s), pieces.set.shards[std::size_t(s)].actionFrames.contains(Split::Train)) << s;
  }
}

TEST(CropLoader, RareActionsAreDrawnByTheRootOfTheirMinutes) {
  const Library library = swaying(20);
  std::map<std::string, double> frames;
  for (const LibraryClip& clip : library.clips) {
    if (clip.split == Split::Train) frames[clip.captions[0].action] += double(clip.motion.frameCount());
  }
  const double expected = std::sqrt(frames["bow"]) / (std::sqrt(frames["bow"]) + std::sqrt(frames["walk"]));
  TemporaryFolder folder;
  const auto set = writeShards(library, folder / "p", 1000);
  ASSERT_TRUE(set.ok());
  auto loader = opened(*set, {.batch = 50, .frames = 16});
  int bows = 0;
  for (int b = 0; b < 40; ++b) {
    const auto batch = loader->next();
    ASSERT_TRUE(batch.ok());
    for (const LoadedCrop& crop : batch->crops) bows += crop.clip == 0 ? 1 : 0;
  }
  EXPECT_NEAR(bows / 2000.0, expected, 0.035);
}

TEST(CropLoader, CropsAreTheClipsFeatures) {
  const Library library = swaying(3);
  TemporaryFolder folder;
  const auto set = writeShards(library, folder / "p", 1000);
  const auto stored = loadLibrary(set->shards[0].file);
  ASSERT_TRUE(stored.ok());
  auto loader = opened(*set, {.batch = 12, .frames = 32});
  const auto batch = loader->next();
  ASSERT_TRUE(batch.ok());
  int mirrors = 0;
  for (const LoadedCrop& crop : batch->crops) {
    const Motion& motion = stored->clips[std::size_t(crop.clip)].motion;
    const MotionFeatures all = featuresFromMotion(crop.mirrored ? mirrored(motion) : motion);
    std::vector<float> expected(all.values.begin() + crop.start * kFeatureCount, all.values.begin() + (crop.start + crop.frames) * kFeatureCount);
    moveToWindow(expected, spaceOfFrame(std::span<const float>(expected).first(kFeatureCount)));
    ASSERT_EQ(crop.values.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(crop.values[i], expected[i], 2e-4) << "channel " << i % kFeatureCount << (crop.mirrored ? " mirrored" : "");
    }
    mirrors += crop.mirrored;
  }
  EXPECT_GT(mirrors, 0);
  EXPECT_LT(mirrors, 12);
}

TEST(CropLoader, FailuresAreToldOnceAndForAll) {
  Library none = swaying(3);
  for (LibraryClip& clip : none.clips) clip.split = Split::Test;
  EXPECT_FALSE(CropLoader::open(Pieces(none).set, {}).ok());
  EXPECT_FALSE(CropLoader::open(Pieces(swaying(3)).set, {.batch = 0}).ok());
  const Pieces pieces(swaying(12));
  std::filesystem::remove(pieces.set.shards[1].file);
  auto loader = opened(pieces.set, {.batch = 4, .frames = 48, .together = 8});
  for (int i = 0; i < 3; ++i) {
    const auto batch = loader->next();
    ASSERT_FALSE(batch.ok());
    EXPECT_THAT(batch.error().message, HasSubstr("shard-001"));
  }
}

TEST(CropLoader, EndsInTheMiddleOfItsWork) {
  const Pieces pieces(swaying(12));
  for (int i = 0; i < 10; ++i) {
    auto loader = opened(pieces.set, {.batch = 4, .frames = 48, .threads = 3, .together = 1});
    EXPECT_TRUE(i % 2 == 0 || loader->next().ok());
  }
}

}  // namespace
}  // namespace kinescore
