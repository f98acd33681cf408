#include "engine/media/heard_sound.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/media/bars.h"
#include "engine/media/beat_tracker.h"
#include "engine/media/fourier.h"
#include "engine/media/mel.h"
#include "engine/media/resample.h"

namespace kinescore {

HeardSound saidToBe(HeardSound heard, SoundKind kind) {
  heard.kind = kind;
  if (kind != SoundKind::Speech) return heard;
  heard.beats.clear();
  heard.downbeats.clear();
  heard.beatsPerMinute = 0;
  heard.beatsPerBar = 0;
  return heard;
}

bool HeardSound::operator==(const HeardSound& other) const {
  return file == other.file && kind == other.kind && startSeconds == other.startSeconds &&
         beatsPerMinute == other.beatsPerMinute && beatsPerBar == other.beatsPerBar && beats == other.beats &&
         downbeats == other.downbeats && onset == other.onset && loudness == other.loudness && bands == other.bands;
}

namespace {

constexpr int kListenRate = 22050, kListenHop = 220, kFftSize = 1024;
constexpr double kLooksPerSecond = double(kListenRate) / kListenHop;  // about 100
constexpr int kFineBands = 80;
constexpr double kLowestHertz = 27.5, kHighestFine = 10000, kHighestBand = 8000;
constexpr int kLag = 2;  // looks between the spectra that are compared
// A window reaches a beginning before it is there: where it begins to show, and where most of it has shown.
constexpr double kEarly = 0.013, kMostlyShown = 0.004;  // seconds
constexpr double kUsualPeak = 0.98;                     // share of looks below what counts as full
constexpr float kFaintestBand = 0.01f;   // of the loudest, −40 dB: a band that never gets beyond is not heard
constexpr int kReach = 5;                // looks after a tracked beat in which what begins is that beat
constexpr float kPlainBeginning = 0.3f;  // less begins too softly to say when exactly
constexpr double kBeatSounds = 0.1;      // seconds of a beat whose spectrum tells it from others
// A beat is one when the recording repeats itself with it, by more than chance can do in so many looks (noise reaches
// 2 / √looks), or, where the tempo drifts too far for that, when hardly anything begins elsewhere. Speech of 15 s
// reaches 0.08 and 2.7, 46 s of a string orchestra with much rubato 0.11 and 1.5, clicks 9.
constexpr double kRepeats = 0.05, kRepeatsByChance = 2, kClear = 4;
constexpr float kFaintestBeginning = 0.5f;  // what the strongest of all, or the usual one at a clear beat, must reach
// Factors of ten, all bands together: what counts as full at least (music: 7 to 90), and what is no rise at all.
constexpr float kFaintestRise = 1, kNoRise = 0.05f;

float usualPeakOf(std::vector<float> values) {
  const auto at = values.begin() + std::ptrdiff_t(kUsualPeak * double(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

float thousandths(float value) {
  return std::round(std::clamp(value, 0.0f, 1.0f) * 1000) / 1000;
}

/// Spectra of a recording about a hundred times a second, in fine bands (how loud, on a logarithmic scale) and in the
/// few that the network is told of (linear).
struct Looks {
  int count = 0;
  std::vector<float> fine;   // [count][kFineBands]
  std::vector<float> bands;  // [count][kHeardBands]
};

Looks lookAt(std::span<const float> samples, const std::function<void(double)>& progress, std::stop_token stop) {
  ShortTimeFourier spectra(samples, kListenHop, hannWindow(kFftSize));
  const MelBank fine(kListenRate, kFftSize, kFineBands, kLowestHertz, kHighestFine);
  const MelBank bands(kListenRate, kFftSize, kHeardBands, kLowestHertz, kHighestBand);
  Looks looks;
  looks.count = spectra.frames();
  looks.fine.resize(std::size_t(looks.count) * kFineBands);
  looks.bands.resize(std::size_t(looks.count) * kHeardBands);
  std::vector<float> magnitudes(spectra.bins());
  for (int i = 0; i < looks.count && !stop.stop_requested(); ++i) {
    const auto spectrum = spectra.frame(i);
    std::transform(spectrum.begin(), spectrum.end(), magnitudes.begin(),
                   [](const auto& v) { return float(std::abs(v)); });
    fine.apply(magnitudes, std::span(looks.fine).subspan(std::size_t(i) * kFineBands, kFineBands));
    bands.apply(magnitudes, std::span(looks.bands).subspan(std::size_t(i) * kHeardBands, kHeardBands));
    if (progress && i % 1024 == 0) progress(0.2 + 0.5 * i / looks.count);
  }
  const float loudest = *std::max_element(looks.fine.begin(), looks.fine.end());
  const float scale = loudest > 0 ? 1000 / loudest : 0;
  for (float& value : looks.fine) value = std::log10(1 + scale * value);
  return looks;
}

/// How strongly something begins at each look, 0 … 1. What only slides to a neighbouring band (vibrato, glides) does
/// not count (Böck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013).
std::vector<float> beginningsIn(const Looks& looks) {
  std::vector<float> rises(looks.count);
  for (int i = kLag; i < looks.count; ++i) {
    const float* now = looks.fine.data() + std::size_t(i) * kFineBands;
    const float* before = now - kLag * kFineBands;
    for (int b = 0; b < kFineBands; ++b) {
      const float around = std::max({before[std::max(0, b - 1)], before[b], before[std::min(kFineBands - 1, b + 1)]});
      rises[i] += std::max(0.0f, now[b] - around);
    }
  }
  const float full = std::max(kFaintestRise, usualPeakOf(rises));
  for (float& rise : rises) rise = rise < kNoRise ? 0.0f : std::min(1.0f, rise / full);
  return rises;
}

/// How much more begins at the beats than elsewhere; 0 where at most of them nothing begins.
double clarityOf(const std::vector<int>& beats, std::span<const float> beginnings) {
  double atBeats = 0, all = 0;
  for (const int beat : beats) {
    float most = 0;
    for (int i = std::max(0, beat - 1); i <= std::min(int(beginnings.size()) - 1, beat + 3); ++i)
      most = std::max(most, beginnings[i]);
    atBeats += most / double(beats.size());
  }
  // the same for a place chosen blindly
  for (std::size_t i = 0; i + 5 <= beginnings.size(); ++i) {
    all += *std::max_element(beginnings.begin() + std::ptrdiff_t(i), beginnings.begin() + std::ptrdiff_t(i) + 5) /
           double(beginnings.size());
  }
  return atBeats >= kFaintestBeginning ? atBeats / all : 0;
}

/// Each look within half a frame of a frame's time, the greatest of them: a beginning between two frames is not lost.
std::vector<float> greatestAtFrames(std::span<const float> looks, int width, int frames, double early) {
  std::vector<float> out(std::size_t(frames) * width);
  const int count = int(looks.size()) / width;
  for (int f = 0; f < frames; ++f) {
    const double middle = (double(f) / kHeardRate - early) * kLooksPerSecond, half = 0.5 * kLooksPerSecond / kHeardRate;
    const int first = std::clamp(int(std::ceil(middle - half)), 0, count - 1);
    const int last = std::clamp(int(std::floor(middle + half)), first, count - 1);
    for (int i = first; i <= last; ++i) {
      for (int w = 0; w < width; ++w) {
        float& value = out[std::size_t(f) * width + w];
        value = std::max(value, looks[std::size_t(i) * width + w]);
      }
    }
  }
  return out;
}

void describeFrames(const Looks& looks, std::span<const float> beginnings, int frames, HeardSound& heard) {
  heard.onset = greatestAtFrames(beginnings, 1, frames, kEarly);
  heard.bands = greatestAtFrames(looks.bands, kHeardBands, frames, 0);
  std::array<float, kHeardBands> full{};
  for (int b = 0; b < kHeardBands; ++b) {
    std::vector<float> band;
    for (int f = 0; f < frames; ++f) band.push_back(heard.bands[std::size_t(f) * kHeardBands + b]);
    full[b] = usualPeakOf(std::move(band));
  }
  const float loudest = *std::max_element(full.begin(), full.end());
  for (int f = 0; f < frames; ++f) {
    float most = 0;
    for (int b = 0; b < kHeardBands; ++b) {
      float& value = heard.bands[std::size_t(f) * kHeardBands + b];
      const bool isHeard = full[b] > 0 && full[b] >= kFaintestBand * loudest;
      value = thousandths(isHeard ? value / full[b] : 0.0f);
      most = std::max(most, value);
    }
    heard.loudness.push_back(most);
    heard.onset[f] = thousandths(heard.onset[f]);
  }
}

/// The tracker knows a beat to a sixteenth of its length; what begins there says when it is.
double timeOf(int beat, std::span<const float> beginnings) {
  const auto first = beginnings.begin() + std::max(0, beat - 1),
             last = beginnings.begin() + std::min(int(beginnings.size()), beat + kReach + 1);
  const auto most = std::max_element(first, last);
  const double time = *most >= kPlainBeginning ? double(most - beginnings.begin()) / kLooksPerSecond + kMostlyShown
                                               : beat / kLooksPerSecond + kEarly;
  return std::round(1e4 * time) / 1e4;
}

/// The mean of those near the median: steps are whole looks, and their mean is finer.
double usualStepOf(std::vector<double> steps) {
  std::sort(steps.begin(), steps.end());
  const double median = steps[steps.size() / 2];
  const auto first = std::lower_bound(steps.begin(), steps.end(), 0.93 * median),
             last = std::upper_bound(first, steps.end(), 1.07 * median);
  return std::accumulate(first, last, 0.0) / double(last - first);
}

void describeBeats(const Looks& looks, const std::vector<int>& beats, std::span<const float> beginnings,
                   HeardSound& heard) {
  std::vector<float> spectra;
  for (const int beat : beats) {
    const int last = std::min(looks.count, beat + int(kBeatSounds * kLooksPerSecond));
    for (int b = 0; b < kFineBands; ++b) {
      float sum = 0;
      for (int i = beat; i < last; ++i) sum += looks.fine[std::size_t(i) * kFineBands + b];
      spectra.push_back(sum / float(std::max(1, last - beat)));
    }
    heard.beats.push_back(timeOf(beat, beginnings));
  }
  std::vector<double> steps;
  for (std::size_t i = 1; i < heard.beats.size(); ++i) steps.push_back(heard.beats[i] - heard.beats[i - 1]);
  heard.beatsPerMinute = std::round(600 / usualStepOf(std::move(steps))) / 10;
  const Bars bars = findBars(spectra, kFineBands);
  heard.beatsPerBar = bars.beatsPerBar;
  for (std::size_t i = std::size_t(bars.firstBeat); bars.beatsPerBar > 0 && i < heard.beats.size();
       i += std::size_t(bars.beatsPerBar)) {
    heard.downbeats.push_back(heard.beats[i]);
  }
}

/// Those in [from, to) and one more on both sides, as times from `from`.
std::vector<double> timesAround(const std::vector<double>& times, double from, double to) {
  auto first = std::lower_bound(times.begin(), times.end(), from), last = std::lower_bound(first, times.end(), to);
  if (first != times.begin()) --first;
  if (last != times.end()) ++last;
  std::vector<double> part(first, last);
  for (double& time : part) time -= from;
  return part;
}

}  // namespace

Result<HeardSound> hear(std::shared_ptr<const Sound> sound, std::string file,
                        const std::function<void(double)>& progress, std::stop_token stop) {
  const auto isStopped = [&](double done) {
    if (progress) progress(done);
    return stop.stop_requested();
  };
  const Error stopped{ErrorCode::Cancelled, "Listening was stopped."};
  HeardSound heard;
  heard.file = std::move(file);
  const std::vector<float> samples = resample(sound->samples, sound->rate, kListenRate, ResampleQuality::Fast);
  if (isStopped(0.2)) return stopped;
  const Looks looks = lookAt(samples, progress, stop);
  if (isStopped(0.7)) return stopped;
  const std::vector<float> beginnings = beginningsIn(looks);
  describeFrames(looks, beginnings, std::max(1, int(std::ceil(sound->seconds() * kHeardRate))), heard);
  const TrackedBeats beats = trackBeats(beginnings, kLooksPerSecond, stop);
  if (isStopped(1)) return stopped;
  const bool isRepeated = beats.repetition >= kRepeats + kRepeatsByChance / std::sqrt(double(looks.count));
  const bool isAnything = *std::max_element(beginnings.begin(), beginnings.end()) >= kFaintestBeginning;
  const bool isBeat = isRepeated || clarityOf(beats.frames, beginnings) >= kClear;
  if (beats.frames.size() >= 2 && isAnything && isBeat) {
    describeBeats(looks, beats.frames, beginnings, heard);
  }
  heard.sound = std::move(sound);
  return heard;
}

HeardSound partOf(const HeardSound& heard, double from, double to) {
  const auto first = std::ptrdiff_t(std::clamp(std::floor(from * kHeardRate), 0.0, double(heard.frames())));
  const auto last = std::ptrdiff_t(std::clamp(std::ceil(to * kHeardRate), double(first), double(heard.frames())));
  const double start = double(first) / kHeardRate;
  HeardSound part;
  part.file = heard.file;
  part.kind = heard.kind;
  part.sound = heard.sound;
  part.startSeconds = heard.startSeconds + start;
  part.beatsPerMinute = heard.beatsPerMinute;
  part.beatsPerBar = heard.beatsPerBar;
  part.beats = timesAround(heard.beats, start, double(last) / kHeardRate);
  part.downbeats = timesAround(heard.downbeats, start, double(last) / kHeardRate);
  part.onset.assign(heard.onset.begin() + first, heard.onset.begin() + last);
  part.loudness.assign(heard.loudness.begin() + first, heard.loudness.begin() + last);
  part.bands.assign(heard.bands.begin() + first * kHeardBands, heard.bands.begin() + last * kHeardBands);
  return part;
}

}  // namespace kinescore
