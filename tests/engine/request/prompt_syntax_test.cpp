#include "engine/request/prompt_syntax.h"

#include <gtest/gtest.h>

#include "engine/request/build_request.h"

namespace kinescore {
namespace {

constexpr FrameRate k24{24, 1};
constexpr TimeRange seconds(double a, double b) { return {ticksFromSeconds(a), ticksFromSeconds(b)}; }

TEST(PromptSyntaxTest, TimesInSecondsAndFrames) {
  const auto parsed = [](const char* text) {
    const Result<PromptText> prompt = parsePromptText(text, k24);
    EXPECT_TRUE(prompt) << (prompt ? "" : prompt.error().message);
    return prompt ? *prompt : PromptText{};
  };
  EXPECT_EQ(parsed("0-3s: walk forward"), (PromptText{seconds(0, 3), "walk forward"}));
  EXPECT_EQ(parsed(" 3s - 5.25s :turn left and wave "), (PromptText{seconds(3, 5.25), "turn left and wave"}));
  EXPECT_EQ(parsed("48f-96f: jump"), (PromptText{seconds(2, 4), "jump"}));
  EXPECT_EQ(parsed("48-96f: jump"), (PromptText{seconds(2, 4), "jump"}));
  EXPECT_EQ(parsed("1s–48f: sit: slowly"), (PromptText{seconds(1, 2), "sit: slowly"}));
  EXPECT_EQ(parsed("walk forward"), (PromptText{std::nullopt, "walk forward"}));
  EXPECT_EQ(parsed("1-3s: right arm: wave"), (PromptText{seconds(1, 3), "wave", BodyPart::RightArm}));
  EXPECT_EQ(parsed("upper body : lean back"), (PromptText{std::nullopt, "lean back", BodyPart::Spine}));
  EXPECT_EQ(parsed("head up: look around"), (PromptText{std::nullopt, "head up: look around"}));
  EXPECT_EQ(parsed("stop: look around"), (PromptText{std::nullopt, "stop: look around"}));
  EXPECT_EQ(parsed("3 steps forward: then stop"), (PromptText{std::nullopt, "3 steps forward: then stop"}));
}

TEST(PromptSyntaxTest, MistakesAreAnsweredInOneSentence) {
  const auto refused = [](const std::string& text, const char* part) {
    const Result<PromptText> prompt = parsePromptText(text, k24);
    ASSERT_FALSE(prompt) << text;
    EXPECT_NE(prompt.error().message.find(part), std::string::npos) << prompt.error().message;
    EXPECT_EQ(prompt.error().code, ErrorCode::InvalidArgument);
  };
  refused("", "A prompt is empty");
  refused("0-3s:  ", "A prompt is empty");
  refused("0-3s: left arm: ", "A prompt is empty");
  refused("0-3: walk", "needs its unit");
  refused("3s: walk", "no time range");
  refused("3-2s: walk", "ends before it starts");
  refused("3-3s: walk", "ends before it starts");
  refused("-1-3s: walk", "no time range");
  refused("1..2-3s: walk", "no time range");
  refused("1.5f-3f: walk", "frames are whole numbers");
  refused("0-999999s: walk", "a day is the longest");
  refused("0-99999999999f: walk", "a day is the longest");
  refused("0-3s: \xff", "UTF-8");
  refused(std::string(kMaxPromptBytes + 1, 'a'), "longer than");
}

TEST(PromptSyntaxTest, ARangeWithoutUnitIsInFrames) {
  EXPECT_EQ(*parseTimeRange("48-96", k24), seconds(2, 4));
  EXPECT_EQ(*parseTimeRange("2-4s", k24), seconds(2, 4));
  EXPECT_FALSE(parseTimeRange("all", k24));
  EXPECT_FALSE(parseTimeRange("", k24));
  EXPECT_FALSE(parseTimeRange("-", k24));
}

TEST(PathFileTest, IsRead) {
  const Result<PathRequest> path = readPathFile(R"({"points":[{"t":0,"x":0,"z":0,"heading":0.5},{"t":2.5,"x":-1,"z":3}]})");
  ASSERT_TRUE(path) << path.error().message;
  ASSERT_EQ(path->points.size(), 2u);
  EXPECT_EQ(path->points[0], (PathPoint{{0}, {0, 0}, 0.5f}));
  EXPECT_EQ(path->points[1], (PathPoint{ticksFromSeconds(2.5), {-1, 3}, std::nullopt}));
}

TEST(PathFileTest, MistakesAreAnsweredInOneSentence) {
  const auto refused = [](const char* text, const char* part) {
    const Result<PathRequest> path = readPathFile(text);
    ASSERT_FALSE(path) << text;
    EXPECT_NE(path.error().message.find(part), std::string::npos) << path.error().message;
    EXPECT_EQ(exitCodeOf(path.error().code), 3);
  };
  refused("", "path file");
  refused("[]", "path file");
  refused(R"({"points":[]})", "has no list “points”");
  refused(R"({"points":[{"t":0,"x":0}]})", "“z” of point 1 of the path is missing");
  refused(R"({"points":[{"t":"a","x":0,"z":0}]})", "“t” of point 1");
  refused(R"({"points":[{"t":1,"x":0,"z":0},{"t":1,"x":0,"z":1}]})", "Point 2 of the path does not come after");
  refused(R"({"points":[{"t":-1,"x":0,"z":0}]})", "before the start");
  refused(R"({"points":[{"t":1e99,"x":0,"z":0}]})", "out of reach");
  refused(R"({"points":[{"t":0,"x":1e999,"z":0}]})", "path file");
}

TEST(TimelineFromTextsTest, BecomesARequestLikeAnyOther) {
  const std::vector<std::string> texts = {"0-3s: walk forward", "3-5s: turn left and wave", "stay calm"};
  const PathRequest path{{{{0}, {0, 0}, {}}, {ticksFromSeconds(4), {0, 4}, {}}}};

  const Result<Timeline> timeline = timelineFromTexts(texts, path, k24);
  ASSERT_TRUE(timeline) << timeline.error().message;
  const Result<GenerationRequest> request = buildRequest(*timeline, {});

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->span, seconds(0, 5));
  ASSERT_EQ(request->texts.size(), 3u);
  EXPECT_EQ(request->texts[1].span, seconds(0, 5)) << "no time: the whole performance";
  EXPECT_EQ(request->texts[2].prompt, "turn left and wave");
  ASSERT_EQ(request->paths.size(), 1u);
  EXPECT_EQ(request->paths[0].points, path.points);
  EXPECT_EQ(timeline->settings().rate, k24);
}

TEST(TimelineFromTextsTest, PartsHaveATrackOfTheirOwn) {
  const std::vector<std::string> texts = {"0-3s: walk forward", "1-2s: right arm: wave"};
  const Result<Timeline> timeline = timelineFromTexts(texts, {}, k24);
  ASSERT_TRUE(timeline);
  ASSERT_EQ(timeline->tracks().size(), 2u);
  EXPECT_EQ(timeline->tracks()[1]->kind, TrackKind::PartText);
  const Result<GenerationRequest> request = buildRequest(*timeline, {});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->texts[1].part, BodyPart::RightArm);
  EXPECT_EQ(request->texts[1].prompt, "wave");
}

TEST(TimelineFromTextsTest, WithoutTimesItIsTenSecondsOrAsAsked) {
  const std::vector<std::string> texts = {"walk forward"};
  EXPECT_EQ(timelineFromTexts(texts, {}, k24)->settings().duration, kDefaultDuration);
  EXPECT_EQ(timelineFromTexts(texts, {}, k24, ticksFromSeconds(3))->settings().duration, ticksFromSeconds(3));
  EXPECT_FALSE(timelineFromTexts(texts, {}, k24, ticksFromSeconds(-3)));
}

TEST(ReferencePinSyntax, ClipPartAndPrompt) {
  const FrameRate rate{24, 1};
  const auto plain = parseReferencePin("cmu_16_02", rate);
  ASSERT_TRUE(plain);
  EXPECT_EQ(*plain, (ReferencePin{"cmu_16_02", std::nullopt, ""}));
  const auto part = parseReferencePin("mine/sneak walk@1-3s", rate);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->clipId, "mine/sneak walk");
  EXPECT_EQ(part->part, (TimeRange{ticksFromSeconds(1), ticksFromSeconds(3)}));
  const auto meant = parseReferencePin("cmu_16_02@24f-48f: walk: slowly", rate);
  ASSERT_TRUE(meant);
  EXPECT_EQ(meant->part, (TimeRange{ticksFromSeconds(1), ticksFromSeconds(2)}));
  EXPECT_EQ(meant->prompt, "walk: slowly");
  for (const char* bad : {"", "@1-3s", "clip@", "clip@3-1s", "clip@a-b", ": walk"}) EXPECT_FALSE(parseReferencePin(bad, rate)) << bad;
}

}  // namespace
}  // namespace kinescore
