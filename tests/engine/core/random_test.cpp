#include "engine/core/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <thread>
#include <vector>

namespace kinescore {
namespace {

using Words4 = std::array<std::uint32_t, 4>;

// Known answers published with the function (Random123, kat_vectors, philox4x32 10).
TEST(PhiloxTest, GivesTheKnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words4{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, {ones, ones}), (Words4{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words4{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(NormalNoiseTest, IsAFunctionOfItsArguments) {
  const float value = normalNoise(1, 100, 5);
  EXPECT_EQ(normalNoise(1, 100, 5), value);
  const std::set<float> others = {value, normalNoise(2, 100, 5), normalNoise(1, 101, 5), normalNoise(1, 100, 6),
                                  normalNoise(1, 100, 5, 1), normalNoise(1, -100, 5), normalNoise(1ull << 40, 100, 5)};
  EXPECT_EQ(others.size(), 7u);
}

TEST(NormalNoiseTest, IsTheSameFromEveryThread) {
  constexpr int kFrames = 500;
  std::vector<float> alone(kFrames);
  for (int f = 0; f < kFrames; ++f) alone[f] = normalNoise(9, f, 3);
  std::vector<float> shared(kFrames);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&shared, t] {
      for (int f = kFrames - 1 - t; f >= 0; f -= 4) shared[f] = normalNoise(9, f, 3);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared, alone);
}

TEST(NormalNoiseTest, IsStandardNormal) {
  constexpr int kCount = 400'000;
  double sum = 0, squares = 0, cubes = 0, fourths = 0, beside = 0;
  int outside2 = 0;
  for (int i = 0; i < kCount; ++i) {
    const double x = normalNoise(77, i / 100, std::uint32_t(i % 100));
    sum += x;
    squares += x * x;
    cubes += x * x * x;
    fourths += x * x * x * x;
    beside += x * normalNoise(77, i / 100 + 1, std::uint32_t(i % 100));
    outside2 += std::abs(x) > 2;
  }
  // Five standard errors.
  EXPECT_NEAR(sum / kCount, 0, 5 / std::sqrt(double(kCount)));
  EXPECT_NEAR(squares / kCount, 1, 5 * std::sqrt(2.0 / kCount));
  EXPECT_NEAR(cubes / kCount, 0, 5 * std::sqrt(15.0 / kCount));
  EXPECT_NEAR(fourths / kCount, 3, 5 * std::sqrt(96.0 / kCount));
  EXPECT_NEAR(beside / kCount, 0, 5 / std::sqrt(double(kCount))) << "neighbouring frames";
  EXPECT_NEAR(double(outside2) / kCount, 0.0455, 0.002);
}

TEST(CounterRandomTest, RepeatsFromItsSeedAndStaysInRange) {
  CounterRandom a(1, 2, 3), b(1, 2, 3), c(1, 2, 4);
  int equal = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double x = a.uniform();
    ASSERT_EQ(x, b.uniform());
    equal += x == c.uniform();
    ASSERT_TRUE(x >= 0 && x < 1);
  }
  EXPECT_LT(equal, 3);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts.at(a.below(7));
  for (int count : counts) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(a.below(0), 0u);
}

}  // namespace
}  // namespace kinescore
