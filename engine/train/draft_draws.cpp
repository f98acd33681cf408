#include "engine/train/draft_draws.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kinescore {
namespace {

constexpr double kBlockedShare = 0.4, kSmoothedShare = 0.4;  // the others keep their curves
constexpr double kHeldShare = 0.4;                           // of the blocked ones: poses stand until the next
constexpr int kShortestBlock = 5, kLongestBlock = 24;        // frames from pose to pose
constexpr double kOffTimeShare = 0.6, kMostFramesOff = 6;
constexpr double kSmallShare = 0.5, kSmallest = 0.6, kLargest = 1.1;
constexpr double kMostTremble = 0.15;                        // of a feature's deviation
constexpr double kPartShare = 0.25;                          // drafts that do not cover the whole crop
constexpr double kWeakShare = 0.3, kWeakest = 0.2;

// Rows of kDraftChannels that can be asked for between frames.
class Rows {
 public:
  Rows(std::span<const float> clean, int frames) : frames_(frames) {
    for (int f = 0; f < frames; ++f) {
      const auto row = clean.subspan(std::size_t(f) * kFeatureCount + kPositionChannel, kDraftChannels);
      values_.insert(values_.end(), row.begin(), row.end());
    }
  }

  [[nodiscard]] float at(double frame, int channel) const {
    const double inside = std::clamp(frame, 0.0, double(frames_ - 1));
    const int before = int(inside), after = std::min(before + 1, frames_ - 1);
    const float part = float(inside - before);
    return (1 - part) * value(before, channel) + part * value(after, channel);
  }

  void block(int frames, bool held) {
    for (int f = 0; f < frames_; ++f) {
      const int from = f / frames * frames, to = std::min(from + frames, frames_ - 1);
      const float part = held || to == from ? 0 : float(f - from) / float(to - from);
      for (int c = 0; c < kDraftChannels; ++c) set(f, c, (1 - part) * value(from, c) + part * value(to, c));
    }
  }

  void smooth(int radius) {
    const std::vector<float> rough = values_;
    for (int f = 0; f < frames_; ++f) {
      const int first = std::max(f - radius, 0), last = std::min(f + radius, frames_ - 1);
      for (int c = 0; c < kDraftChannels; ++c) {
        float sum = 0;
        for (int k = first; k <= last; ++k) sum += rough[std::size_t(k) * kDraftChannels + c];
        set(f, c, sum / float(last - first + 1));
      }
    }
  }

  [[nodiscard]] float mean(int channel) const {
    float sum = 0;
    for (int f = 0; f < frames_; ++f) sum += value(f, channel);
    return sum / float(frames_);
  }

 private:
  [[nodiscard]] float value(int frame, int channel) const { return values_[std::size_t(frame) * kDraftChannels + channel]; }
  void set(int frame, int channel, float v) { values_[std::size_t(frame) * kDraftChannels + channel] = v; }

  int frames_;
  std::vector<float> values_;
};

// How many frames early or late a draft is, slowly changing.
struct Timing {
  double most = 0, rate = 0, phase = 0;
  [[nodiscard]] double at(int frame) const { return most * std::sin(rate * frame + phase); }
};

}  // namespace

void sketchDraft(std::span<const float> clean, CounterRandom& random, WindowConditions& conditions) {
  const int frames = conditions.frames;
  Rows rows(clean, frames);
  const double manner = random.uniform();
  if (manner < kBlockedShare) {
    const int block = kShortestBlock + int(random.below(kLongestBlock - kShortestBlock + 1));
    rows.block(block, random.uniform() < kHeldShare);
  } else if (manner < kBlockedShare + kSmoothedShare) {
    rows.smooth(2 + int(random.below(9)));
  }
  Timing timing;
  if (random.uniform() < kOffTimeShare) {
    timing = {random.uniform(0, kMostFramesOff), 2 * M_PI / random.uniform(30, 150), random.uniform(0, 2 * M_PI)};
  }
  const float size = random.uniform() < kSmallShare ? float(random.uniform(kSmallest, kLargest)) : 1.0f;
  const double tremble = random.uniform(0, kMostTremble);
  const float strength = random.uniform() < kWeakShare ? float(random.uniform(kWeakest, 1)) : 1.0f;
  FrameRange drawn{0, frames};
  if (random.uniform() < kPartShare) {
    drawn.start = std::int64_t(random.below(std::uint64_t(frames)));
    drawn.end = drawn.start + 1 + std::int64_t(random.below(std::uint64_t(frames - drawn.start)));
  }
  std::vector<float> mean(kDraftChannels);
  for (int c = 0; c < kDraftChannels; ++c) mean[c] = rows.mean(c);
  conditions.draft.assign(std::size_t(frames) * kDraftChannels, 0.0f);
  conditions.draftMask.assign(frames, 0.0f);
  for (std::int64_t f = drawn.start; f < drawn.end; ++f) {
    conditions.draftMask[f] = strength;
    const double from = double(f) + timing.at(int(f));
    for (int c = 0; c < kDraftChannels; ++c) {
      // what is to be followed less closely is further from the truth
      const double off = tremble + 0.3 * (1 - strength);
      conditions.draft[f * kDraftChannels + c] = mean[c] + size * (rows.at(from, c) - mean[c]) + float(off * random.normal());
    }
  }
}

}  // namespace kinescore
