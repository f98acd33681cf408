#include "engine/generation/reference_finder.h"

#include <algorithm>
#include <cmath>

#include "engine/core/random.h"

namespace kinescore {
namespace {

constexpr std::size_t kCandidates = 8;
constexpr double kTemperature = 0.05;
constexpr float kLeastAlike = 0.35f;  // cosine; below it captions speak of something else
constexpr std::int64_t kShortestFrames = 12;
constexpr std::uint64_t kDrawStream = 0x7265666572;

}  // namespace

std::vector<ReferenceRequest> findReferences(const ReferenceLibrary& from, const TextRequest& prompt,
                                             std::span<const float> sentence, int count, std::uint64_t seed,
                                             int number) {
  const ReferenceQuery query{{sentence.begin(), sentence.end()},
                             namedSides(prompt.prompt),
                             frameAtOrAfter(prompt.span.length(), kEngineRate)};
  std::vector<ReferenceMatch> candidates = from.search.find(
      query, kCandidates, [](const ReferenceEntry& entry) { return entry.frames >= kShortestFrames; });
  std::erase_if(candidates, [](const ReferenceMatch& match) { return match.score < kLeastAlike; });

  std::vector<ReferenceRequest> found;
  CounterRandom random(seed, kDrawStream, std::uint64_t(number));
  while (!candidates.empty() && int(found.size()) < count) {
    const float best = candidates.front().score;
    double total = 0;
    std::vector<double> sums;
    for (const ReferenceMatch& match : candidates) sums.push_back(total += std::exp((match.score - best) / kTemperature));
    const double target = random.uniform() * total;
    const auto drawn = std::min<std::size_t>(std::upper_bound(sums.begin(), sums.end(), target) - sums.begin(),
                                             candidates.size() - 1);
    const ReferenceEntry& entry = from.search.entries()[candidates[drawn].entry];
    const LibraryClip& clip = from.library->clips[entry.clip];
    const FrameRange shown = clip.captions[entry.caption].frames;
    ReferenceRequest reference;
    reference.span = prompt.span;
    reference.clipId = clip.id;
    reference.mirror = candidates[drawn].mirror;
    reference.inPoint = ticksOfFrame(std::max<std::int64_t>(shown.start, 0), kEngineRate);
    reference.outPoint = ticksOfFrame(shown.end, kEngineRate);
    found.push_back(std::move(reference));
    candidates.erase(candidates.begin() + std::ptrdiff_t(drawn));
  }
  return found;
}

}  // namespace kinescore
