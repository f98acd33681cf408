#include "engine/media/chroma.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "engine/media/fourier.h"
#include "engine/media/resample.h"

namespace kinescore {
namespace {

constexpr int kOctaves = 7;
constexpr int kStepsPerTone = kTuningSteps / kChromaTones;
constexpr double kConcertPitch = 440;
const double kC1 = kConcertPitch * std::exp2((24 - 69) / 12.0);
constexpr double kLeftOut = 0.01;  // of a filter's magnitude, its smallest bins
constexpr int kSmoothedFrames = 41;

/// The filters of one octave, the same for every octave at its own rate.
class OctaveFilters {
 public:
  /// `lowest` Hz at `rate`
  OctaveFilters(double lowest, double rate) {
    const double ratio = std::exp2(2.0 / kTuningSteps);
    quality_ = (ratio + 1) / (ratio - 1);
    fftSize_ = int(std::bit_ceil(unsigned(std::ceil(quality_ * rate / lowest))));
    RealFourier fourier(fftSize_);
    for (int step = 0; step < kTuningSteps; ++step) {
      rows_[step] = rowOf(lowest * std::exp2(double(step) / kTuningSteps) / rate, fourier);
    }
  }

  [[nodiscard]] int fftSize() const { return fftSize_; }
  [[nodiscard]] double length(double cyclesPerSample) const { return quality_ / cyclesPerSample; }
  [[nodiscard]] double magnitude(int step, std::span<const std::complex<double>> spectrum) const {
    std::complex<double> sum = 0;
    for (const auto& [bin, weight] : rows_[step]) sum += weight * spectrum[bin];
    return std::abs(sum);
  }

 private:
  using Row = std::vector<std::pair<int, std::complex<double>>>;

  Row rowOf(double cyclesPerSample, RealFourier& fourier) const {
    const double length = this->length(cyclesPerSample);
    const auto first = std::int64_t(std::floor(-length / 2)), end = std::int64_t(std::floor(length / 2));
    const int size = int(end - first), before = (fftSize_ - size) / 2;
    const std::vector<double> window = hannWindow(size);
    double total = 0;
    for (const double w : window) total += w;
    std::vector<double> real(fftSize_), imaginary(fftSize_);
    for (int n = 0; n < size; ++n) {
      const double angle = 2 * std::numbers::pi * cyclesPerSample * double(first + n);
      const double scale = window[n] / total * length / fftSize_;
      real[before + n] = scale * std::cos(angle);
      imaginary[before + n] = scale * std::sin(angle);
    }
    std::vector<std::complex<double>> ofReal(fftSize_ / 2 + 1), ofImaginary(fftSize_ / 2 + 1);
    fourier.transform(real, ofReal);
    fourier.transform(imaginary, ofImaginary);
    for (std::size_t k = 0; k < ofReal.size(); ++k) ofReal[k] += std::complex<double>(0, 1) * ofImaginary[k];
    return withoutSmallest(ofReal);
  }

  static Row withoutSmallest(std::span<const std::complex<double>> spectrum) {
    std::vector<double> magnitudes;
    double total = 0;
    for (const auto& value : spectrum) total += magnitudes.emplace_back(std::abs(value));
    std::sort(magnitudes.begin(), magnitudes.end());
    double sum = 0, threshold = 0;
    for (const double magnitude : magnitudes) {
      threshold = magnitude;
      if ((sum += magnitude) >= kLeftOut * total) break;
    }
    Row row;
    for (std::size_t k = 0; k < spectrum.size(); ++k) {
      if (std::abs(spectrum[k]) >= threshold) row.emplace_back(int(k), spectrum[k]);
    }
    return row;
  }

  double quality_ = 0;
  int fftSize_ = 0;
  std::array<Row, kTuningSteps> rows_;
};

/// How loud each tone is, all octaves together: [frames][12].
std::vector<float> toneLoudness(std::span<const float> samples, int rate, int hop, double tuningSteps) {
  assert(hop % (1 << (kOctaves - 1)) == 0);
  const double lowest = kC1 * std::exp2(tuningSteps / kTuningSteps + kOctaves - 1);
  const OctaveFilters filters(lowest, rate);
  std::vector<float> octave(samples.begin(), samples.end()), tones;
  int frames = 0;
  for (int o = 0; o < kOctaves; ++o, hop /= 2) {
    ShortTimeFourier spectra(octave, hop, std::vector<double>(filters.fftSize(), 1.0));
    if (o == 0) {
      frames = spectra.frames();
      tones.resize(std::size_t(frames) * kChromaTones);
    }
    frames = std::min(frames, spectra.frames());
    for (int f = 0; f < frames; ++f) {
      const auto spectrum = spectra.frame(f);
      for (int step = 0; step < kTuningSteps; ++step) {
        // Steps around a tone count for it: the one below, its own, the one above.
        const int tone = (step + kStepsPerTone / 2) / kStepsPerTone % kChromaTones;
        // Halving the rate halves a filter's samples and with them its sum; lengths at the first rate even that out.
        const double length = filters.length(lowest * std::exp2(double(step) / kTuningSteps - o) / rate);
        tones[std::size_t(f) * kChromaTones + tone] +=
            float(filters.magnitude(step, spectrum) * std::exp2(o) / std::sqrt(length));
      }
    }
    if (o + 1 < kOctaves) octave = resample(octave, 2, 1, ResampleQuality::Fast);
  }
  tones.resize(std::size_t(frames) * kChromaTones);
  return tones;
}

/// Each tone's share of a frame, in steps of a quarter: above 0.05, 0.1, 0.2 and 0.4.
std::vector<float> quantised(std::span<const float> tones) {
  std::vector<float> steps(tones.size());
  for (std::size_t at = 0; at < tones.size(); at += kChromaTones) {
    float total = 0;
    for (int t = 0; t < kChromaTones; ++t) total += tones[at + t];
    const float scale = total > std::numeric_limits<float>::min() ? 1 / total : 1;
    for (int t = 0; t < kChromaTones; ++t) {
      for (const float limit : {0.4f, 0.2f, 0.1f, 0.05f}) steps[at + t] += tones[at + t] * scale > limit ? 0.25f : 0.0f;
    }
  }
  return steps;
}

}  // namespace

void TuningEstimate::addFrame(std::span<const float> magnitudes) {
  constexpr double kLowest = 150, kHighest = 4000;
  constexpr float kLoudEnough = 0.1f;  // of the frame's loudest bin
  const int bins = int(magnitudes.size());
  const float limit = kLoudEnough * *std::max_element(magnitudes.begin(), magnitudes.end());
  const auto loud = [&](int k) { return magnitudes[k] > limit ? magnitudes[k] : 0.0f; };
  const double binWidth = double(rate_) / fftSize_, highest = std::min(kHighest, rate_ / 2.0);
  for (int k = std::max(1, int(std::ceil(kLowest / binWidth))); k + 1 < bins && k * binWidth < highest; ++k) {
    if (!(loud(k) > loud(k - 1) && loud(k) >= loud(k + 1))) continue;
    // the top of the parabola through the bin and its neighbours
    const float slope = 0.5f * (magnitudes[k + 1] - magnitudes[k - 1]);
    const float bend = 2 * magnitudes[k] - magnitudes[k + 1] - magnitudes[k - 1];
    const float shift = slope / (bend + (std::abs(bend) < std::numeric_limits<float>::min() ? 1.0f : 0.0f));
    peaks_.emplace_back(float((k + shift) * binWidth), magnitudes[k] + 0.5f * slope * shift);
  }
}

double TuningEstimate::steps() const {
  constexpr int kBins = 100;
  std::vector<float> magnitudes;
  for (const auto& [hertz, magnitude] : peaks_) {
    if (hertz > 0) magnitudes.push_back(magnitude);
  }
  if (magnitudes.empty()) return 0;
  const auto middle = magnitudes.begin() + std::ptrdiff_t(magnitudes.size() / 2);
  std::nth_element(magnitudes.begin(), middle, magnitudes.end());
  float median = *middle;
  if (magnitudes.size() % 2 == 0) median = (median + *std::max_element(magnitudes.begin(), middle)) / 2;
  std::array<int, kBins> counts{};
  for (const auto& [hertz, magnitude] : peaks_) {
    if (!(hertz > 0) || magnitude < median) continue;
    double off = kTuningSteps * std::log2(hertz / (kConcertPitch / 16));
    off -= std::floor(off);
    if (off >= 0.5) off -= 1;
    ++counts[std::clamp(int(std::floor((off + 0.5) * kBins)), 0, kBins - 1)];
  }
  return double(std::max_element(counts.begin(), counts.end()) - counts.begin()) / kBins - 0.5;
}

std::vector<float> chromaCens(std::span<const float> samples, int rate, int hop, double tuningSteps) {
  const std::vector<float> steps = quantised(toneLoudness(samples, rate, hop, tuningSteps));
  const int frames = int(steps.size()) / kChromaTones, half = kSmoothedFrames / 2;
  // Its scale does not matter: every frame is brought to length 1.
  std::vector<double> window(kSmoothedFrames);
  for (int n = 0; n < kSmoothedFrames; ++n)
    window[n] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (n + 1) / (kSmoothedFrames + 1));
  std::vector<float> cens(steps.size());
  for (int f = 0; f < frames; ++f) {
    std::array<double, kChromaTones> sum{};
    for (int n = std::max(0, f - half); n <= std::min(frames - 1, f + half); ++n) {
      for (int t = 0; t < kChromaTones; ++t) sum[t] += window[n - f + half] * steps[std::size_t(n) * kChromaTones + t];
    }
    double square = 0;
    for (const double v : sum) square += v * v;
    const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
    for (int t = 0; t < kChromaTones; ++t) cens[std::size_t(f) * kChromaTones + t] = float(sum[t] * scale);
  }
  return cens;
}

}  // namespace kinescore
