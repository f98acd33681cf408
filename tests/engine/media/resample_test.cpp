#include "engine/media/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace kinescore {
namespace {

std::vector<float> tone(double hertz, int rate, int samples) {
  std::vector<float> out(samples);
  for (int i = 0; i < samples; ++i) out[i] = float(std::sin(2 * std::numbers::pi * hertz * i / rate));
  return out;
}

TEST(ResampleTest, AToneStaysTheToneAtAnyPairOfRates) {
  for (const auto& [from, to] :
       {std::pair{44100, 15360}, {22050, 15360}, {48000, 18000}, {8000, 18000}, {44056, 15360}, {96000, 48000}}) {
    const auto got = resample(tone(1000, from, from), from, to);
    EXPECT_EQ(got.size(), std::size_t(to));
    const auto wanted = tone(1000, to, to);
    for (int i = to / 10; i < to * 9 / 10; ++i)
      ASSERT_NEAR(got[i], wanted[i], 2e-4) << from << " to " << to << " at " << i;
  }
}

TEST(ResampleTest, WhatTheSlowerRateCannotHoldIsGone) {
  const auto got = resample(tone(9000, 44100, 44100), 44100, 15360);
  for (std::size_t i = 2000; i < got.size() - 2000; ++i) ASSERT_NEAR(got[i], 0, 1e-4);
}

TEST(ResampleTest, TheFirstSampleStaysWhereItIs) {
  std::vector<float> impulse(1000);
  impulse[500] = 1;
  const auto got = resample(impulse, 2, 1);
  EXPECT_EQ(std::max_element(got.begin(), got.end()) - got.begin(), 250);
  EXPECT_EQ(resample(impulse, 7, 7), impulse);
  EXPECT_TRUE(resample({}, 44100, 15360).empty());
  EXPECT_EQ(resample(std::vector<float>(3, 0.5f), 44100, 15360).size(), 2u);
}

}  // namespace
}  // namespace kinescore
