// Where in timeline time sound is read on, and what happens at the ends of the play range: the same as the playhead does,
// but exact to the sample, so that a loop does not lose its first beat to the time a sound card needs.
#pragma once

#include <cstddef>

namespace kinescore {

/// Seconds of timeline time. 1 is real time, negative is backwards.
struct SoundCursor {
  double seconds = 0;
  double speed = 1;
};

enum class SoundTurn { Never, Loop, PingPong };

/// Half-open seconds within which it stays.
struct SoundRange {
  double start = 0, end = 0;
  SoundTurn turn = SoundTurn::Never;
  bool operator==(const SoundRange&) const = default;
  [[nodiscard]] double length() const { return end - start; }
};

/// For what plays without ends.
[[nodiscard]] SoundRange endlessRange();

/// Samples from the cursor to the end that it goes towards; at most `most`.
[[nodiscard]] std::size_t samplesToEnd(const SoundCursor& cursor, const SoundRange& range, int rate, std::size_t most);
/// The cursor where an end was passed: at the other one, or on its way back, by as much as it went too far. Where nothing
/// turns it stays outside.
[[nodiscard]] SoundCursor turned(SoundCursor cursor, const SoundRange& range);
/// The cursor so many seconds of real time later.
[[nodiscard]] SoundCursor advanced(SoundCursor cursor, const SoundRange& range, double seconds);
/// How far apart two places are; over the seam of a loop, when that is shorter.
[[nodiscard]] double distanceOf(const SoundCursor& a, const SoundCursor& b, const SoundRange& range);

}  // namespace kinescore
