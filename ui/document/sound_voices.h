// What is sounding now: filled by the window's thread, emptied by the output's. A voice that is replaced goes within
// milliseconds, and so does the next one come, so that neither a seek nor a stop clicks.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "ui/document/sound_mix.h"

namespace kinescore {

class SoundVoices {
 public:
  using Sounds = std::shared_ptr<const std::vector<PlacedSound>>;

  explicit SoundVoices(int rate) : rate_(rate) {}

  void setSounds(Sounds sounds);
  /// Plays from there on, in place of what sounds.
  void play(const SoundCursor& cursor, const SoundRange& range);
  /// The same for a moment.
  void playGrain(double seconds, double length);
  /// What sounds goes away.
  void silence();
  /// The same where nobody pulls any more: the next thing heard has nothing of it.
  void clear();
  /// The ends it turns at have moved.
  void setRange(const SoundRange& range);

  /// Of what plays on: what is pulled next. Nothing while nothing plays, or not yet.
  [[nodiscard]] std::optional<SoundCursor> next() const;

  /// The next samples, each twice: left and right.
  void pull(std::span<float> interleaved);

 private:
  struct Voice {
    SoundCursor cursor;
    SoundRange range;
    std::int64_t left = std::numeric_limits<std::int64_t>::max();  // samples to come
    std::int64_t age = 0;                                          // samples that came
  };
  void replace(std::optional<Voice> voice);
  void addVoice(Voice& voice, std::span<float> out);

  const int rate_;
  mutable std::mutex mutex_;
  Sounds sounds_;
  std::optional<Voice> voice_;
  std::vector<Voice> leaving_;
  std::vector<float> mixed_, one_;  // kept: a sound card's thread should not have to wait for memory
};

}  // namespace kinescore
