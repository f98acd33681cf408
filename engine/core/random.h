// Noise as a function: the same (seed, frame, channel) gives the same number, whatever the thread
// count, the batch or the order of calls. Philox4x32-10 (Salmon et al., "Parallel random numbers:
// as easy as 1, 2, 3", 2011), counter-based.
#pragma once

#include <array>
#include <cstdint>

namespace kinescore {

/// Four independent 32-bit words from a 128-bit counter and a 64-bit key.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                      std::array<std::uint32_t, 2> key);

/// Standard normal for one channel of one absolute frame. `stream` keeps uses apart (initial
/// noise, step noise, training masks …).
[[nodiscard]] float normalNoise(std::uint64_t seed, std::int64_t frame, std::uint32_t channel,
                                std::uint32_t stream = 0);

/// A small sequential generator over the same function: reproducible from (seed, a, b), used for
/// training draws and tests.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t a = 0, std::uint64_t b = 0);
  std::uint32_t nextWord();
  /// [0, 1)
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// [0, count)
  std::uint64_t below(std::uint64_t count);
  double normal();

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> words_{};
  int used_ = 4;
};

}  // namespace kinescore
