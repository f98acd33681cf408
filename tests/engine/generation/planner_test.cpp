#include "engine/generation/planner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr float kQuarterTurn = std::numbers::pi_v<float> / 2;

FeatureStatistics plainStatistics() {
  FeatureStatistics s;
  s.mean.assign(kFeatureCount, 0.5f);
  s.deviation.assign(kFeatureCount, 2.0f);
  return s;
}

PromptEncoder wordsEncoder() {
  return [](std::string_view prompt) -> Result<PromptTokens> {
    PromptTokens tokens;
    std::string word;
    for (char c : std::string(prompt) + " ") {
      if (c != ' ') {
        word += c;
      } else if (!word.empty()) {
        tokens.words.push_back(std::exchange(word, {}));
      }
    }
    tokens.tokens.assign(tokens.words.size() * kTextWidth, 0.25f);
    tokens.sentence.assign(kTextWidth, 0.5f);
    return tokens;
  };
}

GenerationRequest requestOf(double seconds) {
  GenerationRequest request;
  request.span.end = ticksFromSeconds(seconds);
  return request;
}

class PlannerTest : public testing::Test {
 protected:
  WindowConditions compose(const GenerationRequest& request, FrameRange window, const WindowSpace& space = {},
                           std::int64_t knownUntil = 0) {
    world_.resize(std::size_t(request.frameCount()) * kFeatureCount);
    auto composer = WindowComposer::prepare(request, statistics_, wordsEncoder(), {});
    EXPECT_TRUE(composer);
    return composer->compose(window, space, world_, knownUntil);
  }
  WindowSpace opening(const GenerationRequest& request) {
    return WindowComposer::prepare(request, statistics_, wordsEncoder(), {})->openingSpace();
  }

  FeatureStatistics statistics_ = plainStatistics();
  std::vector<float> world_;
};

// --- windows --------------------------------------------------------------------------------------

TEST(PlanWindows, AShortPerformanceIsOneWindow) {
  EXPECT_EQ(planWindows(150, {}).windows, (std::vector<FrameRange>{{0, 150}}));
  EXPECT_EQ(planWindows(192, {}).windows, (std::vector<FrameRange>{{0, 192}}));
  EXPECT_EQ(planWindows(151, {}).windows, (std::vector<FrameRange>{{0, 152}}));  // padded to a patch
  EXPECT_EQ(planWindows(1, {}).windows, (std::vector<FrameRange>{{0, 2}}));
}

TEST(PlanWindows, LongOnesCoverEverythingWithContextAndLookAhead) {
  for (std::int64_t frames = 193; frames < 3000; frames += 7) {
    const WindowPlan plan = planWindows(frames, {});
    ASSERT_EQ(plan.windows.front().start, 0);
    ASSERT_GE(plan.windows.back().end, frames);
    ASSERT_LT(plan.windows.back().end, frames + kPatchFrames);
    ASSERT_EQ(plan.knownUntil(0), 0);
    for (std::size_t i = 0; i < plan.windows.size(); ++i) {
      const FrameRange& window = plan.windows[i];
      ASSERT_EQ(window.start % kPatchFrames, 0);
      ASSERT_EQ(window.length(), kWindowFrames);
      if (i == 0) continue;
      ASSERT_EQ(plan.knownUntil(i), window.start + kContextFrames);
      // everything the context needs was made, and its maker saw further than it
      ASSERT_LE(plan.knownUntil(i) + kLookAheadFrames, plan.windows[i - 1].end);
      ASSERT_GT(window.start, plan.windows[i - 1].start);
    }
  }
}

TEST(PlanWindows, ARangeIsSeenWithBothItsSides) {
  const WindowPlan plan = planWindows(600, FrameRange{201, 250});
  EXPECT_EQ(plan.made, (FrameRange{201, 250}));
  EXPECT_EQ(plan.windows, (std::vector<FrameRange>{{168, 282}}));
  EXPECT_EQ(plan.knownUntil(0), 201);
  const WindowPlan atStart = planWindows(600, FrameRange{0, 20});
  EXPECT_EQ(atStart.windows, (std::vector<FrameRange>{{0, 52}}));
  const WindowPlan atEnd = planWindows(300, FrameRange{290, 300});
  EXPECT_EQ(atEnd.windows, (std::vector<FrameRange>{{258, 300}}));
  const WindowPlan longRange = planWindows(900, FrameRange{100, 800});
  EXPECT_EQ(longRange.windows.front().start, 68);
  EXPECT_EQ(longRange.windows.back().end, 832);
}

// --- where the performance begins ---------------------------------------------------------------

TEST_F(PlannerTest, BeginsOnThePathAndAlongIt) {
  GenerationRequest request = requestOf(4);
  request.paths.push_back({{{{0}, {1, 2}, {}}, {ticksFromSeconds(4), {5, 2}, {}}}, 1});
  const WindowSpace space = opening(request);
  EXPECT_EQ(space.originXz, glm::vec2(1, 2));
  EXPECT_NEAR(space.heading, kQuarterTurn, 1e-5);  // along +X
}

TEST_F(PlannerTest, BeginsWhereTheOpeningPoseStands) {
  GenerationRequest request = requestOf(4);
  Pose pose = restPose(*kinescore22());
  pose.rootPosition += glm::vec3(3, 0, -1);
  pose.localRotations[kHips] = glm::angleAxis(0.5f, glm::vec3(0, 1, 0));
  request.poses.push_back({ticksFromSeconds(0.05), pose});
  const WindowSpace space = opening(request);
  EXPECT_EQ(space.originXz, glm::vec2(3, -1));
  EXPECT_NEAR(space.heading, 0.5, 1e-5);
  request.poses[0].time = ticksFromSeconds(2);
  EXPECT_EQ(opening(request).originXz, glm::vec2(0, 0));
}

TEST_F(PlannerTest, BeginsWhereItsBaseBegan) {
  GenerationRequest request = requestOf(1);
  auto base = std::make_shared<Motion>();
  base->resize(30);
  for (int f = 0; f < 30; ++f) base->setPose(f, restPose(*base->skeleton));
  base->rootPositions[0] = {4, 1, 5};
  request.base = base;
  request.range = FrameRange{0, 10};
  EXPECT_EQ(opening(request).originXz, glm::vec2(4, 5));
}

// --- conditions -------------------------------------------------------------------------------------

TEST_F(PlannerTest, PoseKeysAreMovedIntoTheWindow) {
  GenerationRequest request = requestOf(8);
  Pose pose = restPose(*kinescore22());
  pose.rootPosition = {2, 1, 3};
  pose.localRotations[kHips] = glm::angleAxis(kQuarterTurn, glm::vec3(0, 1, 0));
  // 3.99 s at 23.976 fps is no engine frame: the nearest one carries it
  request.poses.push_back({ticksOfFrame(96, {24000, 1001}), pose, 0.75f});
  const WindowSpace space{{2, 1}, kQuarterTurn};
  const auto c = compose(request, {48, 240}, space);
  const int f = 120 - 48;
  const std::size_t hips = std::size_t(f) * kJointCount22 + kHips;
  EXPECT_FLOAT_EQ(c.jointMask[hips], 0.75f);
  EXPECT_NEAR(c.jointPosition[hips * 3], -2, 1e-5);  // 2 m along world +Z is to the window's right
  EXPECT_NEAR(c.jointPosition[hips * 3 + 1], 1, 1e-5);
  EXPECT_NEAR(c.jointPosition[hips * 3 + 2], 0, 1e-5);
  EXPECT_NEAR(c.jointRotation[hips * 6], 1, 1e-5);  // it faces where the window does
  EXPECT_NEAR(c.jointRotation[hips * 6 + 4], 1, 1e-5);
  EXPECT_NEAR(c.heading[f * 2], 1, 1e-5);
  EXPECT_FLOAT_EQ(c.headingMask[f], 0.75f);
  EXPECT_EQ(std::count_if(c.jointMask.begin(), c.jointMask.end(), [](float m) { return m > 0; }), kJointCount22);
  EXPECT_EQ(c.pathMask[f], 0);
}

TEST_F(PlannerTest, TargetsConstrainOneJoint) {
  GenerationRequest request = requestOf(2);
  request.targets.push_back({ticksFromSeconds(1), kRightHand, {0.5f, 1.5f, 0.25f}, glm::quat(1, 0, 0, 0)});
  const auto c = compose(request, {0, 60});
  const std::size_t at = 30 * kJointCount22 + kRightHand;
  EXPECT_EQ(c.jointMask[at], 1);
  EXPECT_EQ(c.rotationMask[at], 1);
  EXPECT_FLOAT_EQ(c.jointPosition[at * 3 + 1], 1.5f);
  EXPECT_EQ(std::count(c.jointMask.begin(), c.jointMask.end(), 1.0f), 1);
}

TEST_F(PlannerTest, APathCoversItsOwnFramesOnly) {
  GenerationRequest request = requestOf(4);
  const auto at = [](double seconds, glm::vec2 p, std::optional<float> heading = {}) {
    return PathPoint{ticksFromSeconds(seconds), p, heading};
  };
  request.paths.push_back({{at(1, {0, 0}), at(2, {0, 1}, 0.3f), at(3, {0, 2}, 0.3f)}, 1});
  const auto c = compose(request, {0, 120});
  EXPECT_EQ(c.pathMask[29], 0);
  EXPECT_EQ(c.pathMask[30], 1);
  EXPECT_EQ(c.pathMask[90], 1);
  EXPECT_EQ(c.pathMask[91], 0);
  EXPECT_NEAR(c.path[45 * 2 + 1], 0.5, 1e-5);
  EXPECT_EQ(c.headingMask[45], 0);  // no heading asked before 2 s
  EXPECT_EQ(c.headingMask[75], 1);
  EXPECT_NEAR(std::atan2(c.heading[75 * 2 + 1], c.heading[75 * 2]), 0.3, 1e-5);
}

TEST_F(PlannerTest, ContactsHoldForTheirSpan) {
  GenerationRequest request = requestOf(2);
  request.contacts.push_back({{ticksFromSeconds(0.5), ticksFromSeconds(1)}, 3, glm::vec3(1, 0, 1)});
  const auto c = compose(request, {0, 60});
  for (int f = 0; f < 60; ++f) {
    const bool held = f >= 15 && f < 30;
    EXPECT_EQ(c.contactMask[f * 4 + 3], held ? 1 : 0);
    EXPECT_EQ(c.jointMask[f * kJointCount22 + kRightToeBase], held ? 1 : 0);
  }
}

TEST_F(PlannerTest, TextsKeepTheirOwnFramesStrengthsAndSides) {
  GenerationRequest request = requestOf(8);
  request.texts.push_back({{{0}, ticksFromSeconds(2)}, "walk forward", BodyPart::Whole, {}});
  request.texts.push_back({{ticksFromSeconds(3), ticksFromSeconds(5)},
                           "wave left hand",
                           BodyPart::Whole,
                           {{{{0}, 0.0f}, {ticksFromSeconds(2), 1.0f}}}});
  const auto c = compose(request, {80, 240});
  ASSERT_EQ(c.texts.size(), 1u);  // the walk is over; the gap has no text
  EXPECT_EQ(c.texts[0].startFrame, 10);
  EXPECT_EQ(c.texts[0].endFrame, 70);
  EXPECT_EQ(c.texts[0].sides, (std::vector{Side::None, Side::Left, Side::None}));
  ASSERT_EQ(c.texts[0].strength.size(), 160u);
  EXPECT_NEAR(c.texts[0].strength[40], 0.5, 1e-3);
  EXPECT_TRUE(compose(request, {0, 80}).texts[0].strength.empty());
}

TEST_F(PlannerTest, PartPromptsNameThePart) {
  EXPECT_EQ(promptText({{}, "wave", BodyPart::LeftArm, {}}), "left arm: wave");
  EXPECT_EQ(promptText({{}, "wave", BodyPart::Whole, {}}), "wave");
}

TEST_F(PlannerTest, KnownFramesComeWholeAndCarryNothingElse) {
  GenerationRequest request = requestOf(3);
  request.range = FrameRange{40, 60};
  request.paths.push_back({{{{0}, {0, 0}, {}}, {ticksFromSeconds(3), {0, 3}, {}}}, 1});
  request.poses.push_back({ticksOfFrame(20, kEngineRate), restPose(*kinescore22())});
  world_.assign(90 * kFeatureCount, 0);
  for (int f = 0; f < 90; ++f) {
    world_[f * kFeatureCount] = 1;                    // root x
    world_[f * kFeatureCount + kHeadingChannel] = 1;  // heading 0
    world_[f * kFeatureCount + kPositionChannel] = float(f);
  }
  const auto c = compose(request, {8, 90}, {{1, 0}, 0}, 40);
  for (int f = 0; f < 82; ++f) {
    const bool free = request.range->contains(f + 8);
    ASSERT_EQ(c.knownMask[f], free ? 0 : 1);
    ASSERT_EQ(c.pathMask[f], free ? 1 : 0);
    ASSERT_EQ(c.jointMask[f * kJointCount22], 0);
    const float* row = c.known.data() + f * kFeatureCount;
    if (free) continue;
    ASSERT_FLOAT_EQ(row[0], (0 - 0.5f) / 2);  // in the window's space and normalised
    ASSERT_FLOAT_EQ(row[kPositionChannel], (float(f + 8) - 0.5f) / 2);
  }
}

TEST_F(PlannerTest, APromptThatCannotBeReadStopsThePlan) {
  GenerationRequest request = requestOf(3);
  request.texts.push_back({request.span, "walk", BodyPart::Whole, {}});
  const auto composer =
      WindowComposer::prepare(request, statistics_, [](std::string_view) -> Result<PromptTokens> {
        return Error{ErrorCode::NotFound, "no text model"};
      }, {});
  ASSERT_FALSE(composer);
  EXPECT_EQ(composer.error().message, "no text model");
}

TEST(SidesOfWords, KnowsWholeWordsOnly) {
  const std::vector<std::string> words = {"[CLS]", "left", "foot", "right", "right", "##eous", "bright", "[SEP]"};
  EXPECT_EQ(sidesOfWords(words), (std::vector{Side::None, Side::Left, Side::None, Side::Right, Side::None, Side::None,
                                              Side::None, Side::None}));
}

// --- beats and views --------------------------------------------------------------------------------

TEST_F(PlannerTest, ABeatFallsOnTheSameFramesOfEveryWindow) {
  GenerationRequest request = requestOf(12);
  request.rhythms.push_back({{ticksFromSeconds(1), ticksFromSeconds(11)}, 120, ticksFromSeconds(0.5), 4, {}});
  const WindowConditions first = compose(request, {0, 192}), later = compose(request, {100, 292});
  ASSERT_EQ(first.rhythmMask.size(), 192u);
  EXPECT_EQ(first.rhythmMask[29], 0);
  EXPECT_EQ(first.rhythmMask[30], 1);
  EXPECT_GT(first.rhythm[45 * kRhythmChannels], 0.7f);  // 1.5 s, a beat
  EXPECT_LT(first.rhythm[52 * kRhythmChannels], 0.2f);
  for (int f = 100; f < 192; ++f) {
    for (int c = 0; c < kRhythmChannels; ++c) {
      ASSERT_NEAR(first.rhythm[f * kRhythmChannels + c], later.rhythm[(f - 100) * kRhythmChannels + c], 1e-4) << f << " " << c;
    }
  }
  EXPECT_NEAR(first.rhythm[75 * kRhythmChannels + 4], 1, 1e-4);  // 2.5 s: four beats after the first, a new bar
}

TEST_F(PlannerTest, AViewIsShownAtItsOwnRateAndStrength) {
  GenerationRequest request = requestOf(4);
  ViewRequest view;
  view.span = {ticksFromSeconds(1), ticksFromSeconds(3)};
  view.framesPerSecond = 60;
  view.strength.points = {{{0}, 0.5f}};
  for (int i = 0; i < 120; ++i) {
    BodySight sight;
    for (int k = 0; k < kViewPoints; ++k) {
      sight.points[k] = {0.01f * float(i) + 0.1f * float(k % 3), 0.02f * float(k)};
      sight.confidence[k] = i < 100 ? 1.0f : 0.0f;
    }
    view.frames.push_back(sight);
  }
  request.views.push_back(view);
  const WindowConditions conditions = compose(request, {0, 120});
  ASSERT_EQ(conditions.viewMask.size(), 120u);
  EXPECT_EQ(conditions.viewMask[29], 0);
  EXPECT_EQ(conditions.viewMask[30], 0.5f);
  EXPECT_EQ(conditions.viewMask[85], 0) << "nothing was seen";
  constexpr int kBox = 3 * kViewPoints;
  const auto middle = [&](int f) { return conditions.view[f * kViewChannels + kBox]; };
  EXPECT_NEAR(middle(40) - middle(30), 0.01f * 20, 1e-4);  // two frames of the video each
  EXPECT_TRUE(compose(requestOf(4), {0, 120}).view.empty());
}

}  // namespace
}  // namespace kinescore
