#include "engine/generation/reference_finder.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/random.h"

namespace kinescore {
namespace {

constexpr std::size_t kCandidates = 8;
constexpr double kTemperature = 0.05;
constexpr std::int64_t kShortestFrames = 12;
constexpr std::uint64_t kDrawStream = 0x7265666572;

class Finder {
 public:
  Finder(const ReferenceLibrary& from, const TextRequest& prompt, std::span<const float> sentence)
      : from_(from), prompt_(prompt) {
    query_ = {{sentence.begin(), sentence.end()}, namedSides(prompt.prompt), frameAtOrAfter(prompt.span.length(), kEngineRate)};
    if (!from.tower) return;
    query_.tower = from.tower->ofText(sentence, query_.sides);
    query_.mirroredTower = from.tower->ofText(sentence, query_.sides.mirrored());
  }

  void addPins(const ReferenceWishes& wishes, FoundReferences& found) {
    for (const ReferencePin& pin : wishes.pins) {
      const bool isMeant = pin.prompt.empty() || pin.prompt == prompt_.prompt;
      if (!isMeant || wishes.forbids(pin.clipId) || int(found.references.size()) >= kMostReferences) continue;
      const LibraryClip* clip = from_.library->findClip(pin.clipId);
      if (!clip) {
        found.missing.push_back(pin.clipId);
        continue;
      }
      if (shown_.insert(pin.clipId).second || pin.part) found.references.push_back({pinned(*clip, pin), true});
    }
  }

  void draw(int count, const ReferenceWishes& wishes, std::uint64_t seed, int number, FoundReferences& found) {
    std::vector<ReferenceMatch> candidates = from_.search.find(query_, kCandidates, [&](const ReferenceEntry& entry) {
      const std::string& id = from_.library->clips[entry.clip].id;
      return entry.frames >= kShortestFrames && !shown_.contains(id) && !wishes.forbids(id);
    });
    std::erase_if(candidates, [](const ReferenceMatch& match) { return match.score < kLeastAlike; });
    CounterRandom random(seed, kDrawStream, std::uint64_t(number));
    while (!candidates.empty() && int(found.references.size()) < count) {
      const float best = candidates.front().score;
      double total = 0;
      std::vector<double> sums;
      for (const ReferenceMatch& match : candidates) sums.push_back(total += std::exp((match.score - best) / kTemperature));
      const double target = random.uniform() * total;
      const auto drawn = std::min<std::size_t>(std::upper_bound(sums.begin(), sums.end(), target) - sums.begin(),
                                               candidates.size() - 1);
      found.references.push_back({momentOf(candidates[drawn]), false});
      candidates.erase(candidates.begin() + std::ptrdiff_t(drawn));
    }
  }

 private:
  ReferenceRequest shownOver(const LibraryClip& clip, FrameRange frames, bool mirror) const {
    ReferenceRequest reference;
    reference.span = prompt_.span;
    reference.clipId = clip.id;
    reference.mirror = mirror;
    reference.inPoint = ticksOfFrame(std::max<std::int64_t>(frames.start, 0), kEngineRate);
    reference.outPoint = ticksOfFrame(frames.end, kEngineRate);
    return reference;
  }

  ReferenceRequest momentOf(const ReferenceMatch& match) const {
    const ReferenceEntry& entry = from_.search.entries()[match.entry];
    const LibraryClip& clip = from_.library->clips[entry.clip];
    return shownOver(clip, clip.captions[entry.caption].frames, match.mirror);
  }

  /// The part that was asked for; else the clip's moment that fits best; else, without captions, all of it.
  ReferenceRequest pinned(const LibraryClip& clip, const ReferencePin& pin) const {
    if (pin.part) {
      ReferenceRequest reference = shownOver(clip, {0, clip.motion.frameCount()}, false);
      reference.inPoint = pin.part->start;
      reference.outPoint = pin.part->end;
      return reference;
    }
    const auto number = int(&clip - from_.library->clips.data());
    const auto best = from_.search.find(query_, 1, [&](const ReferenceEntry& entry) { return entry.clip == number; });
    return best.empty() ? shownOver(clip, {0, clip.motion.frameCount()}, false) : momentOf(best.front());
  }

  const ReferenceLibrary& from_;
  const TextRequest& prompt_;
  ReferenceQuery query_;
  std::set<std::string> shown_;
};

}  // namespace

FoundReferences findReferences(const ReferenceLibrary& from, const TextRequest& prompt, std::span<const float> sentence,
                               int count, const ReferenceWishes& wishes, std::uint64_t seed, int number) {
  FoundReferences found;
  Finder finder(from, prompt, sentence);
  finder.addPins(wishes, found);
  finder.draw(count, wishes, seed, number, found);
  return found;
}

}  // namespace kinescore
