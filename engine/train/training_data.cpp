#include "engine/train/training_data.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <set>

#include "engine/core/hash.h"
#include "engine/train/crop_changes.h"

namespace kinescore {
namespace {

constexpr std::int64_t kShortestClip = 16;
constexpr double kLongestCounted = 600;      // frames of a segment that add to its weight
constexpr int kFewSegments = 5;              // classes with fewer …
constexpr double kFewSegmentsBoost = 3;      // … are shown at most this much more often than by minutes
constexpr double kLargestSubjectShare = 0.05;
constexpr int kShortestOverlap = 6;
constexpr std::size_t kNeighbours = 8;
constexpr double kTemperature = 0.05;        // of the draw among them
constexpr float kSameWords = 0.75f;          // cosine from which two captions may change places
constexpr double kPacedShare = 0.6, kJoinedShare = 0.06;
constexpr int kJoinAttempts = 6;

int numberOf(std::map<std::string, int>& numbers, const std::string& key) {
  return numbers.try_emplace(key, int(numbers.size())).first->second;
}

// Both halves of a couple's take have one name: CMU's subjects 60 and 61 dance salsa together.
std::string coupleOf(const LibraryClip& clip) {
  if (clip.source != "CMU" || (clip.subject != "60" && clip.subject != "61")) return {};
  const auto trial = clip.id.find_last_of('_');
  return trial == std::string::npos ? std::string() : "salsa" + clip.id.substr(trial);
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
                                         const SentenceEncoder& encoder, bool balanced) {
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
  data.buildWeights(balanced);
  data.findNeighbours(library);
  return data;
}

void TrainingData::buildWeights(bool balanced) {
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
    share[a] = balanced ? std::sqrt(frames[a]) / rootSum : frames[a] / total;
    if (!balanced) continue;
    std::set<int> sources;
    for (const Segment& s : segments[a]) sources.insert(clips_[s.clip].source * 64 + s.caption);
    if (int(sources.size()) < kFewSegments) share[a] = std::min(share[a], kFewSegmentsBoost * frames[a] / total);
  }
  // no subject may fill more than its share; two rounds bring it near enough
  for (int round = 0; balanced && round < 2; ++round) {
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

FrameRange Crop::ownFrames(const FrameRange& ofClip) const {
  const auto own = [&](std::int64_t frame) { return std::int64_t(std::lround(double(frame - start) / pace)); };
  return {own(ofClip.start), own(ofClip.end)};
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

Crop TrainingData::drawUnplaced(CounterRandom& random, int frames) const {
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
  return crop;
}

void TrainingData::jitterSpace(CounterRandom& random, Crop& crop) {
  if (random.uniform() >= 0.2) return;
  const WindowSpace space{{float(0.5 * random.normal()), float(0.5 * random.normal())},
                          float(random.uniform(-M_PI, M_PI))};
  moveToWindow(crop.values, space);
}

Crop TrainingData::draw(CounterRandom& random, int frames, bool jitter) const {
  Crop crop = drawUnplaced(random, frames);
  if (jitter) jitterSpace(random, crop);
  return crop;
}

Crop TrainingData::drawChanged(CounterRandom& random, int frames) const {
  Crop crop = drawUnplaced(random, frames);
  if (random.uniform() < kPacedShare) {
    const MotionFeatures& features = crop.clip->features;
    const double pace = drawPace(crop.values, random);
    const auto needed = std::int64_t(std::ceil((crop.frames - 1) * pace)) + 1;
    if (needed <= features.frames) {
      crop.pace = pace;
      crop.start = std::min(crop.start, features.frames - needed);
      crop.values = atPace(features, crop.start, crop.frames, pace);
      moveToWindow(crop.values, spaceOfFrame(crop.values));
    }
  }
  if (random.uniform() < kJoinedShare) {
    for (int attempt = 0; attempt < kJoinAttempts; ++attempt) {
      const Crop upper = drawUnplaced(random, crop.frames);
      if (upper.frames != crop.frames || upper.clip->source == crop.clip->source) continue;
      auto joined = joinedBodies(crop.values, upper.values);
      if (!joined) continue;
      crop.values = std::move(*joined);
      crop.upperClip = upper.clip;
      crop.upperStart = upper.start;
      break;
    }
  }
  jitterSpace(random, crop);
  return crop;
}

void TrainingData::addTexts(const Crop& crop, double borrowed, CounterRandom& random,
                            std::vector<TextTokens>& result) const {
  const auto clip = std::size_t(crop.clip - clips_.data());
  for (std::size_t k = 0; k < crop.clip->captions.size(); ++k) {
    const TrainCaption& caption = crop.clip->captions[k];
    const double pick = random.uniform();
    const int wording = pick < 0.45 ? 0 : pick < 0.8 ? 1 : 2;
    const FrameRange frames = crop.ownFrames(caption.frames);
    const std::int64_t overlap = std::min<std::int64_t>(frames.end, crop.frames) - std::max<std::int64_t>(frames.start, 0);
    if (overlap < kShortestOverlap) continue;
    const TrainCaption* words = &caption;
    if (borrowed > 0 && random.uniform() < borrowed) {
      const auto& near = neighbours_[clip][k];
      const auto alike = std::count_if(near.begin(), near.end(), [](const Neighbour& n) { return n.score > kSameWords; });
      if (alike > 0) {
        const Neighbour& neighbour = near[random.below(std::uint64_t(alike))];
        words = &clips_[neighbour.moment.clip].captions[neighbour.caption];
      }
    }
    TextTokens text = texts_.text(words->texts[wording]);
    text.startFrame = int(frames.start);
    text.endFrame = int(frames.end);
    result.push_back(std::move(text));
  }
}

std::vector<TextTokens> TrainingData::textsOf(const Crop& crop, CounterRandom& random, double borrowed) const {
  std::vector<TextTokens> result;
  addTexts(crop, borrowed, random, result);
  if (crop.upperClip != nullptr) {
    Crop upper;
    upper.clip = crop.upperClip;
    upper.start = crop.upperStart;
    upper.frames = crop.frames;
    addTexts(upper, borrowed, random, result);
  }
  return result;
}

ReferenceQuery TrainingData::queryOf(int clip, int caption) const {
  const Meaning& meaning = meanings_[clip][caption];
  return {meaning.vector, meaning.sides, clips_[clip].captions[caption].frames.length()};
}

ShownMoment TrainingData::momentOf(const ReferenceMatch& match, bool askerIsMirrored, int& caption) const {
  const ReferenceEntry& entry = search_->entries()[match.entry];
  caption = entry.caption;
  // Words without sides leave the side open: then the moment is shown the way round the asker is.
  const bool mirror = entry.sides.any() ? match.mirror : askerIsMirrored;
  const int clip = mirror && mirrorOf_[entry.clip] >= 0 ? mirrorOf_[entry.clip] : entry.clip;
  return {clip, clips_[clip].captions[caption].frames};
}

void TrainingData::findNeighbours(const Library& library) {
  mirrorOf_.assign(clips_.size(), -1);
  std::vector<std::string> doings, partners;
  std::vector<ReferenceEntry> entries;
  for (std::size_t c = 0; c < clips_.size(); ++c) {
    const TrainClip& clip = clips_[c];
    const LibraryClip& source = library.clips[clip.source];
    if (clip.mirrored && c > 0 && clips_[c - 1].source == clip.source) mirrorOf_[c - 1] = int(c);
    doings.push_back(source.source + "/" + source.subject + "/" + source.description);
    partners.push_back(coupleOf(source));
    std::vector<Meaning> meanings;
    for (std::size_t k = 0; k < clip.captions.size(); ++k) {
      const TrainCaption& caption = clip.captions[k];
      Meaning meaning{std::vector<float>(kTextWidth, 0.0f), {}};
      for (const int number : caption.texts) {
        const TextTokens& text = texts_.text(number);
        for (int i = 0; i < kTextWidth; ++i) meaning.vector[i] += text.sentence[i];
        for (const Side side : text.sides) {
          meaning.sides.left = meaning.sides.left || side == Side::Left || side == Side::Both;
          meaning.sides.right = meaning.sides.right || side == Side::Right || side == Side::Both;
        }
      }
      double length = 0;
      for (const float v : meaning.vector) length += double(v) * v;
      for (float& v : meaning.vector) v /= float(std::sqrt(std::max(length, 1e-12)));
      if (!clip.mirrored) {
        entries.push_back({int(c), int(k), caption.frames.length(), meaning.sides, meaning.vector});
      }
      meanings.push_back(std::move(meaning));
    }
    meanings_.push_back(std::move(meanings));
  }
  search_.emplace(std::move(entries));
  for (std::size_t c = 0; c < clips_.size(); ++c) {
    neighbours_.emplace_back(clips_[c].captions.size());
    const auto mayShow = [&](const ReferenceEntry& entry) {
      return clips_[entry.clip].source != clips_[c].source && doings[entry.clip] != doings[c] &&
             (partners[c].empty() || partners[entry.clip] != partners[c]);
    };
    for (std::size_t k = 0; k < clips_[c].captions.size(); ++k) {
      for (const ReferenceMatch& match : search_->find(queryOf(int(c), int(k)), kNeighbours, mayShow)) {
        int caption = 0;
        const ShownMoment moment = momentOf(match, clips_[c].mirrored, caption);
        neighbours_[c][k].push_back({moment, caption, match.score});
      }
    }
  }
}

std::optional<ShownMoment> TrainingData::drawReference(CounterRandom& random, int clip, int caption) const {
  const auto& near = neighbours_[clip][caption];
  if (near.empty()) return std::nullopt;
  std::vector<double> sums;
  double total = 0;
  for (const Neighbour& n : near) sums.push_back(total += std::exp((n.score - near.front().score) / kTemperature));
  return near[drawFrom(sums, [](double s) { return s; }, random)].moment;
}

std::optional<ShownMoment> TrainingData::drawWrongReference(CounterRandom& random, int clip) const {
  for (int attempt = 0; attempt < 8; ++attempt) {
    const int other = int(random.below(clips_.size()));
    if (clip >= 0 && clips_[other].source == clips_[clip].source) continue;
    const auto& captions = clips_[other].captions;
    return ShownMoment{other, captions[random.below(captions.size())].frames};
  }
  return std::nullopt;
}

std::optional<ShownMoment> TrainingData::bestReference(const TrainingData& asking, int clip, int caption) const {
  const auto matches =
      search_->find(asking.queryOf(clip, caption), 1, [](const ReferenceEntry&) { return true; });
  if (matches.empty()) return std::nullopt;
  int ignored = 0;
  return momentOf(matches.front(), asking.clips_[clip].mirrored, ignored);
}

}  // namespace kinescore
