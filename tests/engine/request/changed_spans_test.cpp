#include "engine/request/changed_spans.h"

#include <gtest/gtest.h>

#include "tests/support/takes.h"

namespace kinescore {
namespace {

Ticks at(double seconds) { return ticksFromSeconds(seconds); }
TimeRange span(double a, double b) { return {at(a), at(b)}; }
TimeRange wider(TimeRange s) { return {s.start - kChangeMargin, s.end + kChangeMargin}; }

GenerationRequest score() {
  GenerationRequest request;
  request.texts = {{span(0, 3), "walk"}, {span(3, 6), "turn"}, {span(6, 10), "sit down"}};
  request.paths.push_back({{{at(0), {0, 0}, {}}, {at(2), {0, 2}, {}}, {at(4), {0, 4}, {}}, {at(6), {0, 6}, {}}, {at(8), {0, 8}, {}}}});
  return request;
}

TEST(ChangedSpansTest, NothingChangedIsNothingToMake) {
  GenerationRequest now = score();
  now.seed = 9;
  now.quality = Quality::Best;
  EXPECT_EQ(changedSpans(score(), now), std::vector<TimeRange>{});
}

TEST(ChangedSpansTest, AnEditedPromptIsItsOwnTimeAndALittleMore) {
  GenerationRequest now = score();
  now.texts[1].prompt = "spin";
  EXPECT_EQ(changedSpans(score(), now), std::vector<TimeRange>{wider(span(3, 6))});
}

TEST(ChangedSpansTest, AMovedPromptIsWhereItWasAndWhereItIs) {
  GenerationRequest before, now;
  before.texts = {{span(1, 2), "wave"}};
  now.texts = {{span(6, 7), "wave"}};
  EXPECT_EQ(changedSpans(before, now), (std::vector<TimeRange>{wider(span(1, 2)), wider(span(6, 7))}));
}

TEST(ChangedSpansTest, ADeletedPromptCountsToo) {
  GenerationRequest now = score();
  now.texts.pop_back();
  EXPECT_EQ(changedSpans(score(), now), std::vector<TimeRange>{TimeRange({at(6) - kChangeMargin, at(10)})});
}

TEST(ChangedSpansTest, APoseReachesASecondEachWay) {
  GenerationRequest now = score();
  now.poses.push_back({at(5), restPose(*kinescore22())});
  EXPECT_EQ(changedSpans(score(), now), std::vector<TimeRange>{span(4, 6)});
}

TEST(ChangedSpansTest, AMovedPointOfAPathIsAsFarAsItsCurveBends) {
  GenerationRequest now = score();
  now.paths[0].points[0].position.x = 1;
  EXPECT_EQ(changedSpans(score(), now), std::vector<TimeRange>{TimeRange({Ticks{0}, at(4) + kChangeMargin})});
}

TEST(ChangedSpansTest, NeighboursThatNearlyTouchAreOne) {
  GenerationRequest now = score();
  now.texts[0].prompt = "run";
  now.texts[1].prompt = "spin";
  EXPECT_EQ(changedSpans(score(), now), std::vector<TimeRange>{TimeRange({Ticks{0}, at(6) + kChangeMargin})});
}

TEST(ChangedSpansTest, WhatConcernsEverythingIsTheWhole) {
  const auto isWhole = [](auto change) {
    GenerationRequest now = score();
    change(now);
    return !changedSpans(score(), now).has_value();
  };
  EXPECT_TRUE(isWhole([](auto& r) { r.span.end = at(12); }));
  EXPECT_TRUE(isWhole([](auto& r) { r.automaticReferences = 0; }));
  EXPECT_TRUE(isWhole([](auto& r) { r.sampling.avoid = "jump"; }));
  EXPECT_FALSE(isWhole([](auto& r) { r.sampling.steps = 8; })) << "no more than another quality";
  EXPECT_TRUE(isWhole([](auto& r) { r.wishes.forbidden.push_back("a"); }));
  EXPECT_TRUE(isWhole([](auto& r) { r.draft = DraftRequest{std::make_shared<Motion>(), "a", {}, 1, {}}; }));
  EXPECT_FALSE(isWhole([](auto&) {}));
}

TEST(ChangedSpansTest, FramesOfAnOlderTakeHaveNotHeardOfWhatCameAfterIt) {
  const auto older = makeTake(score(), generatedMotion(300, 1), nullptr, 1);
  GenerationRequest edited = score();
  edited.texts[0].prompt = "run";  // 0 to 3 s
  edited.range = FrameRange{200, 250};
  edited.base = older->result.motion;
  const auto newer = makeTake(edited, generatedMotion(300, 2), older.get(), 2);
  const auto find = [&](const std::string& id) { return id == older->id ? older.get() : nullptr; };
  EXPECT_EQ(changedSpans(newer->request, edited), std::vector<TimeRange>{});
  EXPECT_EQ(changedSince(*newer, edited, find), std::vector<TimeRange>{TimeRange({Ticks{0}, at(3) + kChangeMargin})});

  // and what was made anew has
  edited.range = FrameRange{0, 98};
  const auto newest = makeTake(edited, generatedMotion(300, 3), older.get(), 3);
  EXPECT_EQ(changedSince(*newest, edited, find), std::vector<TimeRange>{});
}

TEST(ChangedSpansTest, SpansAreAskedForAsOneSelectionWithWhatLiesBetweenKept) {
  RequestOptions options;
  askForSpans(options, {span(1, 2), span(5, 6)}, span(0, 10));
  EXPECT_EQ(options.timeSelection, span(1, 6));
  EXPECT_EQ(options.keptSpans, std::vector<TimeRange>{span(2, 5)});
}

TEST(ChangedSpansTest, SpansThatLeaveNearlyNothingAreTheWhole) {
  RequestOptions options;
  askForSpans(options, {span(0, 9.5)}, span(0, 10));
  EXPECT_FALSE(options.timeSelection);
}

}  // namespace
}  // namespace kinescore
