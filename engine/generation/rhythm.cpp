#include "engine/generation/rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/media/heard_sound.h"

namespace kinescore {
namespace {

constexpr int kFps = 30;
constexpr double kShortestGap = 3;                        // frames between two accents
constexpr double kSlowestBeat = 60, kFastestBeat = 150;   // a minute
constexpr double kOnsetWidth = 0.8;                       // frames: σ of a beginning
constexpr double kRinging = 4;                            // frames until a band has fallen to 1/e
enum Channel { kOnset, kBeatSin, kBeatCos, kBarSin, kBarCos, kLoudness, kBands };

// Speed of a joint in the world, m/s, smoothed over three frames.
std::vector<double> speedOf(std::span<const float> values, int joint) {
  const auto frames = std::int64_t(values.size() / kFeatureCount);
  const auto at = [&](std::int64_t f) {
    const float* v = values.data() + std::clamp<std::int64_t>(f, 0, frames - 1) * kFeatureCount + kVelocityChannel + 3 * joint;
    return std::hypot(double(v[0]), double(v[1]), double(v[2]));
  };
  std::vector<double> speed(frames);
  for (std::int64_t f = 0; f < frames; ++f) speed[f] = (at(f - 1) + at(f) + at(f + 1)) / 3;
  return speed;
}

// Where a swift joint comes to rest: a speed below a third of the peak before it that is lowest around.
void addStops(std::span<const float> values, int joint, std::vector<Accent>& accents) {
  constexpr double kSwift = 0.9, kRest = 0.35;  // m/s; share of the peak
  const std::vector<double> speed = speedOf(values, joint);
  double peak = 0;
  for (std::size_t f = 1; f + 1 < speed.size(); ++f) {
    peak = std::max(peak, speed[f]);
    const bool isLowest = speed[f] <= speed[f - 1] && speed[f] < speed[f + 1];
    if (!isLowest || peak < kSwift || speed[f] > kRest * peak) continue;
    accents.push_back({double(f), float(std::clamp(peak / 3, 0.3, 1.0))});
    peak = 0;
  }
}

void addFootfalls(std::span<const float> values, std::vector<Accent>& accents) {
  const auto frames = std::int64_t(values.size() / kFeatureCount);
  for (const int foot : {0, 2}) {  // ankle and toe of a foot follow each other
    const auto stands = [&](std::int64_t f) {
      const float* c = values.data() + f * kFeatureCount + kContactChannel + foot;
      return c[0] > 0.5f || c[1] > 0.5f;
    };
    for (std::int64_t f = 1; f < frames; ++f) {
      if (stands(f) && !stands(f - 1)) accents.push_back({double(f), 0.8f});
    }
  }
}

float& cell(std::span<float> out, int frame, int channel) { return out[std::size_t(frame) * kRhythmChannels + channel]; }

void writePhase(double phase, int frame, Channel channel, std::span<float> out) {
  cell(out, frame, channel) = float(std::sin(2 * std::numbers::pi * phase));
  cell(out, frame, channel + 1) = float(std::cos(2 * std::numbers::pi * phase));
}

// How far a frame is between two of some sorted times, 0 … 1; beyond the ends the last step goes on. < 0: unknown.
double phaseAmong(std::span<const double> times, double frame) {
  if (times.size() < 2) return -1;
  const auto after = std::upper_bound(times.begin(), times.end(), frame) - times.begin();
  const auto next = std::clamp<std::ptrdiff_t>(after, 1, std::ptrdiff_t(times.size()) - 1);
  const double step = times[next] - times[next - 1];
  const double phase = (frame - times[next - 1]) / step;
  return phase - std::floor(phase);
}

}  // namespace

std::vector<Accent> accentsOf(std::span<const float> values) {
  std::vector<Accent> all;
  addFootfalls(values, all);
  for (const int joint : {kLeftHand, kRightHand}) addStops(values, joint, all);
  std::sort(all.begin(), all.end(), [](const Accent& a, const Accent& b) { return a.frame < b.frame; });
  std::vector<Accent> apart;
  for (const Accent& accent : all) {
    if (apart.empty() || accent.frame - apart.back().frame >= kShortestGap) apart.push_back(accent);
    else if (accent.strength > apart.back().strength) apart.back() = accent;
  }
  return apart;
}

Beat beatOf(std::span<const Accent> accents) {
  Beat best;
  if (accents.size() < 4) return best;
  constexpr double kSteps = 64;
  const double shortest = 60 * kFps / kFastestBeat, longest = 60 * kFps / kSlowestBeat;
  for (int i = 0; i <= int(kSteps); ++i) {
    const double period = shortest * std::pow(longest / shortest, i / kSteps);
    // the mean direction of the accents on the circle of one beat
    double x = 0, y = 0, total = 0;
    for (const Accent& accent : accents) {
      const double angle = 2 * std::numbers::pi * accent.frame / period;
      x += accent.strength * std::cos(angle);
      y += accent.strength * std::sin(angle);
      total += accent.strength;
    }
    const double agreement = std::hypot(x, y) / total;
    if (agreement <= best.agreement) continue;
    best.agreement = agreement;
    best.period = period;
    best.first = std::fmod(std::atan2(y, x) / (2 * std::numbers::pi) * period + period, period);
  }
  return best;
}

void addOnset(double frame, float strength, std::span<const float, kMelBands> gains, int frames, std::span<float> out) {
  for (int f = std::max(0, int(frame) - 3); f < std::min(frames, int(frame) + 16); ++f) {
    const double since = f - frame;
    const double onset = strength * std::exp(-0.5 * since * since / (kOnsetWidth * kOnsetWidth));
    cell(out, f, kOnset) = std::max(cell(out, f, kOnset), float(onset));
    const double ring = since >= 0 ? strength * std::exp(-since / kRinging) : onset;
    float loudest = 0;
    for (int b = 0; b < kMelBands; ++b) {
      float& band = cell(out, f, kBands + b);
      band = std::min(1.0f, std::max(band, float(ring) * gains[b]));
      loudest = std::max(loudest, band);
    }
    cell(out, f, kLoudness) = std::max(cell(out, f, kLoudness), loudest);
  }
}

void writePhases(std::span<const double> beats, std::span<const double> downbeats, int frames, std::span<float> out) {
  for (int f = 0; f < frames; ++f) {
    if (const double phase = phaseAmong(beats, f); phase >= 0) writePhase(phase, f, kBeatSin, out);
    if (const double phase = phaseAmong(downbeats, f); phase >= 0) writePhase(phase, f, kBarSin, out);
  }
}

void writeHeard(const HeardSound& heard, double start, int frames, std::span<float> out) {
  static_assert(kHeardBands == kMelBands && kHeardRate == kFps);
  const auto inFrames = [&](std::vector<double> times) {
    for (double& time : times) time = start + time * kFps;
    return times;
  };
  const std::vector<double> beats = inFrames(heard.beats), downbeats = inFrames(heard.downbeats);
  std::vector<float> phases(out.size());
  writePhases(beats, downbeats, frames, phases);
  const int last = heard.frames() - 1;
  for (int f = 0; f < frames; ++f) {
    const double at = f - start;
    if (at <= -1 || at >= last + 1) continue;
    const int before = std::clamp(int(std::floor(at)), 0, last), after = std::min(before + 1, last);
    const auto share = float(std::clamp(at - before, 0.0, 1.0));
    const auto between = [&](const std::vector<float>& values, int width, int channel) {
      return (1 - share) * values[std::size_t(before) * width + channel] + share * values[std::size_t(after) * width + channel];
    };
    std::copy_n(phases.begin() + std::ptrdiff_t(f) * kRhythmChannels, kRhythmChannels, out.begin() + std::ptrdiff_t(f) * kRhythmChannels);
    cell(out, f, kOnset) = between(heard.onset, 1, 0);
    cell(out, f, kLoudness) = between(heard.loudness, 1, 0);
    for (int b = 0; b < kMelBands; ++b) cell(out, f, kBands + b) = between(heard.bands, kHeardBands, b);
  }
}

void writeBeat(const Beat& beat, int frames, std::span<float> out) {
  std::array<float, kMelBands> gains;
  gains.fill(0.6f);
  std::vector<double> beats, downbeats;
  const int before = int(std::ceil((beat.first + beat.beatsPerBar * beat.period) / beat.period));
  int number = beat.firstBeatOfBar - before;
  for (double at = beat.first - before * beat.period; at < frames + (beat.beatsPerBar + 1) * beat.period; at += beat.period, ++number) {
    const bool isFirst = ((number % beat.beatsPerBar) + beat.beatsPerBar) % beat.beatsPerBar == 0;
    beats.push_back(at);
    if (isFirst) downbeats.push_back(at);
    addOnset(at, isFirst ? 1.0f : 0.8f, gains, frames, out);
  }
  writePhases(beats, downbeats, frames, out);
}

}  // namespace kinescore
