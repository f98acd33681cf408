#include "engine/library/caption_index.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/core/hash.h"
#include "engine/core/random.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

// Words in common make sentences alike; "left" and "right" count for nothing, as in the text model.
std::vector<float> vectorOfWords(std::string_view sentence) {
  std::vector<float> sum(64, 0.0f);
  for (std::size_t at = 0; at < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', at), sentence.size());
    const std::string_view word = sentence.substr(at, end - at);
    if (word != "left" && word != "right") {
      CounterRandom random(fnv1a(word));
      for (float& v : sum) v += float(random.normal());
    }
    at = end + 1;
  }
  const std::vector<float> only[] = {sum};
  return meanDirection(only);
}
Result<std::vector<float>> encode(std::string_view sentence) { return vectorOfWords(sentence); }

LibraryClip clipOf(const std::string& id, const std::string& words, std::int64_t frames, Split split = Split::Train) {
  LibraryClip clip;
  clip.id = id;
  clip.split = split;
  for (std::int64_t f = 0; f < frames; ++f) clip.motion.appendPose(restPose(*kinescore22()));
  Caption caption;
  caption.frames = {0, frames};
  caption.textA = words;
  clip.captions = {caption};
  return clip;
}

Library someLibrary() {
  Library library;
  library.clips = {clipOf("walk", "walk forward", 60), clipOf("wave", "wave the right hand", 60),
                   clipOf("long_walk", "walk forward", 600), clipOf("held_out", "walk forward", 60, Split::Test)};
  return library;
}

ReferenceQuery queryOf(const std::string& prompt, std::int64_t frames) {
  return {vectorOfWords(prompt), namedSides(prompt), frames};
}
bool any(const ReferenceEntry&) { return true; }

TEST(CaptionIndexTest, HoldsTheTrainClipsAndNoOthers) {
  const Library library = someLibrary();
  const auto index = indexCaptions(library, encode);
  ASSERT_TRUE(index);
  ASSERT_EQ(index->rows.size(), 3u);
  for (const auto& row : index->rows) EXPECT_EQ(library.clips[row.clip].split, Split::Train);
}

TEST(CaptionIndexTest, ComesBackFromAFile) {
  TemporaryFolder folder;
  const Library library = someLibrary();
  const auto index = indexCaptions(library, encode);
  ASSERT_TRUE(index);
  std::ofstream(folder.path() / "a.safetensors", std::ios::binary) << writeCaptionIndex(*index);
  const auto read = loadCaptionIndex(folder.path() / "a.safetensors");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->rows.size(), index->rows.size());
  EXPECT_EQ(read->contentHash, index->contentHash);
  EXPECT_EQ(read->width, 64);
  for (std::size_t i = 0; i < index->vectors.size(); ++i) EXPECT_NEAR(read->vectors[i], index->vectors[i], 1e-3);
  EXPECT_TRUE(searchThrough(*read, library));
}

TEST(CaptionIndexTest, RefusesWhatIsNotItsLibraryOrIsHeldOut) {
  const Library library = someLibrary();
  auto index = indexCaptions(library, encode);
  ASSERT_TRUE(index);
  Library other = library;
  other.clips[0].captions[0].textA = "run forward";
  const auto strange = searchThrough(*index, other);
  ASSERT_FALSE(strange);
  EXPECT_NE(strange.error().message.find("another motion library"), std::string::npos);

  index->rows[1].clip = 3;
  const auto heldOut = searchThrough(*index, library);
  ASSERT_FALSE(heldOut);
  EXPECT_NE(heldOut.error().message.find("held_out"), std::string::npos);
  index->rows[1].clip = 77;
  EXPECT_FALSE(searchThrough(*index, library));
  index->rows[1] = {-1, 0};
  EXPECT_FALSE(searchThrough(*index, library));
}

TEST(CaptionIndexTest, DamagedFilesAreOneSentence) {
  TemporaryFolder folder;
  const auto index = indexCaptions(someLibrary(), encode);
  const std::string bytes = writeCaptionIndex(*index);
  for (const std::string& bad : {std::string(), bytes.substr(0, bytes.size() / 2), bytes.substr(0, 11), bytes + "x"}) {
    std::ofstream(folder.path() / "bad.safetensors", std::ios::binary | std::ios::trunc) << bad;
    const auto read = loadCaptionIndex(folder.path() / "bad.safetensors");
    ASSERT_FALSE(read);
    EXPECT_FALSE(read.error().message.empty());
  }
}

TEST(ReferenceSearchTest, FindsWhatSaysTheSameAndLastsAsLong) {
  const Library library = someLibrary();
  const auto search = searchThrough(*indexCaptions(library, encode), library);
  ASSERT_TRUE(search);
  const auto shortOnes = search->find(queryOf("walk forward", 60), 2, any);
  ASSERT_EQ(shortOnes.size(), 2u);
  EXPECT_EQ(library.clips[search->entries()[shortOnes[0].entry].clip].id, "walk");
  EXPECT_EQ(library.clips[search->entries()[shortOnes[1].entry].clip].id, "long_walk");
  EXPECT_LT(shortOnes[1].score, shortOnes[0].score);
  const auto longOnes = search->find(queryOf("walk forward", 600), 1, any);
  EXPECT_EQ(library.clips[search->entries()[longOnes[0].entry].clip].id, "long_walk");
  const auto others = search->find(queryOf("walk forward", 60), 2, [](const ReferenceEntry& e) { return e.clip != 0; });
  EXPECT_EQ(library.clips[search->entries()[others[0].entry].clip].id, "long_walk");
}

TEST(ReferenceSearchTest, TheUsersOwnClipsGoFirstWhenTheySpeakOfTheSame) {
  ReferenceQuery query{.vector = {1, 0}, .frames = 60, .tower = {1, 0}, .mirroredTower = {1, 0}};
  const auto entry = [](int clip, float words, float tower, bool isOwn) {
    return ReferenceEntry{.clip = clip, .frames = 60, .vector = {words, std::sqrt(1 - words * words)},
                          .tower = {tower, std::sqrt(1 - tower * tower)}, .isOwn = isOwn};
  };
  const auto first = [&](std::vector<ReferenceEntry> entries) {
    return ReferenceSearch(std::move(entries)).find(query, 8, [](const ReferenceEntry&) { return true; });
  };
  // a shipped clip that words and tower praise, and one's own whose file name fits while the tower does not know it
  const auto found = first({entry(0, 0.6f, 0.8f, false), entry(1, 0.7f, 0, true)});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].entry, 1);
  EXPECT_NEAR(found[0].score, 0.7f + kOwnAdvantage, 1e-5);
  EXPECT_EQ(first({entry(0, 0.6f, 0.8f, false), entry(1, 0.7f, 0, false)})[0].entry, 0);  // nobody's own
  const auto other = first({entry(0, 0.6f, 0.8f, false), entry(1, 0.3f, 0, true)});       // speaks of something else
  EXPECT_EQ(other[0].entry, 0);
  EXPECT_LT(other[1].score, kLeastAlike);
}

TEST(ReferenceSearchTest, TheOtherSideIsShownMirrored) {
  const Library library = someLibrary();
  const auto search = searchThrough(*indexCaptions(library, encode), library);
  ASSERT_TRUE(search);
  const auto same = search->find(queryOf("wave the right hand", 60), 1, any);
  EXPECT_EQ(library.clips[search->entries()[same[0].entry].clip].id, "wave");
  EXPECT_FALSE(same[0].mirror);
  const auto other = search->find(queryOf("wave the left hand", 60), 1, any);
  EXPECT_EQ(library.clips[search->entries()[other[0].entry].clip].id, "wave");
  EXPECT_TRUE(other[0].mirror);
  const auto open = search->find(queryOf("wave the hand", 60), 1, any);
  EXPECT_FALSE(open[0].mirror);
  // both sides and one side contradict each other either way round
  for (const ReferenceMatch& match : search->find(queryOf("wave the left hand and the right hand", 60), 9, any)) {
    EXPECT_NE(library.clips[search->entries()[match.entry].clip].id, "wave");
  }
}

TEST(ReferenceSearchTest, SidesAreWholeWords) {
  EXPECT_EQ(namedSides("Turn LEFT, then right!"), (NamedSides{true, true}));
  EXPECT_EQ(namedSides("an upright pose, bright and leftover"), (NamedSides{false, false}));
  EXPECT_EQ(namedSides("kick with the right"), (NamedSides{false, true}));
}

}  // namespace
}  // namespace kinescore
