// Recordings of a test's own, as files.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace kinescore {

/// A WAV file (16 bits, 8,000 Hz) of short tones, one at every beat from second 0.25 on.
inline std::string clickWav(double seconds, double beatsPerMinute) {
  constexpr int kRate = 8000;
  const auto samples = std::uint32_t(seconds * kRate);
  std::string bytes = "RIFF";
  const auto number = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += char(value >> (8 * i));
  };
  number(36 + 2 * samples, 4);
  bytes += "WAVEfmt ";
  for (const auto& [value, size] :
       {std::pair(16u, 4), {1u, 2}, {1u, 2}, {unsigned(kRate), 4}, {2u * kRate, 4}, {2u, 2}, {16u, 2}})
    number(value, size);
  bytes += "data";
  number(2 * samples, 4);
  const double step = 60 / beatsPerMinute;
  for (std::uint32_t i = 0; i < samples; ++i) {
    const double t = double(i) / kRate, since = std::fmod(t - 0.25 + step, step);
    const double tone = since < 0.033 ? 0.6 * std::exp(-100 * since) * std::sin(7540 * since) : 0;
    number(std::uint32_t(std::int32_t(32767 * tone)) & 0xffff, 2);
  }
  return bytes;
}

}  // namespace kinescore
