#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "tests/support/random_edits.h"

namespace kinescore {
namespace {

constexpr int kManyEdits = 100'000, kEditsOfTheDay = 10'000;
constexpr int kHashEvery = 1'000;

struct History {
  std::uint64_t seed;
  int edits;
};

/// What a timeline promises to its readers.
void expectSound(const Timeline& timeline) {
  for (const auto& track : timeline.tracks()) {
    const auto& clips = timeline.clipsOf(track->id);
    for (std::size_t i = 0; i < clips.size(); ++i) {
      EXPECT_EQ(clips[i]->trackId, track->id);
      EXPECT_EQ(timeline.findClip(clips[i]->id), clips[i]);
      if (i == 0) continue;
      const Clip& a = *clips[i - 1];
      const Clip& b = *clips[i];
      EXPECT_TRUE(a.span.start < b.span.start || (a.span.start == b.span.start && a.id < b.id));
    }
  }
}

class RandomEditsTest : public testing::TestWithParam<History> {};

TEST_P(RandomEditsTest, UndoingAllAndRedoingAllGivesTheSameHashes) {
  const int edits = GetParam().edits;
  std::cout << "seed " << GetParam().seed << "\n";
  RandomAuthor author(GetParam().seed);
  const std::string emptyHash = author.timeline().contentHash();
  std::vector<TimelinePatch> history;
  std::vector<std::string> hashes;  // after every kHashEvery edits
  for (int i = 0; i < edits; ++i) {
    history.push_back(author.editOnce());
    if (history.size() % kHashEvery == 0) {
      hashes.push_back(author.timeline().contentHash());
      expectSound(author.timeline());
    }
  }
  const Timeline end = author.timeline();
  std::size_t clips = 0;
  for (const auto& track : end.tracks()) clips += end.clipsOf(track->id).size();
  std::cout << end.tracks().size() << " tracks, " << clips << " clips, " << end.markers().size() << " markers\n";

  Timeline timeline = end;
  for (int i = edits; i > 0; --i) {
    if (i % kHashEvery == 0) {
      ASSERT_EQ(timeline.contentHash(), hashes[i / kHashEvery - 1]) << "undone to " << i;
    }
    const Result<Timeline> before = apply(timeline, inverse(history[i - 1]));
    ASSERT_TRUE(before) << before.error().message << " at edit " << i;
    timeline = *before;
  }
  EXPECT_EQ(timeline.contentHash(), emptyHash);
  EXPECT_EQ(timeline, Timeline());

  for (int i = 0; i < edits; ++i) {
    const Result<Timeline> after = apply(timeline, history[i]);
    ASSERT_TRUE(after) << after.error().message << " at edit " << i;
    timeline = *after;
    if ((i + 1) % kHashEvery == 0) {
      ASSERT_EQ(timeline.contentHash(), hashes[(i + 1) / kHashEvery - 1]) << "redone to " << i + 1;
    }
  }
  EXPECT_EQ(timeline, end);
}

INSTANTIATE_TEST_SUITE_P(FixedSeed, RandomEditsTest, testing::Values(History{20'260'701, kManyEdits}));
// A new history each day; the seed is printed, and put above it replays.
INSTANTIATE_TEST_SUITE_P(SeedOfTheDay, RandomEditsTest,
                         testing::Values(History{std::uint64_t(std::chrono::duration_cast<std::chrono::hours>(
                             std::chrono::system_clock::now().time_since_epoch()).count() / 24), kEditsOfTheDay}));

TEST(RandomPatchesTest, SurviveAsJson) {
  RandomAuthor author(7);
  for (int i = 0; i < 2000; ++i) {
    const TimelinePatch patch = author.editOnce();
    const Result<TimelinePatch> read = readPatch(writePatch(patch));
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(*read, patch) << writePatch(patch);
  }
}

TEST(RandomPatchesTest, TwoMergedDoWhatBothDo) {
  RandomAuthor author(11);
  for (int i = 0; i < 1000; ++i) {
    const Timeline start = author.timeline();
    TimelinePatch gesture = author.editOnce();
    for (int k = 0; k < i % 5; ++k) gesture = merged(gesture, author.editOnce());

    const Result<Timeline> end = apply(start, gesture);
    ASSERT_TRUE(end) << end.error().message;
    ASSERT_EQ(*end, author.timeline());
    const Result<Timeline> back = apply(*end, inverse(gesture));
    ASSERT_TRUE(back) << back.error().message;
    ASSERT_EQ(*back, start);
  }
}

}  // namespace
}  // namespace kinescore
