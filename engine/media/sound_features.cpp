#include "engine/media/sound_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/media/chroma.h"
#include "engine/media/fourier.h"
#include "engine/media/mel.h"
#include "engine/media/onsets.h"
#include "engine/media/resample.h"
#include "engine/media/tempo.h"

namespace kinescore {
namespace {

constexpr int kFftSize = 2048, kMelBandsOfMusic = 128;
constexpr int kOnsetDelay = kFftSize / (2 * kMusicHop);
constexpr int kTempoRate = 22050;  // the tempo to expect is found at this rate

/// What spectra of a sound give in one pass.
struct SpectralPass {
  std::vector<float> decibels;  // [frames][128]
  double tuningSteps = 0;
};

SpectralPass passOver(std::span<const float> samples, int rate, bool wantsTuning, std::stop_token stop) {
  ShortTimeFourier spectra(samples, kMusicHop, hannWindow(kFftSize));
  const MelBank mel(rate, kFftSize, kMelBandsOfMusic, 0, rate / 2.0);
  TuningEstimate tuning(rate, kFftSize);
  SpectralPass pass;
  pass.decibels.resize(std::size_t(spectra.frames()) * kMelBandsOfMusic);
  std::vector<float> magnitudes(spectra.bins()), power(spectra.bins());
  for (int f = 0; f < spectra.frames() && !stop.stop_requested(); ++f) {
    const auto spectrum = spectra.frame(f);
    std::transform(spectrum.begin(), spectrum.end(), power.begin(), [](const auto& v) { return float(std::norm(v)); });
    mel.apply(power, std::span(pass.decibels).subspan(std::size_t(f) * kMelBandsOfMusic, kMelBandsOfMusic));
    if (!wantsTuning) continue;
    std::transform(power.begin(), power.end(), magnitudes.begin(), [](float v) { return std::sqrt(v); });
    tuning.addFrame(magnitudes);
  }
  toDecibels(pass.decibels);
  pass.tuningSteps = tuning.steps();
  return pass;
}

/// The first coefficients of an orthonormal DCT-II of each frame.
void writeMfcc(std::span<const float> decibels, std::vector<float>& values) {
  constexpr int n = kMelBandsOfMusic;
  std::vector<double> table(kMfccCount * n);
  for (int k = 0; k < kMfccCount; ++k) {
    const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / n);
    for (int i = 0; i < n; ++i) table[k * n + i] = scale * std::cos(std::numbers::pi * k * (2 * i + 1) / (2.0 * n));
  }
  for (std::size_t f = 0; f * n < decibels.size(); ++f) {
    for (int k = 0; k < kMfccCount; ++k) {
      double sum = 0;
      for (int i = 0; i < n; ++i) sum += table[k * n + i] * decibels[f * n + i];
      values[f * kMusicChannels + kMusicMfcc + k] = float(sum);
    }
  }
}

double expectedTempo(const Sound& sound, std::stop_token stop) {
  const std::vector<float> samples = resample(sound.samples, sound.rate, kTempoRate);
  const SpectralPass pass = passOver(samples, kTempoRate, false, stop);
  return tempoOf(onsetStrength(pass.decibels, kMelBandsOfMusic, kOnsetDelay), double(kTempoRate) / kMusicHop);
}

}  // namespace

Result<MusicFeatures> musicFeatures(const Sound& sound, const std::function<void(double)>& progress,
                                    std::stop_token stop) {
  const auto isStopped = [&](double done) {
    if (progress) progress(done);
    return stop.stop_requested();
  };
  const Error stopped{ErrorCode::Cancelled, "Listening was stopped."};
  constexpr double kFps = double(kMusicRate) / kMusicHop;

  const std::vector<float> samples = resample(sound.samples, sound.rate, kMusicRate);
  if (isStopped(0.2)) return stopped;
  const SpectralPass pass = passOver(samples, kMusicRate, true, stop);
  if (isStopped(0.4)) return stopped;
  const std::vector<float> chroma = chromaCens(samples, kMusicRate, kMusicHop, pass.tuningSteps);
  if (isStopped(0.7)) return stopped;
  const double expected = expectedTempo(sound, stop);
  if (isStopped(0.95)) return stopped;

  MusicFeatures music;
  music.frames = int(pass.decibels.size()) / kMelBandsOfMusic;
  music.values.resize(std::size_t(music.frames) * kMusicChannels);
  const std::vector<float> onset = onsetStrength(pass.decibels, kMelBandsOfMusic, kOnsetDelay);
  if (expected > 0) music.beatsPerMinute = tempoOf(onset, kFps, expected);
  writeMfcc(pass.decibels, music.values);
  const auto at = [&](int frame, int channel) -> float& {
    return music.values[std::size_t(frame) * kMusicChannels + channel];
  };
  for (int f = 0; f < music.frames; ++f) {
    at(f, kMusicOnset) = onset[f];
    // an odd number of samples can end an octave of the tones one frame early
    for (int t = 0; t < kChromaTones && std::size_t(f) * kChromaTones < chroma.size(); ++t) {
      at(f, kMusicChroma + t) = chroma[std::size_t(f) * kChromaTones + t];
    }
  }
  for (const int f : pickPeaks(onset, usualPeakRules(kFps))) at(f, kMusicPeak) = 1;
  for (const int f : beatFrames(onset, kFps, music.beatsPerMinute)) at(f, kMusicBeat) = 1;
  if (isStopped(1)) return stopped;
  return music;
}

std::vector<float> speechSamples(const Sound& sound) {
  std::vector<float> samples = resample(sound.samples, sound.rate, kSpeechRate);
  samples.resize((samples.size() + kSpeechSamplesPerFrame - 1) / kSpeechSamplesPerFrame * kSpeechSamplesPerFrame);
  return samples;
}

}  // namespace kinescore
