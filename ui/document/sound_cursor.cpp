#include "ui/document/sound_cursor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kinescore {
namespace {

/// Below it a range is no time at all: turning would go on for ever.
constexpr double kLeastRange = 1e-3;

/// What goes backwards is what goes onward in a mirror.
SoundCursor mirrored(const SoundCursor& cursor, const SoundRange& range) {
  return {range.start + range.end - cursor.seconds, -cursor.speed};
}

SoundCursor turnedOnward(SoundCursor cursor, const SoundRange& range) {
  const double length = range.length();
  if (cursor.seconds >= range.start && cursor.seconds < range.end) {
    return cursor;
  }
  const double period = range.turn == SoundTurn::PingPong ? 2 * length : length;
  double into = std::fmod(cursor.seconds - range.start, period);
  into += into < 0 ? period : 0;
  if (into >= length) {
    // In the second half of a period it goes the other way than before.
    cursor.speed = -cursor.speed;
    into = period - into;
  }
  cursor.seconds = range.start + into;
  return cursor;
}

}  // namespace

SoundRange endlessRange() {
  constexpr double kFar = 1e9;
  return {-kFar, kFar, SoundTurn::Never};
}

std::size_t samplesToEnd(const SoundCursor& cursor, const SoundRange& range, int rate, std::size_t most) {
  const double step = std::abs(cursor.speed) / rate;
  const double way = cursor.speed > 0 ? range.end - cursor.seconds : cursor.seconds - range.start;
  if (way <= 0 || step == 0) {
    return 0;
  }
  return std::size_t(std::min(std::ceil(way / step), double(most)));
}

SoundCursor turned(SoundCursor cursor, const SoundRange& range) {
  if (range.turn == SoundTurn::Never || range.length() < kLeastRange) {
    return cursor;
  }
  return cursor.speed < 0 ? mirrored(turnedOnward(mirrored(cursor, range), range), range) : turnedOnward(cursor, range);
}

SoundCursor advanced(SoundCursor cursor, const SoundRange& range, double seconds) {
  cursor.seconds += seconds * cursor.speed;
  return turned(cursor, range);
}

double distanceOf(const SoundCursor& a, const SoundCursor& b, const SoundRange& range) {
  const double straight = std::abs(a.seconds - b.seconds);
  const double overSeam = range.turn == SoundTurn::Loop ? std::abs(range.length() - straight) : straight;
  return std::min(straight, overSeam);
}

}  // namespace kinescore
