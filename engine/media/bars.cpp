#include "engine/media/bars.h"

#include <algorithm>
#include <vector>

namespace kinescore {
namespace {

constexpr int kFewestBars = 4;
constexpr double kTellingShare = 0.2;  // of what differs between beats, explained by their place in the bar
constexpr int kLowBandShare = 4;       // the lowest quarter of the bands is where a bar's first beat weighs

struct Places {
  std::vector<std::vector<double>> mean;  // [place][width]
  double explained = 0;                   // share, 0: no more than chance
};

Places placesOf(std::span<const float> beats, int width, int perBar) {
  const int count = int(beats.size()) / width;
  Places places;
  places.mean.assign(perBar, std::vector<double>(width));
  std::vector<double> all(width);
  std::vector<int> seen(perBar);
  for (int i = 0; i < count; ++i) ++seen[i % perBar];
  for (int i = 0; i < count; ++i) {
    for (int w = 0; w < width; ++w) {
      const double value = beats[std::size_t(i) * width + w];
      places.mean[i % perBar][w] += value / seen[i % perBar];
      all[w] += value / count;
    }
  }
  double total = 0, left = 0;
  for (int i = 0; i < count; ++i) {
    for (int w = 0; w < width; ++w) {
      const double value = beats[std::size_t(i) * width + w];
      total += (value - all[w]) * (value - all[w]);
      left += (value - places.mean[i % perBar][w]) * (value - places.mean[i % perBar][w]);
    }
  }
  // adjusted for what as many means would explain of noise
  if (total > 0) places.explained = 1 - (left / (count - perBar)) / (total / (count - 1));
  return places;
}

/// The place most unlike the others; of two about as unlike, the one with more in the low bands.
int firstPlaceOf(const Places& places, int width) {
  const int perBar = int(places.mean.size());
  std::vector<double> score(perBar);
  for (int p = 0; p < perBar; ++p) {
    for (int w = 0; w < width; ++w) {
      double others = 0;
      for (int q = 0; q < perBar; ++q) others += q != p ? places.mean[q][w] / (perBar - 1) : 0;
      const double difference = places.mean[p][w] - others;
      score[p] += difference * difference / width;
      if (w < width / kLowBandShare) score[p] += difference / width;
    }
  }
  return int(std::max_element(score.begin(), score.end()) - score.begin());
}

}  // namespace

Bars findBars(std::span<const float> beats, int width) {
  const int count = int(beats.size()) / width;
  Bars bars;
  double best = kTellingShare;
  for (const int perBar : {3, 4}) {
    if (count < kFewestBars * perBar) continue;
    const Places places = placesOf(beats, width, perBar);
    if (places.explained <= best) continue;
    best = places.explained;
    bars = {perBar, firstPlaceOf(places, width)};
  }
  return bars;
}

}  // namespace kinescore
