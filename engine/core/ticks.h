// Time. The document counts in ticks, 1/705 600 000 s: an exact number of them fits a frame of
// every rate in use (23.976 … 120) and a sample of every sound rate. The engine counts in its own
// frames, 30 a second.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

namespace kinescore {

/// A point in document time, or a length of it.
struct Ticks {
  std::int64_t value = 0;

  auto operator<=>(const Ticks&) const = default;
  constexpr Ticks operator-() const { return {-value}; }
  constexpr Ticks& operator+=(Ticks other) { value += other.value; return *this; }
  constexpr Ticks& operator-=(Ticks other) { value -= other.value; return *this; }
};

constexpr std::int64_t kTicksPerSecond = 705'600'000;

constexpr Ticks operator+(Ticks a, Ticks b) { return {a.value + b.value}; }
constexpr Ticks operator-(Ticks a, Ticks b) { return {a.value - b.value}; }
constexpr Ticks operator*(Ticks a, std::int64_t n) { return {a.value * n}; }

constexpr double secondsOf(Ticks t) { return double(t.value) / double(kTicksPerSecond); }
/// Nearest tick. Only at the border (files, typed text): never store seconds.
constexpr Ticks ticksFromSeconds(double seconds) {
  const double scaled = seconds * double(kTicksPerSecond);
  return {static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5)};
}

/// Half-open [start, end).
struct TimeRange {
  Ticks start;
  Ticks end;

  bool operator==(const TimeRange&) const = default;
  [[nodiscard]] constexpr Ticks length() const { return end - start; }
  [[nodiscard]] constexpr bool isEmpty() const { return end <= start; }
  [[nodiscard]] constexpr bool contains(Ticks t) const { return start <= t && t < end; }
  [[nodiscard]] constexpr bool overlaps(const TimeRange& o) const { return start < o.end && o.start < end; }
};

/// Exact, so that 24000/1001 survives a save and a reload.
struct FrameRate {
  std::int32_t numerator = 30;
  std::int32_t denominator = 1;

  bool operator==(const FrameRate&) const = default;
  [[nodiscard]] constexpr double fps() const { return double(numerator) / denominator; }
  [[nodiscard]] constexpr bool isValid() const { return numerator > 0 && denominator > 0; }
};

/// The rate at which the engine thinks. Never shown to the user.
constexpr FrameRate kEngineRate{30, 1};

/// Exact for 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60 and 120 fps; rounded down otherwise.
constexpr Ticks ticksOfFrame(std::int64_t frame, FrameRate rate) {
  __extension__ using Wide = __int128;
  const Wide scaled = Wide(frame) * kTicksPerSecond * rate.denominator;
  Wide quotient = scaled / rate.numerator;
  if (scaled % rate.numerator != 0 && scaled < 0) --quotient;
  return {static_cast<std::int64_t>(quotient)};
}

/// The frame that shows at `t`: rounded down.
constexpr std::int64_t frameAt(Ticks t, FrameRate rate) {
  __extension__ using Wide = __int128;
  const Wide scaled = Wide(t.value) * rate.numerator;
  const Wide unit = Wide(kTicksPerSecond) * rate.denominator;
  Wide quotient = scaled / unit;
  if (scaled % unit != 0 && scaled < 0) --quotient;
  return static_cast<std::int64_t>(quotient);
}

/// The first frame at or after `t`: rounded up.
constexpr std::int64_t frameAtOrAfter(Ticks t, FrameRate rate) {
  const std::int64_t frame = frameAt(t, rate);
  return ticksOfFrame(frame, rate) < t ? frame + 1 : frame;
}

constexpr std::int64_t nearestFrame(Ticks t, FrameRate rate) {
  const std::int64_t below = frameAt(t, rate);
  return (t - ticksOfFrame(below, rate)) < (ticksOfFrame(below + 1, rate) - t) ? below : below + 1;
}

/// Half-open run of frames [start, end).
struct FrameRange {
  std::int64_t start = 0;
  std::int64_t end = 0;

  bool operator==(const FrameRange&) const = default;
  [[nodiscard]] constexpr std::int64_t length() const { return end - start; }
  [[nodiscard]] constexpr bool isEmpty() const { return end <= start; }
  [[nodiscard]] constexpr bool contains(std::int64_t f) const { return start <= f && f < end; }
};

/// A time range rounded *outward* to whole frames.
constexpr FrameRange framesCovering(TimeRange range, FrameRate rate) {
  return {frameAt(range.start, rate), frameAtOrAfter(range.end, rate)};
}

}  // namespace kinescore
