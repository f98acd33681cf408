// Recordings of a test's own, as files.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace kinescore {

/// A WAV file (16 bits) of what `sampleAt` says for each second.
template <class SampleAt>
std::string wavOf(double seconds, int rate, SampleAt sampleAt) {
  const auto samples = std::uint32_t(seconds * rate);
  std::string bytes = "RIFF";
  const auto number = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += char(value >> (8 * i));
  };
  number(36 + 2 * samples, 4);
  bytes += "WAVEfmt ";
  for (const auto& [value, size] :
       {std::pair(16u, 4), {1u, 2}, {1u, 2}, {unsigned(rate), 4}, {2u * unsigned(rate), 4}, {2u, 2}, {16u, 2}})
    number(value, size);
  bytes += "data";
  number(2 * samples, 4);
  for (std::uint32_t i = 0; i < samples; ++i) {
    number(std::uint32_t(std::int32_t(32767 * sampleAt(double(i) / rate))) & 0xffff, 2);
  }
  return bytes;
}

/// Short tones (8,000 Hz), one at every beat from second 0.25 on.
inline std::string clickWav(double seconds, double beatsPerMinute) {
  const double step = 60 / beatsPerMinute;
  return wavOf(seconds, 8000, [step](double t) {
    const double since = std::fmod(t - 0.25 + step, step);
    return since < 0.033 ? 0.6 * std::exp(-100 * since) * std::sin(7540 * since) : 0.0;
  });
}

}  // namespace kinescore
