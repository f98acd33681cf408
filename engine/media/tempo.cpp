#include "engine/media/tempo.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/media/fourier.h"

namespace kinescore {
namespace {

constexpr double kSecondsCompared = 8, kFastest = 320, kTightness = 100;

/// Mean over all frames of how far the strength around a frame resembles itself so many frames later, each frame's
/// curve scaled to at most 1. [lags]
std::vector<double> meanSelfLikeness(std::span<const float> strength, int lags) {
  const int half = lags / 2, frames = int(strength.size());
  std::vector<double> padded(frames + 2 * half);
  std::copy(strength.begin(), strength.end(), padded.begin() + half);
  // before and after it fades away
  for (int i = 0; i < half; ++i) {
    padded[i] = strength.front() * double(i) / half;
    padded[padded.size() - 1 - i] = strength.back() * double(i) / half;
  }
  const std::vector<double> window = hannWindow(lags);
  RealFourier fourier(int(std::bit_ceil(unsigned(2 * lags))));
  std::vector<double> windowed(fourier.size()), mean(lags);
  std::vector<std::complex<double>> spectrum(fourier.size() / 2 + 1);
  for (int f = 0; f < frames && f + lags <= int(padded.size()); ++f) {
    std::fill(windowed.begin(), windowed.end(), 0.0);
    for (int n = 0; n < lags; ++n) windowed[n] = window[n] * padded[f + n];
    fourier.transform(windowed, spectrum);
    // The power spectrum is even, so that its transform is its own inverse but for the scale.
    for (std::size_t k = 0; k < spectrum.size(); ++k) {
      windowed[k] = std::norm(spectrum[k]) / fourier.size();
      windowed[(windowed.size() - k) % windowed.size()] = windowed[k];
    }
    fourier.transform(windowed, spectrum);
    double most = 0;
    for (int lag = 0; lag < lags; ++lag) most = std::max(most, std::abs(spectrum[lag].real()));
    const double scale = most < std::numeric_limits<float>::min() ? 1 : 1 / most;
    for (int lag = 0; lag < lags; ++lag) mean[lag] += spectrum[lag].real() * scale / frames;
  }
  return mean;
}

/// Onset strength in units of its own spread, smoothed over a small part of a beat.
std::vector<double> beatLikeness(std::span<const float> strength, int period) {
  const double count = double(strength.size());
  const double mean = std::accumulate(strength.begin(), strength.end(), 0.0) / count;
  double square = 0;
  for (const float value : strength) square += (value - mean) * (value - mean);
  const double spread = count > 1 ? std::sqrt(square / (count - 1)) : 0;
  const double scale = spread > 0 ? 1 / spread : 1;
  const int frames = int(strength.size());
  std::vector<double> smooth(frames);
  for (int f = 0; f < frames; ++f) {
    for (int d = std::max(-period, f - frames + 1); d <= std::min(period, f); ++d) {
      const double t = d * 32.0 / period;
      smooth[f] += scale * strength[f - d] * std::exp(-0.5 * t * t);
    }
  }
  return smooth;
}

struct BeatChain {
  std::vector<int> before;    // the beat before a beat on this frame; −1: none
  std::vector<double> score;  // of the best chain that ends on this frame
};

BeatChain bestChains(std::span<const double> likeness, int period) {
  const int frames = int(likeness.size());
  const int farthest = 2 * period, nearest = int(std::nearbyint(period / 2.0));
  std::vector<double> penalty;  // of the steps from the farthest to the nearest
  for (int step = farthest; step >= nearest; --step) {
    const double octaves = std::log(double(step) / period);
    penalty.push_back(-kTightness * octaves * octaves);
  }
  const double least = 0.01 * *std::max_element(likeness.begin(), likeness.end());
  BeatChain chain{std::vector<int>(frames, -1), std::vector<double>(frames)};
  bool isBeforeTheFirst = true;
  for (int f = 0; f < frames; ++f) {
    double best = -std::numeric_limits<double>::infinity();
    int from = 0;
    for (std::size_t i = 0; i < penalty.size(); ++i) {
      const int other = f - farthest + int(i);
      const double score = penalty[i] + (other >= 0 ? chain.score[other] : 0);
      if (score > best) {
        best = score;
        from = other;
      }
    }
    chain.score[f] = likeness[f] + best;
    if (isBeforeTheFirst && likeness[f] < least) continue;
    isBeforeTheFirst = false;
    chain.before[f] = std::max(from, -1);
  }
  return chain;
}

/// The last frame whose chain is at least half as good as the middle one of those that are best around.
int lastBeat(std::span<const double> score) {
  const int frames = int(score.size());
  std::vector<int> peaks;
  for (int f = 1; f < frames; ++f) {
    if (score[f] > score[f - 1] && (f + 1 == frames || score[f] >= score[f + 1])) peaks.push_back(f);
  }
  if (peaks.empty()) return -1;
  std::vector<double> heights;
  for (const int peak : peaks) heights.push_back(score[peak]);
  std::sort(heights.begin(), heights.end());
  const std::size_t middle = heights.size() / 2;
  const double median = heights.size() % 2 == 1 ? heights[middle] : (heights[middle - 1] + heights[middle]) / 2;
  for (auto peak = peaks.rbegin(); peak != peaks.rend(); ++peak) {
    if (2 * score[*peak] > median) return *peak;
  }
  return -1;
}

/// Without the weak ones at both ends; the definition leaves out the last strong one, too.
std::vector<int> trimmed(const std::vector<int>& beats, std::span<const double> likeness) {
  const int count = int(beats.size());
  const auto at = [&](int i) { return i >= 0 && i < count ? likeness[beats[i]] : 0.0; };
  std::vector<double> smooth;
  double square = 0;
  for (int i = 0; i < count; ++i) {
    smooth.push_back(0.5 * at(i - 1) + at(i) + 0.5 * at(i + 1));
    square += smooth.back() * smooth.back();
  }
  const double threshold = 0.5 * std::sqrt(square / count);
  const auto isStrong = [&](double v) { return v > threshold; };
  const auto first = std::find_if(smooth.begin(), smooth.end(), isStrong) - smooth.begin();
  const auto last = smooth.rend() - std::find_if(smooth.rbegin(), smooth.rend(), isStrong) - 1;
  return first < last ? std::vector<int>(beats.begin() + first, beats.begin() + last) : std::vector<int>();
}

bool isSilent(std::span<const float> strength) {
  return std::all_of(strength.begin(), strength.end(), [](float v) { return v == 0; });
}

}  // namespace

double tempoOf(std::span<const float> strength, double framesPerSecond, double expected) {
  if (isSilent(strength)) return 0;
  const int lags = int(kSecondsCompared * framesPerSecond);
  const std::vector<double> likeness = meanSelfLikeness(strength, lags);
  double best = -std::numeric_limits<double>::infinity(), tempo = 0;
  for (int lag = 1; lag < lags; ++lag) {
    const double candidate = 60 * framesPerSecond / lag;
    if (candidate >= kFastest) continue;
    const double octaves = std::log2(candidate / expected);
    const double score = std::log1p(1e6 * likeness[lag]) - 0.5 * octaves * octaves;
    if (score > best) {
      best = score;
      tempo = candidate;
    }
  }
  return tempo;
}

std::vector<int> beatFrames(std::span<const float> strength, double framesPerSecond, double beatsPerMinute) {
  if (beatsPerMinute <= 0 || isSilent(strength)) return {};
  const int period = std::max(1, int(std::nearbyint(60 * framesPerSecond / beatsPerMinute)));
  const std::vector<double> likeness = beatLikeness(strength, period);
  const BeatChain chain = bestChains(likeness, period);
  std::vector<int> beats;
  for (int beat = lastBeat(chain.score); beat >= 0; beat = chain.before[beat]) beats.push_back(beat);
  std::reverse(beats.begin(), beats.end());
  return beats.empty() ? beats : trimmed(beats, likeness);
}

}  // namespace kinescore
