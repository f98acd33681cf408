#include "engine/core/random.h"

#include <cmath>
#include <numbers>

namespace kinescore {
namespace {

// (0, 1], so that its logarithm is finite
double unitOpenLow(std::uint32_t word) { return (double(word) + 1.0) / 4294967296.0; }

double boxMuller(std::uint32_t a, std::uint32_t b) {
  return std::sqrt(-2.0 * std::log(unitOpenLow(a))) *
         std::cos(2.0 * std::numbers::pi * (double(b) / 4294967296.0));
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> c,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ull * c[0];
    const std::uint64_t p1 = 0xCD9E8D57ull * c[2];
    c = {std::uint32_t(p1 >> 32) ^ c[1] ^ key[0], std::uint32_t(p1),
         std::uint32_t(p0 >> 32) ^ c[3] ^ key[1], std::uint32_t(p0)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return c;
}

float normalNoise(std::uint64_t seed, std::int64_t frame, std::uint32_t channel,
                  std::uint32_t stream) {
  const auto f = static_cast<std::uint64_t>(frame);
  const auto words = philox4x32({std::uint32_t(f), std::uint32_t(f >> 32), channel, stream},
                                {std::uint32_t(seed), std::uint32_t(seed >> 32)});
  return static_cast<float>(boxMuller(words[0], words[1]));
}

CounterRandom::CounterRandom(std::uint64_t seed, std::uint64_t a, std::uint64_t b)
    : key_{std::uint32_t(seed ^ (b << 32)), std::uint32_t((seed >> 32) ^ (b >> 32))},
      counter_{0, std::uint32_t(b), std::uint32_t(a), std::uint32_t(a >> 32)} {}

std::uint32_t CounterRandom::nextWord() {
  if (used_ == 4) {
    words_ = philox4x32(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return words_[used_++];
}

double CounterRandom::uniform() {
  const std::uint64_t high = nextWord();
  return double(high << 21 ^ (nextWord() >> 11)) / double(1ull << 53);
}

std::uint64_t CounterRandom::below(std::uint64_t count) {
  return count == 0 ? 0 : static_cast<std::uint64_t>(uniform() * double(count));
}

double CounterRandom::normal() {
  const std::uint32_t a = nextWord();
  return boxMuller(a, nextWord());
}

}  // namespace kinescore
