#include "engine/generation/part_mix.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace kinescore {
namespace {

TextTokens text(BodyPart part, int start, int end) {
  TextTokens t;
  t.part = part;
  t.startFrame = start;
  t.endFrame = end;
  return t;
}

TEST(PartMixTest, PartsOwnTheirJointsAndLegsTheWay) {
  const auto& arm = channelsOf(BodyPart::LeftArm);
  EXPECT_TRUE(arm[kRotationChannel + 6 * kLeftForeArm]);
  EXPECT_FALSE(arm[kRotationChannel + 6 * kRightForeArm]);
  EXPECT_FALSE(arm[kRootChannel]);
  const auto& legs = channelsOf(BodyPart::Legs);
  EXPECT_TRUE(legs[kRootChannel]);
  EXPECT_TRUE(legs[kHeadingChannel]);
  EXPECT_TRUE(legs[kContactChannel + 3]);
  // upper body and legs are the whole, and share nothing
  const auto& upper = channelsOf(BodyPart::Spine);
  for (int c = 0; c < kFeatureCount; ++c) EXPECT_NE(upper[c], legs[c]) << c;
}

TEST(PartMixTest, WhatLiesInsideAnotherPartComesAfterIt) {
  WindowConditions conditions = WindowConditions::empty(40);
  conditions.texts = {text(BodyPart::LeftArm, 0, 40), text(BodyPart::Whole, 0, 40), text(BodyPart::Spine, 0, 40),
                      text(BodyPart::LeftArm, 10, 20)};
  EXPECT_EQ(partsOf(conditions), (std::vector<BodyPart>{BodyPart::Spine, BodyPart::LeftArm}));
}

TEST(PartMixTest, ItsShareRisesInsideItsTimeAndFollowsItsStrength) {
  WindowConditions conditions = WindowConditions::empty(60);
  conditions.texts = {text(BodyPart::Head, 10, 50)};
  const auto share = shareOf(BodyPart::Head, conditions);
  EXPECT_EQ(share[9], 0);
  EXPECT_GT(share[10], 0);
  EXPECT_LT(share[12], share[14]);
  EXPECT_EQ(share[30], 1);
  EXPECT_EQ(share[50], 0);
  conditions.texts[0].strength.assign(60, 0.25f);
  EXPECT_EQ(shareOf(BodyPart::Head, conditions)[30], 0.25f);
  EXPECT_EQ(shareOf(BodyPart::Legs, conditions)[30], 0);
}

TEST(PartMixTest, OnlyThePartIsMixed) {
  std::vector<float> whole(2 * kFeatureCount, 1.0f);
  const std::vector<float> part(2 * kFeatureCount, 3.0f), share = {0.0f, 0.5f};
  mixPart(BodyPart::RightArm, share, part, whole);
  const auto& channels = channelsOf(BodyPart::RightArm);
  for (int c = 0; c < kFeatureCount; ++c) {
    EXPECT_EQ(whole[c], 1);
    EXPECT_EQ(whole[kFeatureCount + c], channels[c] ? 2 : 1);
  }
}

}  // namespace
}  // namespace kinescore
