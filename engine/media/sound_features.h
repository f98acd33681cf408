// What published models that move to music or speech are given, exactly as their training data was made. Music: the
// 35 numbers a frame of EDGE (Tseng, Castellanon and Liu, CVPR 2023), which GEM took over; every step as librosa 0.9
// defines it (docs/sound.md lists them). Speech: the waveform itself.
#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/media/sound.h"

namespace kinescore {

constexpr int kMusicRate = 15360, kMusicHop = 512;  // exactly 30 frames a second
constexpr int kMfccCount = 20;
constexpr int kMusicChannels = 35;
/// Columns: onset strength; 20 MFCC; 12 chroma CENS, C first; 1 where an onset is, else 0; 1 on a beat, else 0.
constexpr int kMusicOnset = 0, kMusicMfcc = 1, kMusicChroma = 21, kMusicPeak = 33, kMusicBeat = 34;

struct MusicFeatures {
  int frames = 0;             // 1 + samples at 15,360 Hz / 512: one more than the whole frames of the recording
  double beatsPerMinute = 0;  // the tempo its beats were looked for at; 0 in silence
  std::vector<float> values;  // [frames][35], not normalised
};

/// Of a whole recording: frame f is centred on second f / 30. `progress` hears 0 … 1. A stop is ErrorCode::Cancelled;
/// nothing else fails.
[[nodiscard]] Result<MusicFeatures> musicFeatures(const Sound& sound, const std::function<void(double)>& progress = {},
                                                  std::stop_token stop = {});

constexpr int kSpeechRate = 18000, kSpeechSamplesPerFrame = 600;

/// [600 · frames], −1 … 1: whole frames only, the last filled up with silence.
[[nodiscard]] std::vector<float> speechSamples(const Sound& sound);

}  // namespace kinescore
