#include "engine/core/ticks.h"

#include <gtest/gtest.h>

#include "engine/core/random.h"

namespace kinescore {
namespace {

const FrameRate kExactRates[] = {{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1},
                                 {48, 1},       {50, 1}, {60000, 1001}, {60, 1}, {120, 1}};

class EveryRateTest : public testing::TestWithParam<FrameRate> {};

TEST_P(EveryRateTest, AFrameIsAWholeNumberOfTicks) {
  const FrameRate rate = GetParam();
  EXPECT_EQ(kTicksPerSecond * rate.denominator % rate.numerator, 0);
  const Ticks one = ticksOfFrame(1, rate);
  for (std::int64_t f : {-1000, -1, 0, 1, 2, 1000, 10'368'000}) EXPECT_EQ(ticksOfFrame(f, rate), one * f);
}

TEST_P(EveryRateTest, FramesAndTicksGoThereAndBack) {
  const FrameRate rate = GetParam();
  for (std::int64_t f = -2000; f < 20'000; ++f) {
    const Ticks start = ticksOfFrame(f, rate);
    ASSERT_EQ(frameAt(start, rate), f);
    ASSERT_EQ(frameAt(start + Ticks{1}, rate), f);
    ASSERT_EQ(frameAt(start - Ticks{1}, rate), f - 1);
    ASSERT_EQ(frameAtOrAfter(start, rate), f);
    ASSERT_EQ(frameAtOrAfter(start + Ticks{1}, rate), f + 1);
    ASSERT_EQ(nearestFrame(start + Ticks{1}, rate), f);
    ASSERT_EQ(nearestFrame(start - Ticks{1}, rate), f);
  }
}

TEST_P(EveryRateTest, ADayHoldsWithoutOverflow) {
  const FrameRate rate = GetParam();
  const Ticks day{kTicksPerSecond * 86'400};
  const std::int64_t frame = frameAt(day, rate);
  EXPECT_LE(ticksOfFrame(frame, rate), day);
  EXPECT_GT(ticksOfFrame(frame + 1, rate), day);
}

INSTANTIATE_TEST_SUITE_P(All, EveryRateTest, testing::ValuesIn(kExactRates));

TEST(TicksTest, SamplesOfEverySoundRateAreWholeTicks) {
  for (std::int64_t hertz : {8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 192000}) {
    EXPECT_EQ(kTicksPerSecond % hertz, 0) << hertz;
  }
}

TEST(TicksTest, ARateThatDoesNotFitIsRoundedDown) {
  const FrameRate odd{1'000'003, 7};
  for (std::int64_t f = -500; f < 500; ++f) {
    const Ticks start = ticksOfFrame(f, odd);
    const double exact = double(f) * kTicksPerSecond * 7 / 1'000'003;
    EXPECT_LE(double(start.value), exact + 1e-6);
    EXPECT_GT(double(start.value), exact - 1 - 1e-6);
  }
}

TEST(TicksTest, ARangeRoundsOutwardToFrames) {
  const Ticks frame = ticksOfFrame(1, kEngineRate);
  EXPECT_EQ(framesCovering({frame * 3, frame * 5}, kEngineRate), (FrameRange{3, 5}));
  EXPECT_EQ(framesCovering({frame * 3 + Ticks{1}, frame * 5 + Ticks{1}}, kEngineRate), (FrameRange{3, 6}));
  EXPECT_EQ(framesCovering({frame * 3 - Ticks{1}, frame * 5 - Ticks{1}}, kEngineRate), (FrameRange{2, 5}));
}

TEST(TicksTest, SecondsRoundToTheNearestTick) {
  EXPECT_EQ(ticksFromSeconds(0.5).value, kTicksPerSecond / 2);
  EXPECT_EQ(ticksFromSeconds(-0.5).value, -kTicksPerSecond / 2);
  EXPECT_EQ(ticksFromSeconds(1.4 / kTicksPerSecond).value, 1);
  EXPECT_EQ(ticksFromSeconds(1.6 / kTicksPerSecond).value, 2);
  EXPECT_EQ(ticksFromSeconds(-1.6 / kTicksPerSecond).value, -2);
  EXPECT_DOUBLE_EQ(secondsOf(ticksFromSeconds(12.25)), 12.25);
}

TEST(TimeRangeTest, IsHalfOpen) {
  const TimeRange range{{10}, {20}};
  EXPECT_TRUE(range.contains({10}));
  EXPECT_FALSE(range.contains({20}));
  EXPECT_FALSE(range.overlaps({{20}, {30}})) << "neighbours do not overlap";
  EXPECT_TRUE(range.overlaps({{19}, {30}}));
  EXPECT_TRUE((TimeRange{{5}, {5}}).isEmpty());
  EXPECT_EQ(range.length(), Ticks{10});
}

}  // namespace
}  // namespace kinescore
