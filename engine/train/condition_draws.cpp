#include "engine/train/condition_draws.h"

#include <algorithm>
#include <cmath>

#include "engine/request/request.h"
#include "engine/train/draft_draws.h"
#include "engine/train/sense_draws.h"

namespace kinescore {
namespace {

// Two samples in five have nothing but their text to go by: with a third of that (references in 0.6, constraints in
// 0.65 of the samples) not even captions learned from were performed.
constexpr double kTextDrop = 0.15, kReferenceDrop = 0.7, kConstraintDrop = 0.45, kEverythingDrop = 0.05;
constexpr double kTextDropBesideReferences = 0.45, kTextDropBesideView = 0.5, kBorrowedWords = 0.15;
// Quality goes with the source, and some actions are of one source alone: climbs are all without a floor, salsa all of
// another skeleton. Where it was always told, nobody climbed when asked for clean motion.
constexpr double kQualityUntold = 0.5;
constexpr double kRhythmShare = 0.08, kViewShare = 0.12, kEstimateShare = 0.5, kDraftShare = 0.12;
constexpr double kWeakShare = 0.2;          // of samples in which something is asked for at less than full strength
constexpr double kWordNoise = 0.06, kSentenceNoise = 0.012;  // about a quarter of what they are made of
constexpr double kWrongShare = 0.05, kBlankShare = 0.25, kReferenceNoise = 0.1;
constexpr std::int64_t kShortestShown = 12;

enum class Task { Nothing, PoseKeys, Blocking, Path, PathAndHeading, Targets, KnownEnds, Contacts, Height };

Task drawTask(CounterRandom& random) {
  // shares among the samples that keep their constraints
  struct Share {
    Task task;
    double weight;
  };
  constexpr Share kShares[] = {{Task::PoseKeys, 12}, {Task::Blocking, 24}, {Task::Path, 10},    {Task::PathAndHeading, 6},
                               {Task::Targets, 22},  {Task::KnownEnds, 12}, {Task::Contacts, 5}, {Task::Height, 2}};
  double total = 0;
  for (const Share& s : kShares) total += s.weight;
  double target = random.uniform() * total;
  for (const Share& s : kShares) {
    if ((target -= s.weight) < 0) return s.task;
  }
  return Task::PoseKeys;
}

// Fills conditions from a crop in window space.
class Teller {
 public:
  Teller(const Crop& crop, WindowConditions& conditions)
      : crop_(crop), c_(conditions), positions_(windowPositions(crop.values)) {}

  void tell(Task task, const FeatureStatistics& statistics, CounterRandom& random) {
    switch (task) {
      case Task::Nothing: break;
      case Task::PoseKeys: tellPoseKeys(random); break;
      case Task::Blocking: tellBlocking(random); break;
      case Task::Path: tellPath(random, false); break;
      case Task::PathAndHeading: tellPath(random, true); break;
      case Task::Targets: tellTargets(random); break;
      case Task::KnownEnds: tellEnds(statistics, random); break;
      case Task::Contacts: tellContacts(); break;
      case Task::Height: tellHeight(); break;
    }
  }

  void tellContacts() {
    for (int f = 0; f < crop_.frames; ++f) {
      for (int k = 0; k < 4; ++k) {
        c_.contact[f * 4 + k] = frame(f)[kContactChannel + k];
        c_.contactMask[f * 4 + k] = 1;
      }
    }
  }

 private:
  const float* frame(int f) const { return crop_.values.data() + std::size_t(f) * kFeatureCount; }

  void tellJoint(int f, int j) {
    for (int a = 0; a < 3; ++a) c_.jointPosition[(f * kJointCount22 + j) * 3 + a] = positions_[f * kJointCount22 + j][a];
    c_.jointMask[f * kJointCount22 + j] = 1;
  }
  // the joint's world rotation turned into the window's space
  void tellRotation(int f, int j) {
    const float c = frame(f)[kHeadingChannel], s = frame(f)[kHeadingChannel + 1];
    const float* six = frame(f) + kRotationChannel + 6 * j;
    float* out = c_.jointRotation.data() + (f * kJointCount22 + j) * 6;
    for (int column = 0; column < 6; column += 3) {
      out[column] = c * six[column] + s * six[column + 2];
      out[column + 1] = six[column + 1];
      out[column + 2] = -s * six[column] + c * six[column + 2];
    }
    c_.rotationMask[f * kJointCount22 + j] = 1;
  }
  void tellHeading(int f) {
    c_.heading[f * 2] = frame(f)[kHeadingChannel];
    c_.heading[f * 2 + 1] = frame(f)[kHeadingChannel + 1];
    c_.headingMask[f] = 1;
  }

  void tellPose(int f) {
    for (int j = 0; j < kJointCount22; ++j) {
      tellJoint(f, j);
      tellRotation(f, j);
    }
    tellHeading(f);
  }
  void tellPoseKeys(CounterRandom& random) {
    const int keys = 1 + int(random.below(5));
    for (int k = 0; k < keys; ++k) {
      const double place = random.uniform();
      tellPose(place < 0.15 ? 0 : place < 0.3 ? crop_.frames - 1 : int(random.below(crop_.frames)));
    }
  }
  // The whole crop in poses at an even pace, as animators block: the network is to find what lies between.
  void tellBlocking(CounterRandom& random) {
    const int stride = 8 + int(random.below(38));
    for (int f = int(random.below(std::uint64_t(stride))); f < crop_.frames; f += stride) tellPose(f);
    if (random.uniform() < 0.5) tellPose(0);
    if (random.uniform() < 0.5) tellPose(crop_.frames - 1);
  }

  void tellPath(CounterRandom& random, bool withHeading) {
    int first = 0, last = crop_.frames;
    if (random.uniform() < 0.3) {  // a path over a part of the window
      const int a = int(random.below(crop_.frames)), b = int(random.below(crop_.frames));
      if (std::abs(a - b) >= 15) {
        first = std::min(a, b);
        last = std::max(a, b);
      }
    }
    const bool sparse = random.uniform() < 0.25;  // way-points only
    const int stride = sparse ? 10 + int(random.below(30)) : 1;
    for (int f = first; f < last; f += stride) {
      c_.path[f * 2] = frame(f)[kRootChannel];
      c_.path[f * 2 + 1] = frame(f)[kRootChannel + 2];
      c_.pathMask[f] = 1;
      if (withHeading) tellHeading(f);
    }
  }

  void tellTargets(CounterRandom& random) {
    constexpr int kUsual[] = {kLeftHand, kRightHand, kLeftFoot, kRightFoot, kHead, kHips};
    const int count = 1 + int(random.below(4));
    for (int k = 0; k < count; ++k) {
      const int j = random.uniform() < 0.8 ? kUsual[random.below(6)] : int(random.below(kJointCount22));
      const bool withRotation = random.uniform() < 0.2;
      int first = int(random.below(crop_.frames)), length = 1;
      if (random.uniform() < 0.5) length = 1 + int(random.below(crop_.frames));
      for (int f = first; f < std::min(first + length, crop_.frames); ++f) {
        tellJoint(f, j);
        if (withRotation) tellRotation(f, j);
      }
    }
  }

  void tellEnds(const FeatureStatistics& statistics, CounterRandom& random) {
    const double which = random.uniform();
    const auto length = [&] {
      const double most = std::min<double>(kContextFrames, crop_.frames / 2.0);
      return random.uniform() < 0.5 ? int(most) : 2 + int(random.uniform() * (most - 2));
    };
    if (which < 0.8) tellKnown(0, length(), statistics);
    if (which > 0.55) tellKnown(crop_.frames - length(), crop_.frames, statistics);
  }
  void tellKnown(int first, int last, const FeatureStatistics& statistics) {
    std::vector<float> values(frame(first), frame(first) + std::size_t(last - first) * kFeatureCount);
    statistics.normalise(values);
    std::copy(values.begin(), values.end(), c_.known.begin() + std::size_t(first) * kFeatureCount);
    std::fill(c_.knownMask.begin() + first, c_.knownMask.begin() + last, 1.0f);
  }

  void tellHeight() {
    for (int f = 0; f < crop_.frames; ++f) {
      c_.height[f] = frame(f)[kRootChannel + 1];
      c_.heightMask[f] = 1;
    }
  }

  const Crop& crop_;
  WindowConditions& c_;
  std::vector<glm::vec3> positions_;
};

constexpr int kReferenceValues = 66 + 132, kReferenceGroup = 4;

// A captured moment as the network is shown it.
ReferenceTokens tokensOf(const Crop& shown, const FeatureStatistics& statistics, double pace) {
  std::vector<float> values = shown.values;
  statistics.normalise(values);
  ReferenceTokens tokens;
  for (int f = 0; f < kWindowFrames; ++f) {
    const auto from = std::int64_t(std::lround(f * pace));
    if (from >= shown.frames) break;
    const float* v = values.data() + from * kFeatureCount + kPositionChannel;
    tokens.values.insert(tokens.values.end(), v, v + kReferenceValues);
    ++tokens.frames;
  }
  tokens.frames = tokens.frames / kReferenceGroup * kReferenceGroup;
  tokens.values.resize(std::size_t(tokens.frames) * kReferenceValues);
  return tokens;
}

// At another pace, a part of it blank, a little noisy: the network is to take up the manner, not to copy.
ReferenceTokens disturbedTokens(const Crop& shown, const FeatureStatistics& statistics, CounterRandom& random) {
  ReferenceTokens tokens = tokensOf(shown, statistics, random.uniform(0.85, 1.15));
  for (float& v : tokens.values) v += float(kReferenceNoise * random.normal());
  constexpr std::int64_t kGroupValues = kReferenceGroup * kReferenceValues;
  for (std::int64_t f = 0; f < tokens.frames; f += kReferenceGroup) {
    if (random.uniform() >= kBlankShare) continue;
    std::fill_n(tokens.values.begin() + f / kReferenceGroup * kGroupValues, kGroupValues, 0.0f);
  }
  return tokens;
}

void addReferences(const TrainingData& data, const FeatureStatistics& statistics, const Crop& crop,
                   CounterRandom& random, WindowConditions& conditions) {
  const int clip = int(crop.clip - data.clips().data());
  for (std::size_t k = 0; k < crop.clip->captions.size(); ++k) {
    const FrameRange frames = crop.ownFrames(crop.clip->captions[k].frames);
    const std::int64_t start = std::max<std::int64_t>(frames.start, 0);
    const std::int64_t end = std::min<std::int64_t>(frames.end, crop.frames);
    if (end - start < kShortestShown) continue;
    if (int(k) != crop.mainCaption && random.uniform() < 0.5) continue;
    const bool isWrong = random.uniform() < kWrongShare;
    for (int count = 1 + int(random.below(2)); count > 0; --count) {
      if (int(conditions.references.size()) == kMostReferences) return;
      const auto moment = isWrong ? data.drawWrongReference(random, clip) : data.drawReference(random, clip, int(k));
      if (!moment || moment->frames.length() < kShortestShown) continue;
      const int length = int(std::min<std::int64_t>(moment->frames.length(), kWindowFrames));
      ReferenceTokens tokens =
          disturbedTokens(data.cropAt(moment->clip, moment->frames.start, length), statistics, random);
      tokens.startFrame = int(start);
      tokens.endFrame = int(end);
      conditions.references.push_back(std::move(tokens));
    }
  }
}

// One for every caption of the crop, as it is.
void addShown(const ShownReferences& shown, const TrainingData& data, const FeatureStatistics& statistics,
              const Crop& crop, CounterRandom& random, WindowConditions& conditions) {
  const int clip = int(crop.clip - data.clips().data());
  for (std::size_t k = 0; k < crop.clip->captions.size(); ++k) {
    const FrameRange frames = crop.clip->captions[k].frames;
    const std::int64_t start = std::max<std::int64_t>(frames.start - crop.start, 0);
    const std::int64_t end = std::min<std::int64_t>(frames.end - crop.start, crop.frames);
    if (end - start < kShortestShown || int(conditions.references.size()) == kMostReferences) continue;
    const auto moment = shown.wrong ? shown.pool->drawWrongReference(random, -1)
                                    : shown.pool->bestReference(data, clip, int(k));
    if (!moment || moment->frames.length() < kShortestShown) continue;
    const int length = int(std::min<std::int64_t>(moment->frames.length(), kWindowFrames));
    Crop part = shown.pool->cropAt(moment->clip, moment->frames.start, length);
    ReferenceTokens tokens = tokensOf(part, statistics, 1);
    tokens.startFrame = int(start);
    tokens.endFrame = int(end);
    conditions.references.push_back(std::move(tokens));
  }
}

// Other words for the same: what the sentence encoder says is moved a little, so that captions are not learned by
// heart.
void blurWords(std::vector<TextTokens>& texts, CounterRandom& random) {
  for (TextTokens& text : texts) {
    const double much = random.uniform();
    for (float& v : text.tokens) v += float(much * kWordNoise * random.normal());
    for (float& v : text.sentence) v += float(much * kSentenceNoise * random.normal());
  }
}

// What is asked for with less than full strength counts for less, because it is less true: places are off by more
// the weaker they are, and a weak text may be another clip's.
class Weakener {
 public:
  Weakener(const TrainingData& data, CounterRandom& random) : data_(data), random_(random) {}

  void weaken(WindowConditions& c) {
    const double strength = random_.uniform(0.15, 1);
    if (random_.uniform() < 0.5) weakenTexts(c, strength);
    else weakenPlaces(c, strength);
  }

 private:
  void weakenTexts(WindowConditions& c, double strength) {
    for (TextTokens& text : c.texts) {
      if (random_.uniform() < 0.7 * (1 - strength)) {
        TextTokens other = data_.texts().text(int(random_.below(std::uint64_t(data_.texts().count()))));
        other.startFrame = text.startFrame;
        other.endFrame = text.endFrame;
        text = std::move(other);
      }
      const double ramp = random_.uniform() < 0.3 ? random_.uniform(-0.5, 0.5) : 0;
      text.strength.resize(c.frames);
      for (int f = 0; f < c.frames; ++f) {
        text.strength[f] = float(std::clamp(strength + ramp * (f / double(c.frames) - 0.5), 0.05, 1.0));
      }
    }
  }

  void weakenPlaces(WindowConditions& c, double strength) {
    const double off = 0.25 * (1 - strength);  // metres
    const glm::vec3 shift(off * random_.normal(), 0.5 * off * random_.normal(), off * random_.normal());
    for (std::size_t i = 0; i < c.jointMask.size(); ++i) {
      if (c.jointMask[i] <= 0) continue;
      for (int axis = 0; axis < 3; ++axis) {
        c.jointPosition[3 * i + axis] += shift[axis] + float(0.3 * off * random_.normal());
      }
      c.jointMask[i] *= float(strength);
    }
    for (std::size_t f = 0; f < c.pathMask.size(); ++f) {
      if (c.pathMask[f] <= 0) continue;
      c.path[2 * f] += shift.x;
      c.path[2 * f + 1] += shift.z;
      c.pathMask[f] *= float(strength);
    }
    for (auto* mask : {&c.rotationMask, &c.headingMask, &c.heightMask, &c.rhythmMask, &c.viewMask}) {
      for (float& v : *mask) v *= float(strength);
    }
  }

  const TrainingData& data_;
  CounterRandom& random_;
};

void leaveOut(const LeftOut& leftOut, WindowConditions& conditions) {
  if (leftOut.quality) conditions.quality = int(ClipQuality::Clean);
  for (TextTokens& text : conditions.texts) {
    if (leftOut.sentence) std::fill(text.sentence.begin(), text.sentence.end(), 0.0f);
    if (leftOut.progress) text.isTimed = false;
  }
}

}  // namespace

std::vector<glm::vec3> windowPositions(std::span<const float> values) {
  std::vector<glm::vec3> positions;
  positions.reserve(values.size() / kFeatureCount * kJointCount22);
  for (std::size_t at = 0; at + kFeatureCount <= values.size(); at += kFeatureCount) {
    const float* v = values.data() + at;
    const float c = v[kHeadingChannel], s = v[kHeadingChannel + 1];
    for (int j = 0; j < kJointCount22; ++j) {
      const float* p = v + kPositionChannel + 3 * j;
      positions.push_back({v[kRootChannel] + c * p[0] + s * p[2], p[1], v[kRootChannel + 2] - s * p[0] + c * p[2]});
    }
  }
  return positions;
}

TrainSample drawSample(const TrainingData& data, const FeatureStatistics& statistics, Crop crop,
                       CounterRandom& random, const DrawOptions& options) {
  TrainSample sample;
  sample.conditions = WindowConditions::empty(crop.frames);
  sample.flatFloor = crop.clip->flatFloor;
  sample.trusted = crop.clip->flatFloor && crop.clip->quality == ClipQuality::Clean;
  WindowConditions& conditions = sample.conditions;
  const bool isTold = options.plain || random.uniform() >= kQualityUntold;
  conditions.quality = int(isTold ? crop.clip->quality : ClipQuality::Clean);
  const bool dropAll = random.uniform() < kEverythingDrop && !options.plain;
  const bool dropConstraints = random.uniform() < kConstraintDrop || options.plain || dropAll;
  const bool dropReferences = random.uniform() < kReferenceDrop || !options.references || dropAll;
  if (!dropReferences && !options.plain && crop.upperClip == nullptr) addReferences(data, statistics, crop, random, conditions);
  // Where text says it all, nobody learns to look at references.
  const double textDrop = conditions.references.empty() ? kTextDrop : kTextDropBesideReferences;
  const bool seen = options.senses && !options.plain && !dropAll && random.uniform() < kViewShare &&
                    seeBody(crop.values, random, conditions);  // the whole time
  sample.isSeen = seen;
  sample.fromNoise = seen && random.uniform() < kEstimateShare;
  if (options.senses && !options.plain && !dropAll && random.uniform() < kRhythmShare) {
    hearRhythm(crop.values, random, conditions);
  }
  if (options.plain && options.view) seeAll(crop.values, drawCamera(crop.values, random), conditions);
  const bool forgotten = random.uniform() < (seen ? kTextDropBesideView : textDrop);
  const bool dropText = options.plain ? options.view : forgotten || dropAll;
  if (!dropText) conditions.texts = data.textsOf(crop, random, options.plain ? 0 : kBorrowedWords);
  if (!options.plain) blurWords(conditions.texts, random);
  if (options.shown.pool != nullptr) addShown(options.shown, data, statistics, crop, random, conditions);
  if (!dropConstraints) {
    Teller teller(crop, conditions);
    const Task task = drawTask(random);
    teller.tell(task, statistics, random);
    if (task == Task::Blocking) {
      sample.isSeen = true;
      sample.fromNoise = sample.fromNoise || options.blockedAtOnce || random.uniform() < kEstimateShare;
    }
    if (random.uniform() < 0.12) teller.tell(drawTask(random), statistics, random);  // two mixed
    if (random.uniform() < 0.15 && crop.clip->flatFloor) teller.tellContacts();
  }
  if (!options.plain && random.uniform() < kWeakShare) Weakener(data, random).weaken(conditions);
  leaveOut(options.leftOut, conditions);
  sample.clean = std::move(crop.values);
  statistics.normalise(sample.clean);
  if (options.drafts && !options.plain && !dropAll && random.uniform() < kDraftShare) {
    sketchDraft(sample.clean, random, conditions);
    sample.isSeen = true;
  }
  return sample;
}

}  // namespace kinescore
