// Clips are looked for by words, library and class; what is held out is never offered.
#include "engine/library/clip_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/small_libraries.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClipSearchTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<LibraryFiles> files = {writeSmallLibrary(folder_ / "motion.kslib"),
                                             writeOwnLibrary(folder_ / "mine.kslib", "mine")};
    Result<LibraryShelf> shelf = LibraryShelf::open(files);
    ASSERT_TRUE(shelf.ok());
    std::vector<std::string> problems;
    search_ = ClipSearch::over(*shelf, problems);
    EXPECT_THAT(problems, IsEmpty());
  }
  std::vector<std::string> idsOf(const ClipQuery& query, const SentenceVector& vectorOf = {}) {
    const Result<ClipAnswer> answer = search_->find(query, vectorOf);
    EXPECT_TRUE(answer.ok());
    std::vector<std::string> ids;
    for (const FoundClip& found : answer->clips) ids.push_back(search_->library().clips[std::size_t(found.clip)].id);
    return ids;
  }

  TemporaryFolder folder_;
  std::optional<ClipSearch> search_;
};

TEST_F(ClipSearchTest, WithoutWordsAllIsOfferedByClassAndNameButWhatIsHeldOut) {
  EXPECT_THAT(idsOf({}), ElementsAre("mine/leap", "long_jump", "small_run", "mine/sneak", "small_walk"));
  EXPECT_EQ(search_->find({})->offered, 5);
  EXPECT_THAT(idsOf({.words = "secret"}), IsEmpty());
  for (const char* id : {"held_test", "held_val", "held_unseen"}) EXPECT_NE(search_->library().findClip(id), nullptr);
}

TEST_F(ClipSearchTest, WrittenWordsAreFoundInAnyFormBestFirst) {
  EXPECT_THAT(idsOf({.words = "Walking, slowly"}), ElementsAre("small_walk", "mine/sneak"));
  EXPECT_THAT(idsOf({.words = "jumps over the gap"}), ElementsAre("long_jump", "mine/leap"));
  EXPECT_THAT(idsOf({.words = "moonwalk"}), IsEmpty());
}

TEST_F(ClipSearchTest, TheMomentThatIsMeantIsShown) {
  const Result<ClipAnswer> answer = search_->find({.words = "gap"});
  ASSERT_EQ(answer->clips.size(), 1u);
  EXPECT_EQ(answer->clips[0].frames, (FrameRange{20, 50}));
  const LibraryClip& clip = search_->library().clips[std::size_t(answer->clips[0].clip)];
  EXPECT_EQ(titleOf(clip, answer->clips[0].caption), "Jump over a gap");
  EXPECT_EQ(titleOf(clip), "Run and jump");  // of several captions the description speaks for all
  EXPECT_EQ(search_->find({})->clips[0].frames, (FrameRange{0, 60}));
}

TEST_F(ClipSearchTest, MeaningFindsWhatIsNotWritten) {
  EXPECT_THAT(idsOf({.words = "hop"}), IsEmpty());
  EXPECT_THAT(idsOf({.words = "hop"}, smallMeaning), ElementsAre("mine/leap", "long_jump"));
  const SentenceVector broken = [](std::string_view) -> Result<std::vector<float>> {
    return Error{ErrorCode::NotFound, "The text model is not there."};
  };
  const Result<ClipAnswer> answer = search_->find({.words = "gap"}, broken);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->clips.size(), 1u);
  EXPECT_EQ(answer->meaningProblem, "The text model is not there.");
}

TEST_F(ClipSearchTest, ClassAndLibraryNarrowWhatIsOffered) {
  EXPECT_THAT(idsOf({.action = "jump"}), ElementsAre("mine/leap", "long_jump"));
  EXPECT_EQ(search_->find({.action = "run"})->clips[0].frames, (FrameRange{0, 20}));
  EXPECT_THAT(idsOf({.words = "walk", .action = "jump"}), IsEmpty());
  EXPECT_THAT(idsOf({.folder = "mine"}), ElementsAre("mine/leap", "mine/sneak"));
  EXPECT_THAT(idsOf({.onlyOwn = true}), ElementsAre("mine/leap", "mine/sneak"));
  EXPECT_THAT(idsOf({.folder = kShippedLibrary, .action = "walk"}), ElementsAre("small_walk"));
  const Result<ClipAnswer> none = search_->find({.folder = "yours"});
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("there are: kinescore, mine"));
}

TEST_F(ClipSearchTest, ClassesAreCountedAmongWhatTheWordsFound) {
  std::map<std::string, int> counts;
  const Result<ClipAnswer> jumps = search_->find({.action = "jump"});
  for (const ActionCount& count : jumps->actions) counts[count.action] = count.clips;
  EXPECT_EQ(counts, (std::map<std::string, int>{{"jump", 2}, {"run", 2}, {"walk", 2}}));
  const Result<ClipAnswer> walks = search_->find({.words = "walk"});
  ASSERT_EQ(walks->actions.size(), 1u);
  EXPECT_EQ(walks->actions[0].action, "walk");
}

TEST_F(ClipSearchTest, ASearchThatIsNotWantedAnyMoreStops) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(search_->find({}, {}, stop.get_token()).error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace kinescore
