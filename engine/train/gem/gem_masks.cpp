#include "engine/train/gem/gem_masks.h"

#include <algorithm>

namespace kinescore::gem {
namespace {

constexpr double kFrameDrop = 0.1, kTextDrop = 0.1, kViewDrop = 0.5;
constexpr double kSpanShare = 0.75, kJointShare = 0.25;
constexpr int kMostSpans = 3, kLongestSpan = 30;
constexpr int kFewestPoints = 4;

/// Whose loss hides a point too: its parent in the tree of the seen points; −1: a root.
constexpr std::array<int, kKeypoints> kPointParent = {5, 0, 0, 1, 2, -1, -1, 5, 6, 7, 8, -1, -1, 11, 12, 13, 14};
constexpr int kNose = 0, kLeftShoulderPoint = 5, kRightShoulderPoint = 6;
/// Parents before children.
constexpr std::array<int, kKeypoints> kPointOrder = {5, 6, 11, 12, 0, 1, 2, 3, 4, 7, 8, 9, 10, 13, 14, 15, 16};

using Hidden = std::array<bool, kKeypoints>;

/// The nose needs both shoulders.
Hidden withChildren(Hidden hidden) {
  for (const int k : kPointOrder) {
    if (k == kNose) {
      hidden[k] = hidden[k] || hidden[kLeftShoulderPoint] || hidden[kRightShoulderPoint];
    } else if (kPointParent[std::size_t(k)] >= 0) {
      hidden[k] = hidden[k] || hidden[std::size_t(kPointParent[std::size_t(k)])];
    }
  }
  return hidden;
}

void hide(Keypoints& points, const Hidden& hidden) {
  for (int k = 0; k < kKeypoints; ++k) {
    if (hidden[k]) points[k].confidence = 0;
  }
}

/// One to three spans of up to a second in three of four cases.
template <typename OnFrame>
void inSpans(std::int64_t frames, CounterRandom& random, const OnFrame& onFrame) {
  if (random.uniform() >= kSpanShare) return;
  const auto spans = 1 + random.below(kMostSpans);
  for (std::uint64_t s = 0; s < spans; ++s) {
    const auto length = std::int64_t(1 + random.below(kLongestSpan));
    const auto start = std::int64_t(random.below(std::uint64_t(frames)));
    for (std::int64_t f = start; f < std::min(frames, start + length); ++f) onFrame(std::size_t(f));
  }
}

void hideSpans(ClipConditions& clip, CounterRandom& random) {
  Hidden all;
  all.fill(true);
  inSpans(clip.validFrames, random, [&](std::size_t f) { hide(clip.keypoints[f], all); });
  Hidden some{};
  for (bool& joint : some) joint = random.uniform() < kJointShare;
  some = withChildren(some);
  inSpans(clip.validFrames, random, [&](std::size_t f) { hide(clip.keypoints[f], some); });
}

int countSeen(const Keypoints& points) {
  return int(std::count_if(points.begin(), points.end(), [](const Keypoint& p) { return p.confidence > 0.5f; }));
}

}  // namespace

ShownConditions shownConditions(const Example& example, TrainPass pass, CounterRandom& random) {
  ShownConditions shown{example.conditions, std::vector<float>(std::size_t(example.conditions.frames), 1.0f)};
  ClipConditions& clip = shown.clip;
  const bool hasWords = !clip.text.empty();
  const bool losesWords = random.uniform() < kTextDrop, losesView = random.uniform() < kViewDrop;
  if (losesWords) clip.text.clear();
  hideSpans(clip, random);
  const bool isUnseen = hasWords && losesView && pass == TrainPass::Diffusion;
  for (std::size_t f = 0; f < clip.present.size(); ++f) {
    Presence& present = clip.present[f];
    const bool boxDrops = random.uniform() < kFrameDrop, cameraDrops = random.uniform() < kFrameDrop;
    if (boxDrops) shown.boxShown[f] = 0;
    if (cameraDrops || hasWords) present.camera = false;
    if (isUnseen || countSeen(clip.keypoints[f]) < kFewestPoints) present.keypoints = present.image = false;
  }
  return shown;
}

}  // namespace kinescore::gem
