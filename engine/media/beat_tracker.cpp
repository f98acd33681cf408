#include "engine/media/beat_tracker.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "engine/media/fourier.h"

namespace kinescore {
namespace {

constexpr double kUsualTempo = 120, kTempoSpread = 0.6;  // octaves
constexpr double kRepetitionWeight = 5;                  // of the likeness after one to four beats, against the spread
constexpr int kBeatsCompared = 4;
constexpr double kSteadiness = 100;     // e-folds against a step twice as long
constexpr double kLargestChange = 0.2;  // of a step; larger ones are as good as impossible
constexpr int kPartsOfABeat = 16;       // in the first of them something should begin
constexpr float kSurest = 1e-3f;        // no beginning is believed or denied beyond this
constexpr double kShortest = 2;         // seconds

/// How alike the sequence is after each lag, 1 at lag 0. [lags]
std::vector<double> selfLikeness(std::span<const float> values, int lags) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
  RealFourier fourier(int(std::bit_ceil(values.size() + std::size_t(lags) + 1)));
  std::vector<double> padded(fourier.size());
  for (std::size_t i = 0; i < values.size(); ++i) padded[i] = values[i] - mean;
  std::vector<std::complex<double>> spectrum(fourier.size() / 2 + 1);
  fourier.transform(padded, spectrum);
  for (std::size_t k = 0; k < spectrum.size(); ++k)
    padded[k] = padded[(padded.size() - k) % padded.size()] = std::norm(spectrum[k]);
  fourier.transform(padded, spectrum);
  std::vector<double> likeness(lags);
  const double whole = spectrum[0].real();
  for (int lag = 0; lag < lags && whole > 0; ++lag) likeness[lag] = spectrum[lag].real() / whole;
  return likeness;
}

/// The hand's possible paces: whole frames a beat.
class Paces {
 public:
  Paces(std::span<const float> beginnings, double framesPerSecond) {
    const int shortest = int(std::lround(60 * framesPerSecond / kFastestHeardBeat));
    const int longest = int(std::lround(60 * framesPerSecond / kSlowestHeardBeat));
    for (int period = shortest; period <= longest; ++period) periods.push_back(period);
    weighTempi(beginnings, framesPerSecond);
    weighChanges();
  }

  [[nodiscard]] int count() const { return int(periods.size()); }
  /// Paces from which one can come at a beat, as a range.
  [[nodiscard]] int firstFrom(int to) const { return first_[to]; }
  [[nodiscard]] int endFrom(int to) const { return first_[to] + int(changes_[to].size()); }
  [[nodiscard]] float change(int from, int to) const { return changes_[to][from - first_[to]]; }

  std::vector<int> periods;
  std::vector<float> likely;  // log, for every beat at this pace
  double repetition = 0;      // of the pace that repeats best

 private:
  void weighTempi(std::span<const float> beginnings, double framesPerSecond) {
    const int lags = periods.back() * kBeatsCompared + kBeatsCompared + 1;
    const std::vector<double> likeness = selfLikeness(beginnings, lags);
    std::vector<double> repeats;
    for (const int period : periods) {
      double sum = 0;
      int compared = 0;
      for (int beats = 1; beats <= kBeatsCompared; ++beats) {
        const int lag = period * beats;  // of several beats the lag is known that much less exactly
        if (std::size_t(lag) + 2 >= beginnings.size()) break;
        sum += *std::max_element(likeness.begin() + lag - beats, likeness.begin() + lag + beats + 1);
        ++compared;
      }
      repeats.push_back(std::max(1e-3, compared > 0 ? sum / compared : 0.0));
    }
    const double most = repetition = *std::max_element(repeats.begin(), repeats.end());
    for (int p = 0; p < count(); ++p) {
      const double octaves = std::log2(60 * framesPerSecond / periods[p] / kUsualTempo) / kTempoSpread;
      likely.push_back(float(kRepetitionWeight * std::log(repeats[p] / most) - 0.5 * octaves * octaves));
    }
  }

  void weighChanges() {
    std::vector<double> total(count());
    const auto weight = [&](int from, int to) {
      return std::exp(-kSteadiness * std::abs(double(periods[to]) / periods[from] - 1));
    };
    for (int from = 0; from < count(); ++from) {
      for (int to = 0; to < count(); ++to) total[from] += weight(from, to);
    }
    for (int to = 0; to < count(); ++to) {
      first_.push_back(-1);
      changes_.emplace_back();
      for (int from = 0; from < count(); ++from) {
        if (std::abs(double(periods[to]) / periods[from] - 1) > kLargestChange) continue;
        if (first_[to] < 0) first_[to] = from;
        changes_[to].push_back(float(std::log(weight(from, to) / total[from])));
      }
    }
  }

  std::vector<int> first_;
  std::vector<std::vector<float>> changes_;
};

/// The likeliest path through (pace, place within the beat), frame by frame. Places are kept in rings that turn with
/// time, so that a step forward costs nothing; only what happens at a beat is computed.
class Hand {
 public:
  explicit Hand(const Paces& paces) : paces_(paces), heads_(paces.count()) {
    for (int p = 0; p < paces.count(); ++p) rings_.emplace_back(std::size_t(paces.periods[p]), paces.likely[p]);
    ends_.resize(paces.count());
  }

  void step(float beginning) {
    turn();
    // What is said about places without a beat is the same for all, so only the difference counts.
    const float sure = std::clamp(beginning, kSurest, 1 - kSurest);
    const float gain = std::log(sure) - std::log((1 - sure) / (kPartsOfABeat - 1));
    for (int p = 0; p < paces_.count(); ++p) {
      const int beatPlaces = (paces_.periods[p] + kPartsOfABeat - 1) / kPartsOfABeat;
      for (int place = 0; place < beatPlaces; ++place) at(p, place) += gain;
    }
    if (++frames_ % 512 == 0) settle();
  }

  [[nodiscard]] std::vector<int> beats() const {
    int pace = 0, place = 0;
    float best = -std::numeric_limits<float>::infinity();
    for (int p = 0; p < paces_.count(); ++p) {
      for (int i = 0; i < paces_.periods[p]; ++i) {
        if (const float score = rings_[p][ringIndex(p, i)]; score > best) best = score, pace = p, place = i;
      }
    }
    std::vector<int> found;
    for (int frame = frames_ - 1 - place; frame >= 0;) {
      found.push_back(frame);
      pace = cameFrom_[std::size_t(frame) * paces_.count() + pace];
      frame -= paces_.periods[pace];
    }
    std::reverse(found.begin(), found.end());
    return found;
  }

 private:
  [[nodiscard]] std::size_t ringIndex(int pace, int place) const {
    const int period = paces_.periods[pace];
    const int index = heads_[pace] + place;
    return std::size_t(index < period ? index : index - period);
  }
  float& at(int pace, int place) { return rings_[pace][ringIndex(pace, place)]; }

  /// Everybody one place on; the last places of all paces go to the first of one.
  void turn() {
    for (int p = 0; p < paces_.count(); ++p) ends_[p] = at(p, paces_.periods[p] - 1);
    for (int to = 0; to < paces_.count(); ++to) {
      float best = -std::numeric_limits<float>::infinity();
      int from = paces_.firstFrom(to);
      for (int other = from; other < paces_.endFrom(to); ++other) {
        const float score = ends_[other] + paces_.change(other, to);
        if (score > best) best = score, from = other;
      }
      heads_[to] = heads_[to] > 0 ? heads_[to] - 1 : paces_.periods[to] - 1;
      at(to, 0) = best + paces_.likely[to];
      cameFrom_.push_back(std::uint8_t(from));
    }
  }

  /// Keeps the numbers small, so that float is exact enough over an hour.
  void settle() {
    float most = -std::numeric_limits<float>::infinity();
    for (const auto& ring : rings_) most = std::max(most, *std::max_element(ring.begin(), ring.end()));
    for (auto& ring : rings_) {
      for (float& score : ring) score -= most;
    }
  }

  const Paces& paces_;
  std::vector<std::vector<float>> rings_;
  std::vector<int> heads_;  // where place 0 is in each ring
  std::vector<float> ends_;
  std::vector<std::uint8_t> cameFrom_;  // [frames][paces]
  int frames_ = 0;
};

}  // namespace

TrackedBeats trackBeats(std::span<const float> beginnings, double framesPerSecond, std::stop_token stop) {
  const bool isSilent = std::all_of(beginnings.begin(), beginnings.end(), [](float v) { return v <= 0; });
  if (isSilent || double(beginnings.size()) < kShortest * framesPerSecond) return {};
  const Paces paces(beginnings, framesPerSecond);
  Hand hand(paces);
  for (const float beginning : beginnings) {
    if (stop.stop_requested()) return {};
    hand.step(beginning);
  }
  return {hand.beats(), paces.repetition};
}

}  // namespace kinescore
