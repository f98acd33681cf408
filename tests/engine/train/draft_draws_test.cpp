#include "engine/train/draft_draws.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

TEST(DraftDrawsTest, ADraftIsRoughButOfTheSameMotion) {
  MotionFeatures walk = smallWindow(64, 4);
  measureStatistics(std::vector{walk}).normalise(walk.values);
  std::vector<float> mean(kDraftChannels);
  const auto value = [&](std::int64_t f, int c) { return walk.values[f * kFeatureCount + kPositionChannel + c]; };
  for (int c = 0; c < kDraftChannels; ++c) {
    for (int f = 0; f < 64; ++f) mean[c] += value(f, c) / 64;
  }
  int exact = 0, parts = 0, weak = 0, nearer = 0;
  for (int i = 0; i < 200; ++i) {
    CounterRandom random(2, i), again(2, i);
    WindowConditions conditions = WindowConditions::empty(64), same = conditions;
    sketchDraft(walk.values, random, conditions);
    sketchDraft(walk.values, again, same);
    ASSERT_EQ(conditions.draft, same.draft);
    ASSERT_EQ(conditions.draftMask.size(), 64u);
    double off = 0, ofMean = 0, largest = 0;
    for (int f = 0; f < 64; ++f) {
      if (conditions.draftMask[f] <= 0) continue;
      for (int c = 0; c < kDraftChannels; ++c) {
        const double gap = conditions.draft[f * kDraftChannels + c] - value(f, c);
        ASSERT_TRUE(std::isfinite(gap));
        off += gap * gap;
        ofMean += std::pow(mean[c] - value(f, c), 2);
        largest = std::max(largest, std::abs(gap));
      }
    }
    exact += largest < 1e-6;
    nearer += off < ofMean;
    parts += std::count(conditions.draftMask.begin(), conditions.draftMask.end(), 0.0f) > 0;
    const float strength = *std::max_element(conditions.draftMask.begin(), conditions.draftMask.end());
    weak += strength < 1;
    ASSERT_LE(strength, 1);
    ASSERT_GT(strength, 0.15f);
  }
  EXPECT_EQ(exact, 0);  // nothing is handed over as it is
  EXPECT_GT(nearer, 120);
  EXPECT_GT(parts, 25);
  EXPECT_LT(parts, 80);
  EXPECT_GT(weak, 30);
  EXPECT_LT(weak, 100);
}

}  // namespace
}  // namespace kinescore
