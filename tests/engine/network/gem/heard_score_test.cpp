#include "engine/network/gem/heard_score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/generation/body_view.h"
#include "engine/media/heard_sound.h"
#include "engine/network/gem/rotations.h"

namespace kinescore::gem {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

TimeRange seconds(double from, double to) {
  return {ticksFromSeconds(from), ticksFromSeconds(to)};
}

GenerationRequest tenSeconds() {
  GenerationRequest request;
  request.span = seconds(0, 10);
  return request;
}
TextRequest text(double from, double to, const std::string& prompt) {
  return {seconds(from, to), prompt, BodyPart::Whole, {}};
}

ReferenceRequest reference() {
  ReferenceRequest made;
  made.span = seconds(0, 2);
  made.clipId = "clip";
  return made;
}

/// A performer before a camera, `frames` of them.
ViewRequest view(double from, std::size_t frames, double rate = 30) {
  const auto skeleton = kinescore22();
  const WorldPose rest = forwardKinematics(*skeleton, restPose(*skeleton));
  ViewRequest seen;
  seen.framesPerSecond = rate;
  seen.span = seconds(from, from + double(frames) / rate);
  seen.frames.assign(frames, seenBy(lookingAt({0, 1, 4}, {0, 1, 0}), viewPointsOf(rest)));
  return seen;
}

HeardScore heard(const GenerationRequest& request, Wiring wiring = Wiring::Full,
                 const std::string& problem = {}) {
  Result<HeardScore> score = heardScore(request, wiring, false, problem);
  EXPECT_TRUE(score) << score.error().message;
  return *std::move(score);
}
ClipConditions conditions(const HeardScore& score, const SoundFrames& sound = {}) {
  return conditionsOf(score, sound, [](const std::string& prompt) {
    return TextFeatures(std::size_t(kTextTokens) * kTextChannels, float(prompt.size()));
  });
}
auto notes(const std::string& sentence, const std::string& detail) {
  return Contains(AllOf(Field(&ReportLine::sentence, HasSubstr(sentence)),
                        Field(&ReportLine::detail, HasSubstr(detail))));
}

TEST(GemTexts, EachHasItsOwnFrames) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "walk"), text(2.5, 10, "turn left")};
  const ClipConditions clip = conditions(heard(request));
  ASSERT_EQ(clip.frames, 300);
  ASSERT_EQ(clip.prompts.size(), 2u);
  EXPECT_EQ(framesOf(clip.prompts[0], 300), (FrameSpan{0, 90}));
  EXPECT_EQ(framesOf(clip.prompts[1], 300), (FrameSpan{75, 300}));
  EXPECT_EQ(clip.prompts[1].text.front(), 9.0f);
}

TEST(GemTexts, TheFramesOfEveryWindowSurviveTheFractions) {
  for (const std::int64_t frames : {7, 131, 300, 1801, 54'001}) {
    for (const std::int64_t at : {std::int64_t(1), frames / 3, frames / 2, frames - 1}) {
      const TimedPrompt prompt{{}, float(at) / float(frames), 1};
      EXPECT_EQ(framesOf(prompt, frames), (FrameSpan{at, frames})) << frames;
    }
  }
}

TEST(GemTexts, OfARangeTheWindowAroundItIsAsked) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 5, "walk"), text(5, 10, "run"), text(0, 0.5, "wait")};
  request.range = FrameRange{150, 180};
  const HeardScore score = heard(request);
  EXPECT_EQ(score.window, (FrameRange{30, 300}));
  const ClipConditions clip = conditions(score);
  ASSERT_EQ(clip.prompts.size(), 2u) << "the third ended before the window";
  EXPECT_EQ(framesOf(clip.prompts[0], 270), (FrameSpan{0, 120}));
  EXPECT_EQ(framesOf(clip.prompts[1], 270), (FrameSpan{120, 270}));
}

TEST(GemTexts, PartsAreLeftOutWithASentence) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "walk"), text(0, 3, "wave")};
  request.texts[1].part = BodyPart::RightArm;
  const HeardScore score = heard(request);
  EXPECT_THAT(score.notes, notes("1 text for a part of the body was left out", "whole body alone"));
  ASSERT_EQ(score.texts.size(), 1u);
  EXPECT_EQ(score.request.texts.size(), 1u) << "nor does the report look for it";
}

TEST(GemTexts, WithoutT5TheOtherConditionsStillRun) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "walk")};
  request.views = {view(0, 90)};
  const HeardScore score = heard(request, Wiring::Full, "Texts need T5.");
  EXPECT_TRUE(score.texts.empty());
  EXPECT_THAT(score.notes, notes("1 text was left out", "Texts need T5."));
  EXPECT_TRUE(conditions(score).present[5].keypoints);
}

TEST(GemTexts, WithoutT5AndAnythingElseThereIsNothingLeft) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "walk")};
  const auto score = heardScore(request, Wiring::Full, false, "Texts need T5.");
  ASSERT_FALSE(score);
  EXPECT_EQ(exitCodeOf(score.error().code), 3);
  EXPECT_THAT(score.error().message, HasSubstr("Texts need T5."));
}

TEST(GemScore, WhatHasNoInputIsLeftOutOrMetAfterwards) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "walk")};
  request.references = {reference()};
  request.draft.emplace();
  request.draft->name = "rough.bvh";
  request.targets.push_back({ticksFromSeconds(1), kLeftHand, {0, 1, 0}, std::nullopt});
  const HeardScore score = heard(request);
  EXPECT_THAT(score.notes, notes("References were left out", "captured motion"));
  EXPECT_THAT(score.notes, notes("rough.bvh", "no draft"));
  EXPECT_THAT(score.notes, notes("Keys were met after the network", "no input"));
  EXPECT_THAT(score.notes, notes("Kinescore's own body", "shape"));
  EXPECT_TRUE(score.request.references.empty() && !score.request.draft);
  EXPECT_EQ(score.request.targets.size(), 1u);
}

TEST(GemScore, AReferenceAloneIsNothing) {
  GenerationRequest request = tenSeconds();
  request.references = {reference()};
  const auto score = heardScore(request, Wiring::Full, false, {});
  ASSERT_FALSE(score);
  EXPECT_THAT(score.error().message, HasSubstr("GEM looks at no captured motion."));
}

TEST(GemScore, TheWiringForVideoEstimates) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "walk")};
  EXPECT_FALSE(heardScore(request, Wiring::Regression, false, {}));
  request.views = {view(0, 30)};
  const HeardScore score = heard(request, Wiring::Regression);
  EXPECT_TRUE(score.isEstimate);
  EXPECT_TRUE(score.texts.empty());
  EXPECT_THAT(score.notes, notes("1 text was left out", "gem_smpl_regression"));
}

TEST(GemScore, WeakStrengthsAreTold) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "walk"), text(0, 3, "silent")};
  request.texts[0].strength.points = {{Ticks{0}, 0.5f}};
  request.texts[1].strength.points = {{Ticks{0}, 0.0f}};
  const HeardScore score = heard(request);
  EXPECT_THAT(score.notes, notes("Strengths between 0 and 1", "whole or not at all"));
  EXPECT_EQ(score.texts.size(), 1u);
}

TEST(GemScore, WeakRecordingsAreToldWhereTheyAreHeard) {
  GenerationRequest request = tenSeconds();
  RhythmRequest rhythm;
  rhythm.span = seconds(0, 10);
  rhythm.strength.points = {{{0}, 0.5f}};
  rhythm.heard = std::make_shared<const HeardSound>();
  request.rhythms = {rhythm};
  EXPECT_THAT(heardScore(request, Wiring::Full, true, {})->notes, notes("Strengths between 0 and 1", "a recording"));
  EXPECT_THAT(heardScore(request, Wiring::Full, false, {})->notes, Not(notes("Strengths between 0 and 1", "")))
      << "beats are kept by their strength";
}

// A tempo that was written is a beat, and GEM hears none.
TEST(GemScore, OfAWrittenTempoItIsSaidThatNothingIsHeard) {
  GenerationRequest request = tenSeconds();
  request.texts = {text(0, 3, "dance")};
  RhythmRequest rhythm;
  rhythm.span = seconds(0, 10);
  request.rhythms = {rhythm};
  request.paths.emplace_back();
  EXPECT_THAT(heard(request).notes, notes("1 beat of a written tempo was not heard", "GEM hears recordings alone"));
  EXPECT_THAT(heard(request).notes, notes("Paths and beats were met after the network", "no input"));
  rhythm.heard = std::make_shared<const HeardSound>();
  request.rhythms = {rhythm};
  EXPECT_THAT(heard(request).notes, Not(notes("written tempo", "")));
  EXPECT_THAT(heard(request).notes, notes("Paths were met after the network", "no input")) << "no beat was heard in it";
}

TEST(GemViews, PointsBecomePixelsOfTheAssumedCamera) {
  BodySight sight;
  sight.points[3] = {0.1f, -0.2f};
  sight.confidence[3] = 0.75f;
  const Keypoints points = keypointsOf(sight);
  EXPECT_FLOAT_EQ(points[3].x, 0.1f * kViewFocal);
  EXPECT_FLOAT_EQ(points[3].y, -0.2f * kViewFocal);
  EXPECT_FLOAT_EQ(points[3].confidence, 0.75f);
  EXPECT_EQ(points[0].confidence, 0);
}

TEST(GemViews, TheBoxIsThatOfADetectorPrepared) {
  Keypoints points{};
  points[0] = {100, 50, 0.9f};
  points[16] = {200, 650, 0.9f};
  points[5] = {9000, 9000, 0.4f};  // not seen
  const auto box = boxAround(points);
  ASSERT_TRUE(box);
  EXPECT_FLOAT_EQ(box->x, 150);
  EXPECT_FLOAT_EQ(box->y, 350);
  EXPECT_NEAR(box->size, 1.1 * 600 * 1.2, 1e-2);
  points[16] = {1700, 650, 0.9f};  // wider than 3 : 4
  EXPECT_NEAR(boxAround(points)->size, 1.1 * 1600 / 0.75 * 1.2, 1e-2);
  EXPECT_FALSE(boxAround(Keypoints{}));
}

TEST(GemViews, FramesOutsideAViewHaveNothing) {
  GenerationRequest request = tenSeconds();
  request.views = {view(1, 60)};
  const ClipConditions clip = conditions(heard(request));
  for (std::size_t f = 0; f < 300; ++f)
    EXPECT_EQ(clip.present[f].keypoints, f >= 30 && f < 90) << f;
  EXPECT_FALSE(clip.present[40].image);
  EXPECT_EQ(clip.intrinsics[40].focal, kViewFocal);
  EXPECT_GT(clip.boxes[40].size, 100);
}

TEST(GemViews, OtherRatesAreReadBetweenTheirFrames) {
  GenerationRequest request = tenSeconds();
  request.views = {view(0, 120, 60)};
  for (std::size_t i = 0; i < 120; ++i) request.views[0].frames[i].points[0] = {float(i), 0};
  const ClipConditions clip = conditions(heard(request));
  EXPECT_FLOAT_EQ(clip.keypoints[10].at(0).x, 20 * kViewFocal);
  EXPECT_TRUE(clip.present[59].keypoints);
  EXPECT_FALSE(clip.present[60].keypoints);
}

TEST(GemViews, TheBoxGoesOnWhereNobodyIsSeen) {
  GenerationRequest request = tenSeconds();
  request.views = {view(0, 90)};
  for (std::size_t f = 30; f < 60; ++f) request.views[0].frames[f] = BodySight{};
  const ClipConditions clip = conditions(heard(request));
  EXPECT_NEAR(clip.boxes[45].size, clip.boxes[10].size, 1e-2);
  EXPECT_FALSE(seenKeypoints(clip.keypoints[45], clip.boxes[45], true).isEnough);
}

// R_w2c[t+1] · R_w2c[t]ᵀ of a camera that turns at a steady rate.
TEST(GemViews, TheCamerasTurningIsThatOfOneFrame) {
  GenerationRequest request = tenSeconds();
  request.views = {view(0, 90)};
  EXPECT_FALSE(conditions(heard(request)).present[5].camera)
      << "a camera that stands is not told of";
  const glm::vec3 rate(0.1f, -0.7f, 0.2f);
  for (BodySight& sight : request.views[0].frames) sight.cameraTurning = rate;
  const ClipConditions clip = conditions(heard(request));
  EXPECT_TRUE(clip.present[5].camera);
  const glm::vec3 turned = axisAngleOfRotation(rotationOfSixD(clip.cameraVelocity[5]));
  for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(turned[axis], rate[axis] / 30, 1e-6);
  EXPECT_EQ(clip.cameraVelocity[200], (SixD{1, 0, 0, 0, 1, 0}));
}

TEST(GemSound, EntersWhereItIs) {
  GenerationRequest request = tenSeconds();
  request.range = FrameRange{200, 250};
  SoundFrames sound;
  sound.music.resize(300 * kMusicChannels);
  for (std::size_t i = 0; i < sound.music.size(); ++i) sound.music[i] = float(i / kMusicChannels);
  sound.hasMusic.assign(300, 0);
  std::fill(sound.hasMusic.begin() + 100, sound.hasMusic.end(), 1);
  sound.speech.assign(300 * kSpeechSamples, 0.5f);
  sound.hasSpeech.assign(300, 1);
  const auto score = heardScore(request, Wiring::Full, true, "no T5");
  ASSERT_TRUE(score) << score.error().message;
  const ClipConditions clip = conditions(*score, sound);
  ASSERT_EQ(clip.frames, 220);
  EXPECT_EQ(clip.music.size(), 220u * kMusicChannels);
  EXPECT_EQ(clip.music.front(), 80);
  EXPECT_EQ(clip.speech.size(), 220u * kSpeechSamples);
  EXPECT_FALSE(clip.present[19].music);
  EXPECT_TRUE(clip.present[20].music && clip.present[0].speech);
}

}  // namespace
}  // namespace kinescore::gem
