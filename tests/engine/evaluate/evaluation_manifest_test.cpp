#include "engine/evaluate/evaluation_manifest.h"

#include <set>

#include "tests/engine/evaluate/held_out_library.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

TEST(EvaluationManifestTest, IsAFunctionOfTheLibraryAndSurvivesAFile) {
  const Library library = heldOutLibrary();
  const auto first = freezeManifest(library), second = freezeManifest(library);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(writeManifest(*first), writeManifest(*second));
  EXPECT_EQ(first->hash.size(), 64u);
  const auto read = readManifest(writeManifest(*first));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(writeManifest(*read), writeManifest(*first));
  for (const Split split : {Split::Val, Split::Test, Split::Unseen}) EXPECT_TRUE(checkManifest(*read, split, library));
  EXPECT_FALSE(checkManifest(*read, Split::Train, library));
}

TEST(EvaluationManifestTest, HoldsHeldOutClipsOnlyAndEachOnce) {
  Library library = heldOutLibrary();
  library.clips[21].motion = library.clips[20].motion;  // a repetition
  library.clips[23].quality = ClipQuality::Keyed;
  const auto manifest = freezeManifest(library);
  ASSERT_TRUE(manifest);
  std::set<std::string> all;
  for (const auto& [split, content] : manifest->splits) {
    EXPECT_NE(split, Split::Train);
    for (const auto& [id, hash] : content.clips) {
      EXPECT_EQ(library.findClip(id)->split, split);
      EXPECT_TRUE(all.insert(id).second);
    }
    for (const auto& s : content.stretches) EXPECT_TRUE(content.clips.contains(s.clip));
  }
  EXPECT_FALSE(all.contains("walk21"));
  EXPECT_FALSE(all.contains("walk23"));
  EXPECT_EQ(all.size(), 4u);
  const EvaluationSplit& val = manifest->splits.at(Split::Val);
  ASSERT_EQ(val.stretches.size(), 2u);
  EXPECT_EQ(val.stretches[1].action, "turn");
  EXPECT_EQ(val.stretches[1].frames, (FrameRange{60, 120}));
  ASSERT_EQ(val.inbetweens.size(), 1u);
  EXPECT_EQ(val.inbetweens[0].keys, (std::vector<std::int64_t>{0, 30, 60, 90}));
  EXPECT_EQ(val.inbetweens[0].frames.length(), 91);
  ASSERT_EQ(val.keys.size(), 1u);
  EXPECT_EQ(val.keys[0].poses.size(), 2u);
  EXPECT_GE(val.paths.size(), 10u);  // drawn ones are always there
}

TEST(EvaluationManifestTest, AChangeAfterwardsIsSeen) {
  const Library library = heldOutLibrary();
  const auto manifest = freezeManifest(library);
  ASSERT_TRUE(manifest);
  std::string text = writeManifest(*manifest);
  const auto at = text.find("\"seeds\": [\n  101");
  ASSERT_NE(at, std::string::npos);
  text.replace(text.find("101", at), 3, "777");
  const auto changed = readManifest(text);
  ASSERT_FALSE(changed);
  EXPECT_NE(changed.error().message.find("changed after it was frozen"), std::string::npos);
  for (const char* bad : {"", "[]", "{}", R"({"format": "kinescore-evaluation-1", "hash": 3})"}) {
    const auto refused = readManifest(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::BadInput) << bad;
  }
}

TEST(EvaluationManifestTest, AnotherLibraryIsRefused) {
  const Library library = heldOutLibrary();
  const auto manifest = freezeManifest(library);
  Library other = library;
  other.clips[20].motion.rootPositions[3].x += 0.01f;
  EXPECT_NE(checkManifest(*manifest, Split::Val, other).error().message.find("walk20"), std::string::npos);
  other = library;
  other.clips[20].split = Split::Train;
  EXPECT_FALSE(checkManifest(*manifest, Split::Val, other));
  other = library;
  other.clips.erase(other.clips.begin() + 20);
  EXPECT_FALSE(checkManifest(*manifest, Split::Val, other));
  auto wrong = *manifest;
  wrong.splits[Split::Val].inbetweens[0].keys.back() = 500;
  EXPECT_FALSE(checkManifest(wrong, Split::Val, library));
  wrong = *manifest;
  wrong.splits[Split::Val].stretches[0].frames.end = 5000;
  EXPECT_FALSE(checkManifest(wrong, Split::Val, library));
  Library onlyTrain;
  onlyTrain.clips = {library.clips[0]};
  EXPECT_FALSE(freezeManifest(onlyTrain));
}

// The manifest in the repository is what `kinescore evaluate freeze` makes of the library in the repository.
TEST(EvaluationManifestTest, TheFrozenOneFitsTheLibraryThatShips) {
  const std::filesystem::path resources = std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources";
  const auto library = loadLibrary(resources / "library/motion.kslib");
  ASSERT_TRUE(library) << library.error().message;
  const auto manifest = loadManifest(resources / "eval/manifest.json");
  ASSERT_TRUE(manifest) << manifest.error().message;
  for (const Split split : {Split::Val, Split::Test, Split::Unseen}) {
    const Status fits = checkManifest(*manifest, split, *library);
    EXPECT_TRUE(fits) << (fits ? "" : fits.error().message);
    EXPECT_GE(manifest->splits.at(split).stretches.size(), 60u);
  }
  EXPECT_EQ(manifest->seeds.size(), 8u);
  EXPECT_EQ(freezeManifest(*library)->hash, manifest->hash);
}

}  // namespace
}  // namespace kinescore
