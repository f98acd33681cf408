#include "engine/train/gem/gem_masks.h"

#include <gtest/gtest.h>

#include "engine/train/gem/gem_batch.h"
#include "tests/engine/network/small_model.h"

namespace kinescore::gem {
namespace {

constexpr int kFrames = 60, kDraws = 300;

Example exampleWith(bool words) {
  CounterRandom random(3);
  const auto kind = words ? ExampleKind::Told : ExampleKind::Captured;
  Example example = seenExample(featuresFromMotion(smallWalk(kFrames, 5)).values, kind, kFrames, {}, random);
  if (words) example.conditions.text.assign(std::size_t(kTextTokens) * kTextChannels, 1.0f);
  return example;
}

/// Shares over many draws.
struct Shares {
  double text = 0, view = 0, camera = 0, box = 0, points = 0;  // of samples, samples, frames, frames, points
};
Shares sharesOf(const Example& example, TrainPass pass) {
  Shares shares;
  for (int i = 0; i < kDraws; ++i) {
    CounterRandom random(7, std::uint64_t(i));
    const ShownConditions shown = shownConditions(example, pass, random);
    shares.text += !shown.clip.text.empty();
    bool isSeen = false;
    for (std::size_t f = 0; f < kFrames; ++f) {
      isSeen = isSeen || shown.clip.present[f].keypoints;
      shares.camera += shown.clip.present[f].camera / double(kFrames);
      shares.box += shown.boxShown[f] / double(kFrames);
      for (const Keypoint& point : shown.clip.keypoints[f]) {
        shares.points += (point.confidence > 0.5f) / double(kFrames * kKeypoints);
      }
    }
    shares.view += isSeen;
  }
  for (double* share : {&shares.text, &shares.view, &shares.camera, &shares.box, &shares.points}) *share /= kDraws;
  return shares;
}

TEST(GemMasksTest, SharesAreThePublishedOnes) {
  const Shares told = sharesOf(exampleWith(true), TrainPass::Diffusion);
  EXPECT_NEAR(told.text, 0.9, 0.05);
  EXPECT_NEAR(told.view, 0.5, 0.08);
  EXPECT_NEAR(told.box, 0.9, 0.02);
  EXPECT_EQ(told.camera, 0);  // with words the camera is never told of
  const Shares captured = sharesOf(exampleWith(false), TrainPass::Diffusion);
  EXPECT_EQ(captured.text, 0);
  EXPECT_EQ(captured.view, 1);
  EXPECT_NEAR(captured.camera, 0.9, 0.02);
  // spans: about one frame in four without points, and of the rest some joints for as long
  EXPECT_LT(captured.points, 0.85);
  EXPECT_GT(captured.points, 0.4);
}

TEST(GemMasksTest, TheRegressionPassAlwaysSees) {
  const Shares told = sharesOf(exampleWith(true), TrainPass::Regression);
  EXPECT_EQ(told.view, 1);
  EXPECT_NEAR(told.text, 0.9, 0.05);
  EXPECT_EQ(told.camera, 0);
}

TEST(GemMasksTest, WhatHangsOnAHiddenJointIsHiddenAndTooFewPointsAreNone) {
  const Example example = exampleWith(false);
  constexpr int kShoulder = 5, kElbow = 7, kWrist = 9, kNose = 0;
  int partly = 0;
  for (int i = 0; i < kDraws; ++i) {
    CounterRandom random(8, std::uint64_t(i));
    const ShownConditions shown = shownConditions(example, TrainPass::Regression, random);
    for (std::size_t f = 0; f < kFrames; ++f) {
      const Keypoints& points = shown.clip.keypoints[f];
      const auto seen = [&](int k) { return points[std::size_t(k)].confidence > 0.5f; };
      int count = 0;
      for (int k = 0; k < kKeypoints; ++k) count += seen(k);
      EXPECT_TRUE(seen(kShoulder) || !(seen(kElbow) || seen(kWrist) || seen(kNose)));
      EXPECT_TRUE(seen(kElbow) || !seen(kWrist));
      if (count > 3 && count < kKeypoints) ++partly;
      EXPECT_TRUE(count > 3 || !shown.clip.present[f].keypoints);
    }
  }
  EXPECT_GT(partly, 100);
}

TEST(GemMasksTest, ABoxThatIsNotShownIsFlaggedAway) {
  const Example example = exampleWith(false);
  CounterRandom random(9);
  ShownConditions shown = shownConditions(example, TrainPass::Regression, random);
  for (Presence& present : shown.clip.present) present.keypoints = true;
  shown.clip.keypoints = example.conditions.keypoints;
  std::fill(shown.boxShown.begin(), shown.boxShown.end(), 1.0f);
  shown.boxShown[3] = 0;
  const ConditionTensors tensors = gatherShown({shown, shown});
  EXPECT_EQ(tensors.hasBox[1][3].item<float>(), 0);
  EXPECT_EQ(tensors.hasBox[1][4].item<float>(), 1);
}

}  // namespace
}  // namespace kinescore::gem
