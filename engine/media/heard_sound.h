// What the engine hears in a recording, as our own network is told of it: where its beats lie, how strongly something
// begins, how loud it is and in which bands, at the engine's 30 frames a second. It is the same question that training
// asks of a motion's accents (engine/generation/rhythm.h), answered for real sound.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/sound_kind.h"
#include "engine/media/sound.h"

namespace kinescore {

constexpr int kHeardRate = 30;  // frames a second
constexpr int kHeardBands = 8;  // evenly spaced in mel, up to 8 kHz

/// Plain data, stored with the request it was heard for. Numbers of frames are multiples of 1/1000, so that they are
/// the same when they were written and read back.
struct HeardSound {
  std::string file;               // its name without folders
  SoundKind kind = SoundKind::Auto;
  double startSeconds = 0;        // where in the recording `frame 0` and second 0 lie
  double beatsPerMinute = 0;      // the usual tempo; 0: no beat is heard
  int beatsPerBar = 0;            // 0: bars could not be told
  std::vector<double> beats;      // seconds, sorted
  std::vector<double> downbeats;  // those that begin a bar; empty where bars could not be told
  std::vector<float> onset;       // [frames] 0 … 1
  std::vector<float> loudness;    // [frames] 0 … 1: the loudest band
  std::vector<float> bands;       // [frames][kHeardBands] 0 … 1
  /// The recording itself, whole; absent in a take's request and in one that was read back from a file.
  std::shared_ptr<const Sound> sound;

  [[nodiscard]] int frames() const { return int(onset.size()); }
  /// Everything but the recording itself.
  bool operator==(const HeardSound& other) const;
};

/// Listens to a whole recording. `progress` hears 0 … 1. Silence has no beats and is no error; a stop is
/// ErrorCode::Cancelled.
[[nodiscard]] Result<HeardSound> hear(std::shared_ptr<const Sound> sound, std::string file,
                                      const std::function<void(double)>& progress = {}, std::stop_token stop = {});

/// The same recording as its author says it is. Speech has no beats that motion could be brought onto.
[[nodiscard]] HeardSound saidToBe(HeardSound heard, SoundKind kind);

/// The part from `from` to `to` (seconds from the start of `heard`, cut to it and to whole frames outward), with one
/// beat and one bar more on both sides, so that phases are known up to the ends.
[[nodiscard]] HeardSound partOf(const HeardSound& heard, double from, double to);

}  // namespace kinescore
