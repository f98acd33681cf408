// What the sound clips of a timeline sound like together, as samples of a stretch of timeline time. One channel, as
// recordings are read.
//
// A clip's strength is no volume: it says how closely the engine follows the sound. What is to be followed loosely is
// still heard in full, or its author could not judge by ear what the motion does beside it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/media/sound.h"
#include "engine/timeline/timeline.h"
#include "ui/document/sound_cursor.h"

namespace kinescore {

/// A recording where it lies: at `span.start` its `inPoint` is heard. It may end before the span does.
struct PlacedSound {
  TimeRange span;
  Ticks inPoint;
  std::shared_ptr<const Sound> sound;
};

/// Sound clips that count: with a file, not muted, on tracks that are neither muted nor silenced by another's solo.
[[nodiscard]] std::vector<std::shared_ptr<const Clip>> heardSoundClips(const Timeline& timeline);

/// Adds to `out`, whose sample i lies at cursor.seconds + i · speed / rate. Nothing is heard outside of `range`, as
/// nothing is outside of a clip; at the ends of both it takes a few milliseconds to come and go, so that nothing clicks.
void addSounds(std::span<const PlacedSound> sounds, const SoundCursor& cursor, const SoundRange& range, int rate,
               std::span<float> out);
/// The same for a cursor that goes on and turns at the ends of the range.
void addSoundsOnward(std::span<const PlacedSound> sounds, SoundCursor& cursor, const SoundRange& range, int rate,
                     std::span<float> out);

/// Leaves quiet samples as they are and bends what is louder into −1 … 1.
void clipSoftly(std::span<float> samples);

}  // namespace kinescore
