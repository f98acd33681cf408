#include "ui/document/sound_mix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace kinescore {
namespace {

constexpr double kRampSeconds = 0.004;  // as heard, at every speed
constexpr float kLinear = 0.8f;         // up to here nothing is bent

// Between two samples: a windowed sinc. Playing fast takes samples away, so the sinc gets as much wider; without that
// high tones would come back as low ones.
constexpr int kZeros = 8, kStepsOfZero = 256;

class SincTable {
 public:
  SincTable() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double x = double(i) / kStepsOfZero;
      const double sinc = x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
      const double window = x >= kZeros ? 0 : std::pow(std::cos(std::numbers::pi * x / (2 * kZeros)), 2);
      values_[i] = float(sinc * window);
    }
  }
  /// `x` in zero crossings from the middle, below kZeros.
  [[nodiscard]] float at(double x) const {
    const double place = x * kStepsOfZero;
    const auto below = std::size_t(place);
    const float share = float(place - double(below));
    return values_[below] + share * (values_[below + 1] - values_[below]);
  }

 private:
  std::array<float, kZeros * kStepsOfZero + 2> values_;
};

/// `place` in samples of the recording, `scale` ≤ 1: how much of its band is kept.
float sampleAt(const std::vector<float>& samples, double place, double scale) {
  static const SincTable table;
  const double reach = kZeros / scale;
  const auto first = std::max<std::int64_t>(0, std::int64_t(std::floor(place - reach)) + 1);
  const auto last = std::min<std::int64_t>(std::int64_t(samples.size()) - 1, std::int64_t(std::ceil(place + reach)) - 1);
  float sum = 0;
  for (std::int64_t i = first; i <= last; ++i) {
    sum += samples[std::size_t(i)] * table.at(std::abs(double(i) - place) * scale);
  }
  return sum * float(scale);
}

struct Stretch {
  double start, end;
};

/// Where the recording is heard, in seconds of the timeline.
Stretch heardStretch(const PlacedSound& placed, const SoundRange& range) {
  const double zero = secondsOf(placed.span.start - placed.inPoint);
  return {std::max({secondsOf(placed.span.start), zero, range.start}),
          std::min({secondsOf(placed.span.end), zero + placed.sound->seconds(), range.end})};
}

void addSound(const PlacedSound& placed, const SoundCursor& cursor, const SoundRange& range, int rate, std::span<float> out) {
  const Stretch heard = heardStretch(placed, range);
  const double step = cursor.speed / rate;
  const double last = cursor.seconds + step * double(out.size());
  if (heard.end <= heard.start || std::max(cursor.seconds, last) < heard.start || std::min(cursor.seconds, last) >= heard.end) {
    return;
  }
  const double zero = secondsOf(placed.span.start - placed.inPoint);
  const double scale = std::min(1.0, rate / (std::abs(cursor.speed) * placed.sound->rate));
  const double ramp = std::min(kRampSeconds * std::abs(cursor.speed), heard.end - heard.start);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = cursor.seconds + step * double(i);
    const double fromEnds = std::min(t - heard.start, heard.end - t);
    if (fromEnds > 0) {
      out[i] += float(std::min(1.0, fromEnds / ramp)) * sampleAt(placed.sound->samples, (t - zero) * placed.sound->rate, scale);
    }
  }
}

}  // namespace

std::vector<std::shared_ptr<const Clip>> heardSoundClips(const Timeline& timeline) {
  std::vector<std::shared_ptr<const Clip>> heard;
  for (const auto& track : timeline.tracks()) {
    if (track->kind != TrackKind::Audio || !timeline.isAudible(*track)) {
      continue;
    }
    for (const auto& clip : timeline.clipsOf(track->id)) {
      const auto* audio = std::get_if<AudioCondition>(&clip->condition);
      if (audio != nullptr && !audio->file.empty() && !clip->muted) {
        heard.push_back(clip);
      }
    }
  }
  return heard;
}

void addSounds(std::span<const PlacedSound> sounds, const SoundCursor& cursor, const SoundRange& range, int rate,
               std::span<float> out) {
  if (cursor.speed == 0) {
    return;
  }
  for (const PlacedSound& placed : sounds) {
    addSound(placed, cursor, range, rate, out);
  }
}

void addSoundsOnward(std::span<const PlacedSound> sounds, SoundCursor& cursor, const SoundRange& range, int rate,
                     std::span<float> out) {
  while (!out.empty()) {
    const std::size_t count = samplesToEnd(cursor, range, rate, out.size());
    addSounds(sounds, cursor, range, rate, out.first(count));
    cursor.seconds += double(count) * cursor.speed / rate;
    out = out.subspan(count);
    const SoundCursor next = turned(cursor, range);
    if (count == 0 && next.seconds == cursor.seconds && next.speed == cursor.speed) {
      return;  // over, or a range without length
    }
    cursor = next;
  }
}

void clipSoftly(std::span<float> samples) {
  for (float& sample : samples) {
    if (const float size = std::abs(sample); size > kLinear) {
      sample = std::copysign(kLinear + (1 - kLinear) * std::tanh((size - kLinear) / (1 - kLinear)), sample);
    }
  }
}

}  // namespace kinescore
