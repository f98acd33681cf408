#include "engine/evaluate/prompt_review.h"

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "tests/engine/train/small_library.h"
#include "tests/support/fake_generator.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

class PromptReviewTest : public testing::Test {
 protected:
  Result<PromptList> listOf(const std::string& json) const {
    EXPECT_TRUE(saveFileSafely(folder_ / "prompts.json", json));
    return readPromptList(folder_ / "prompts.json");
  }
  TemporaryFolder folder_;
};

TEST_F(PromptReviewTest, ListsAreReadAndBadOnesAreOneSentence) {
  const auto list = listOf(R"({"prompts": ["walk", "sit"], "seeds": [3, 5], "seconds": 2.5})");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->prompts, (std::vector<std::string>{"walk", "sit"}));
  EXPECT_EQ(list->seeds, (std::vector<std::uint64_t>{3, 5}));
  EXPECT_EQ(list->seconds, 2.5);
  EXPECT_EQ(listOf(R"({"prompts": ["walk"]})")->seeds.size(), 1u);
  for (const char* bad : {"", "[]", R"({"prompts": []})", R"({"prompts": [1]})", R"({"prompts": ["a"], "seeds": [-1]})",
                          R"({"prompts": ["a"], "seeds": 3})", R"({"prompts": ["a"], "seconds": 1e9})",
                          R"({"prompts": ["a"], "seconds": "long"})"}) {
    const auto refused = listOf(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::BadInput) << bad;
    EXPECT_EQ(refused.error().message.find('\n'), std::string::npos);
  }
  EXPECT_FALSE(readPromptList(folder_ / "nowhere.json"));
}

TEST_F(PromptReviewTest, MeasuresWhatIsPerformedAndWritesIt) {
  FakeGenerator generator;
  PromptList list{{"walk forward", "turn"}, {1, 2, 3}, 2};
  int last = 0;
  const auto review = reviewPrompts(generator, list, Quality::Draft, 0, [&](int done, int all) {
    EXPECT_EQ(done, ++last);
    EXPECT_EQ(all, 6);
  }, {});
  ASSERT_TRUE(review) << review.error().message;
  EXPECT_EQ(generator.calls, 6);
  ASSERT_EQ(review->rows.size(), 2u);
  EXPECT_EQ(review->rows[0].motions.size(), 3u);
  EXPECT_EQ(review->rows[0].motions[0]->frameCount(), 60);
  EXPECT_GT(review->mean.poseSpeed, 0);
  EXPECT_LT(review->mean.nearestMeters, 0);  // nobody measured it
  const MotionFigures captures = figuresOfCaptures(smallLibrary(), Split::Train);
  EXPECT_GT(captures.rootSpeed, 0);
  EXPECT_EQ(captures.skateBefore, captures.skateAfter);
  EXPECT_GT(captures.mbench[4], 0);
  EXPECT_GT(review->mean.mbench[4], 0);

  ASSERT_TRUE(writePromptReview(*review, list, captures, folder_ / "a/b"));
  const std::string report = *readFile(folder_ / "a/b/report.md");
  EXPECT_NE(report.find("| walk forward |"), std::string::npos);
  EXPECT_NE(report.find("clean captures"), std::string::npos);
  EXPECT_NE(report.find("Foot_Floating"), std::string::npos);
  for (const int seed : {1, 2, 3}) {
    EXPECT_TRUE(std::filesystem::exists(folder_ / "a/b" / ("sheet-seed-" + std::to_string(seed) + ".png")));
  }
}

TEST_F(PromptReviewTest, AFailureAndAStopComeThrough) {
  FakeGenerator generator;
  const PromptList list{{"walk"}, {1}, 1};
  generator.failure = Error{ErrorCode::EngineFailed, "No."};
  EXPECT_EQ(reviewPrompts(generator, list, Quality::Draft, 0, {}, {}).error().code, ErrorCode::EngineFailed);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(reviewPrompts(generator, list, Quality::Draft, 0, {}, stop.get_token()).error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace kinescore
