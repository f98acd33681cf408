#include "engine/train/training_data.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <set>

#include "engine/core/hash.h"

namespace kinescore {
namespace {

constexpr std::int64_t kShortestClip = 16;
constexpr double kLongestCounted = 600;      // frames of a segment that add to its weight
constexpr int kFewSegments = 5;              // classes with fewer …
constexpr double kFewSegmentsBoost = 3;      // … are shown at most this much more often than by minutes
constexpr double kLargestSubjectShare = 0.05;
constexpr int kShortestOverlap = 6;

int numberOf(std::map<std::string, int>& numbers, const std::string& key) {
  return numbers.try_emplace(key, int(numbers.size())).first->second;
}

// A draw from running sums.
template <class Sums, class Get>
std::size_t drawFrom(const Sums& sums, const Get& get, CounterRandom& random) {
  const double target = random.uniform() * get(sums.back());
  const auto at = std::upper_bound(sums.begin(), sums.end(), target,
                                   [&](double value, const auto& entry) { return value < get(entry); });
  return std::min<std::size_t>(at - sums.begin(), sums.size() - 1);
}

}  // namespace

Result<TrainingData> TrainingData::build(const Library& library, Split split, bool withMirrors,
                                         const SentenceEncoder& encoder) {
  TrainingData data;
  std::map<std::string, int> actionNumbers, subjectNumbers;
  Sha256 hash;
  for (std::size_t i = 0; i < library.clips.size(); ++i) {
    const LibraryClip& clip = library.clips[i];
    if (clip.split != split || clip.motion.frameCount() < kShortestClip || clip.captions.empty()) continue;
    hash.update(clip.id + "\n" + identityHash(clip.motion) + "\n");
    for (const bool mirror : {false, true}) {
      if (mirror && !withMirrors) continue;
      TrainClip entry;
      entry.features = featuresFromMotion(mirror ? mirrored(clip.motion) : clip.motion);
      entry.quality = clip.quality;
      entry.flatFloor = clip.flatFloor;
      entry.mirrored = mirror;
      entry.subject = numberOf(subjectNumbers, clip.source + "/" + clip.subject);
      entry.source = int(i);
      for (const Caption& caption : clip.captions) {
        TrainCaption kept;
        kept.frames = {std::max<std::int64_t>(caption.frames.start, 0),
                       std::min(caption.frames.end, clip.motion.frameCount())};
        if (kept.frames.length() < kShortestOverlap) continue;
        kept.action = numberOf(actionNumbers, caption.action);
        const std::array<const std::string*, 3> wordings = {&caption.textA, &caption.textB, &caption.textC};
        for (std::size_t k = 0; k < wordings.size(); ++k) {
          const std::string& wording = wordings[k]->empty() ? caption.textA : *wordings[k];
          hash.update(wording + "\n");
          auto number = data.texts_.add(mirror ? mirroredCaption(wording) : wording, encoder);
          if (!number) return number.error();
          kept.texts[k] = *number;
        }
        entry.captions.push_back(kept);
      }
      if (!entry.captions.empty()) data.clips_.push_back(std::move(entry));
    }
  }
  data.actions_.resize(actionNumbers.size());
  for (const auto& [name, number] : actionNumbers) data.actions_[number] = name;
  data.hash_ = hash.finishHex();
  if (data.clips_.empty()) {
    return Error{ErrorCode::BadInput, "The library holds no captioned clips of the split to train on."};
  }
  data.buildWeights();
  return data;
}

void TrainingData::buildWeights() {
  const std::size_t actionCount = actions_.size();
  std::vector<std::vector<Segment>> segments(actionCount);
  std::vector<double> frames(actionCount, 0);
  for (std::size_t c = 0; c < clips_.size(); ++c) {
    for (std::size_t k = 0; k < clips_[c].captions.size(); ++k) {
      const TrainCaption& caption = clips_[c].captions[k];
      const double length = std::min<double>(double(caption.frames.length()), kLongestCounted);
      segments[caption.action].push_back({int(c), int(k), length});
      frames[caption.action] += length;
    }
  }
  double total = 0;
  for (const double f : frames) total += f;
  std::vector<double> share(actionCount);
  double rootSum = 0;
  for (const double f : frames) rootSum += std::sqrt(f);
  for (std::size_t a = 0; a < actionCount; ++a) {
    share[a] = std::sqrt(frames[a]) / rootSum;
    std::set<int> sources;
    for (const Segment& s : segments[a]) sources.insert(clips_[s.clip].source * 64 + s.caption);
    if (int(sources.size()) < kFewSegments) share[a] = std::min(share[a], kFewSegmentsBoost * frames[a] / total);
  }
  // no subject may fill more than its share; two rounds bring it near enough
  for (int round = 0; round < 2; ++round) {
    std::map<int, double> bySubject;
    double all = 0;
    for (std::size_t a = 0; a < actionCount; ++a) {
      double sum = 0;
      for (const Segment& s : segments[a]) sum += s.weight;
      for (const Segment& s : segments[a]) bySubject[clips_[s.clip].subject] += share[a] * s.weight / sum;
      all += share[a];
    }
    if (double(bySubject.size()) * kLargestSubjectShare < 2) break;  // too few subjects to balance
    for (std::size_t a = 0; a < actionCount; ++a) {
      for (Segment& s : segments[a]) {
        const double part = bySubject[clips_[s.clip].subject] / all;
        if (part > kLargestSubjectShare) s.weight *= kLargestSubjectShare / part;
      }
    }
  }
  segments_.clear();
  actionSums_.clear();
  double running = 0;
  for (std::size_t a = 0; a < actionCount; ++a) {
    double within = 0;
    for (Segment& s : segments[a]) s.weight = within += s.weight;
    running += segments[a].empty() ? 0 : share[a];
    actionSums_.push_back(running);
  }
  segments_ = std::move(segments);
}

double TrainingData::minutes() const {
  double frames = 0;
  for (const TrainClip& clip : clips_) frames += double(clip.features.frames);
  return frames / 30 / 60;
}

Crop TrainingData::cropAt(int clip, std::int64_t start, int frames) const {
  Crop crop;
  crop.clip = &clips_[clip];
  const std::int64_t length = crop.clip->features.frames;
  crop.frames = int(std::min<std::int64_t>(frames, length)) / kPatchFrames * kPatchFrames;
  crop.start = std::clamp<std::int64_t>(start, 0, length - crop.frames);
  const auto first = crop.clip->features.values.begin() + crop.start * kFeatureCount;
  crop.values.assign(first, first + std::ptrdiff_t(crop.frames) * kFeatureCount);
  moveToWindow(crop.values, spaceOfFrame(crop.values));
  return crop;
}

Crop TrainingData::draw(CounterRandom& random, int frames, bool jitter) const {
  const std::size_t action = drawFrom(actionSums_, [](double s) { return s; }, random);
  const auto& segments = segments_[action];
  const Segment& segment = segments[drawFrom(segments, [](const Segment& s) { return s.weight; }, random)];
  const FrameRange span = clips_[segment.clip].captions[segment.caption].frames;
  std::int64_t start = span.start;
  if (random.uniform() < 0.6) {
    start += std::int64_t(random.uniform(-3, 4));  // hands do not place a prompt to the frame
    const std::int64_t slack = span.length() - frames;
    if (slack > 0 && random.uniform() < 0.5) start += std::int64_t(random.uniform() * double(slack));
  } else {
    // anywhere with at least a third of a second of the segment in it
    const std::int64_t margin = std::min<std::int64_t>(10, span.length());
    const std::int64_t low = span.start - frames + margin, high = span.end - margin;
    start = low + std::int64_t(random.uniform() * double(high - low + 1));
  }
  Crop crop = cropAt(segment.clip, start, frames);
  crop.mainCaption = segment.caption;
  if (random.uniform() < 0.2 && jitter) {
    const WindowSpace space{{float(0.5 * random.normal()), float(0.5 * random.normal())},
                            float(random.uniform(-M_PI, M_PI))};
    moveToWindow(crop.values, space);
  }
  return crop;
}

std::vector<TextTokens> TrainingData::textsOf(const Crop& crop, CounterRandom& random) const {
  std::vector<TextTokens> result;
  for (const TrainCaption& caption : crop.clip->captions) {
    const double pick = random.uniform();
    const int wording = pick < 0.45 ? 0 : pick < 0.8 ? 1 : 2;
    const std::int64_t start = caption.frames.start - crop.start, end = caption.frames.end - crop.start;
    const std::int64_t overlap = std::min<std::int64_t>(end, crop.frames) - std::max<std::int64_t>(start, 0);
    if (overlap < kShortestOverlap) continue;
    TextTokens text = texts_.text(caption.texts[wording]);
    text.startFrame = int(start);
    text.endFrame = int(end);
    result.push_back(std::move(text));
  }
  return result;
}

int TrainingData::drawReference(CounterRandom& random, const Crop& crop, FrameRange& frames) const {
  if (crop.mainCaption < 0) return -1;
  const TrainCaption& own = crop.clip->captions[crop.mainCaption];
  const auto& segments = segments_[own.action];
  for (int attempt = 0; attempt < 8; ++attempt) {
    const Segment& segment = segments[drawFrom(segments, [](const Segment& s) { return s.weight; }, random)];
    const TrainClip& other = clips_[segment.clip];
    if (other.source == crop.clip->source || other.mirrored != crop.clip->mirrored) continue;
    if (other.subject == crop.clip->subject && other.captions[segment.caption].texts == own.texts) continue;
    frames = other.captions[segment.caption].frames;
    return segment.clip;
  }
  return -1;
}

}  // namespace kinescore
