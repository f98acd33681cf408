#include "engine/evaluate/protocol_items.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "engine/core/random.h"
#include "engine/evaluate/mbench.h"
#include "engine/motion/kinematics.h"
#include "engine/request/path_curve.h"

namespace kinescore {
namespace {

constexpr double kSameMeaning = 0.8;      // cosine from which a caption is no wrong answer
constexpr int kBest = 3;
constexpr int kKeyReach = 5;              // frames around a key whose jerk is watched
constexpr std::size_t kCopies = 8, kRealPairs = 8;
constexpr std::int64_t kShortestCopy = 30;

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double(a[i]) * b[i];
  return sum;
}

// Mean distance of any two; < 0 for fewer than two.
double meanOfPairs(const std::vector<MotionFeatures>& motions) {
  double sum = 0;
  int pairs = 0;
  for (std::size_t i = 0; i < motions.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k, ++pairs) sum += poseDistance(motions[i], motions[k]);
  }
  return pairs > 0 ? sum / pairs : -1;
}

}  // namespace

Error evaluationStopped() { return {ErrorCode::Cancelled, "The evaluation was stopped; the same command goes on with it."}; }

Status ProtocolItems::prepare() {
  auto windows = TrainWindows::build(*q_.library, stop_);
  if (!windows) return windows.error();
  windows_.emplace(std::move(*windows));
  for (const EvaluationStretch& stretch : split_.stretches) {
    for (auto [text, to] : {std::pair{&stretch.textB, &ofB_}, std::pair{&stretch.textC, &ofC_}}) {
      auto sentence = sentenceOf(*text);
      if (!sentence) return sentence.error();
      to->push_back(std::move(*sentence));
    }
  }
  for (const Evaluator& evaluator : q_.evaluators->members) {
    points_.emplace_back();
    for (const auto& sentence : ofB_) points_.back().push_back(evaluator.network.pointOfSentence(sentence));
  }
  for (const LibraryClip& clip : q_.library->clips) {
    if (clip.split != Split::Train || clip.quality == ClipQuality::Keyed) continue;
    for (const Caption& caption : clip.captions) {
      if (caption.frames.start < 0 || caption.frames.end > clip.motion.frameCount() || caption.frames.length() < kShortestCopy) continue;
      auto sentence = sentenceOf(caption.textC.empty() ? caption.textA : caption.textC);
      if (!sentence) return sentence.error();
      train_.push_back({&clip, &caption, std::move(*sentence)});
    }
  }
  drawPools();
  return {};
}

Result<nlohmann::json> ProtocolItems::stretch(Column column, int number, ModelUnderTest* model) const {
  const EvaluationStretch& stretch = split_.stretches[number];
  const LibraryClip& clip = *q_.library->findClip(stretch.clip);
  StretchRecord record;
  record.clip = stretch.clip;
  record.action = stretch.action;
  record.isClean = clip.quality == ClipQuality::Clean && clip.flatFloor;
  record.pools = int(pools_[number].size());
  if (column == Column::Real) {
    record.after.push_back(measure(clip.motion.slice(stretch.frames), number));
    record.diversityAfter = meanOfPairs(realOfAction(number));
  } else if (column == Column::Copy) {
    const std::vector<Motion> copies = copiesFor(number);
    if (!copies.empty()) record.after.push_back(measure(copies.front(), number));
    std::vector<MotionFeatures> features;
    for (const Motion& copy : copies) features.push_back(featuresFromMotion(copy));
    record.diversityAfter = meanOfPairs(features);
  } else {
    std::vector<MotionFeatures> before, after;
    for (const std::uint64_t seed : q_.manifest->seeds) {
      auto made = model->perform(stretchRequest(stretch, seed, q_.quality, column == Column::Referenced), stop_);
      if (!made) return made.error();
      record.before.push_back(measure(made->before, number));
      record.after.push_back(measure(made->after, number));
      before.push_back(featuresFromMotion(made->before));
      after.push_back(featuresFromMotion(made->after));
      if (stop_.stop_requested()) return evaluationStopped();
    }
    record.diversityBefore = meanOfPairs(before);
    record.diversityAfter = meanOfPairs(after);
  }
  return jsonFrom(record);
}

Result<nlohmann::json> ProtocolItems::inbetween(int number, ModelUnderTest* model) const {
  const EvaluationInbetween& item = split_.inbetweens[number];
  const LibraryClip& clip = *q_.library->findClip(item.clip);
  const Motion truth = clip.motion.slice(item.frames);
  std::vector<std::int64_t> open;
  for (std::int64_t f = 0; f < truth.frameCount(); ++f) {
    if (!std::binary_search(item.keys.begin(), item.keys.end(), f)) open.push_back(f);
  }
  InbetweenRecord record;
  record.clip = item.clip;
  record.slerp = worldDistance(slerpBetween(truth, item.keys), truth, open);
  record.squad = worldDistance(squadBetween(truth, item.keys), truth, open);
  const auto request = [&](std::uint64_t seed) {
    GenerationRequest r = emptyRequest(truth.frameCount(), seed, q_.quality);
    addCaptions(clip, item.frames, r);
    for (const std::int64_t key : item.keys) r.poses.push_back({ticksOfFrame(key, kEngineRate), truth.pose(key)});
    return r;
  };
  for (const std::uint64_t seed : q_.manifest->inbetweenSeeds) {
    auto made = model->perform(request(seed), stop_);
    if (!made) return made.error();
    record.sampledBefore.push_back(worldDistance(made->before, truth, open));
    record.sampledAfter.push_back(worldDistance(made->after, truth, open));
  }
  GenerationRequest once = request(q_.manifest->inbetweenSeeds.front());
  once.estimate = true;
  auto estimate = model->perform(once, stop_);
  if (!estimate) return estimate.error();
  record.estimatedBefore = worldDistance(estimate->before, truth, open);
  record.estimatedAfter = worldDistance(estimate->after, truth, open);
  return jsonFrom(record);
}

Result<nlohmann::json> ProtocolItems::keys(int number, ModelUnderTest* model) const {
  const EvaluationKeys& item = split_.keys[number];
  const LibraryClip& clip = *q_.library->findClip(item.clip);
  const Motion truth = fromOrigin(clip.motion.slice(item.frames));
  std::vector<std::int64_t> times = item.poses;
  for (const EvaluationTarget& t : item.targets) times.push_back(t.frame);
  const auto figures = [&](const Motion& motion) {
    KeyFigures k;
    k.poseMetres = worldDistance(motion, truth, item.poses);
    for (const EvaluationTarget& t : item.targets) {
      const glm::vec3 want = placeOf(truth, t), got = placeOf(motion, t);
      k.targetMetres += double(glm::length(want - got)) / double(item.targets.size());
    }
    k.jerkNear = jerkNear(motion, times, kKeyReach);
    k.jerkClip = jerkOf(motion).mean;
    return k;
  };
  KeysRecord record;
  record.clip = item.clip;
  record.real = figures(truth);
  for (const std::uint64_t seed : q_.manifest->constraintSeeds) {
    GenerationRequest request = emptyRequest(truth.frameCount(), seed, q_.quality);
    addCaptions(clip, item.frames, request);
    for (const std::int64_t f : item.poses) request.poses.push_back({ticksOfFrame(f, kEngineRate), truth.pose(f)});
    for (const EvaluationTarget& t : item.targets) {
      TargetRequest target;
      target.time = ticksOfFrame(t.frame, kEngineRate);
      target.joint = t.joint;
      target.position = placeOf(truth, t);
      request.targets.push_back(target);
    }
    auto made = model->perform(request, stop_);
    if (!made) return made.error();
    record.before.push_back(figures(made->before));
    record.after.push_back(figures(made->after));
  }
  return jsonFrom(record);
}

Result<nlohmann::json> ProtocolItems::path(int number, ModelUnderTest* model) const {
  const EvaluationPath& item = split_.paths[number];
  PathRecord record;
  record.isDrawn = item.clip.empty();
  record.clip = record.isDrawn ? "drawn " + std::to_string(number) : item.clip;
  PathRequest path;
  for (const EvaluationWaypoint& w : item.points) path.points.push_back({ticksOfFrame(w.frame, kEngineRate), w.position, {}});
  const auto miss = [&](const Motion& motion) {
    const MotionFeatures features = featuresFromMotion(motion);
    double sum = 0;
    std::int64_t count = 0;
    for (std::int64_t f = item.points.front().frame; f <= item.points.back().frame; ++f, ++count) {
      const float* row = features.values.data() + f * kFeatureCount + kRootChannel;
      sum += double(glm::length(glm::vec2(row[0], row[2]) - evaluatePath(path.points, ticksOfFrame(f, kEngineRate)).position));
    }
    return sum / double(count);
  };
  for (const std::uint64_t seed : q_.manifest->constraintSeeds) {
    GenerationRequest request = emptyRequest(item.frames.length(), seed, q_.quality);
    if (record.isDrawn) request.texts.push_back({request.span, item.prompt, BodyPart::Whole, {}});
    else addCaptions(*q_.library->findClip(item.clip), item.frames, request);
    request.paths.push_back(path);
    auto made = model->perform(request, stop_);
    if (!made) return made.error();
    record.before.push_back(miss(made->before));
    record.after.push_back(miss(made->after));
  }
  return jsonFrom(record);
}

Result<std::vector<float>> ProtocolItems::sentenceOf(const std::string& text) const {
  if (stop_.stop_requested()) return evaluationStopped();
  auto embedding = q_.encodeSentence(text);
  if (!embedding) return embedding.error();
  return (*embedding)->sentence;
}

glm::vec3 ProtocolItems::placeOf(const Motion& motion, const EvaluationTarget& target) {
  return forwardKinematics(*motion.skeleton, motion.pose(target.frame)).positions[target.joint];
}

void ProtocolItems::drawPools() {
  const std::size_t count = ofB_.size();
  pools_.resize(count);
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  CounterRandom shuffle(q_.manifest->poolSeed);
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[shuffle.below(i)]);
  for (int p = 0; p < q_.manifest->pools; ++p) {
    const int own = order[std::size_t(p) % count];
    std::vector<int> others;
    for (std::size_t k = 0; k < count; ++k) {
      if (split_.stretches[k].clip != split_.stretches[own].clip && dot(ofB_[k], ofB_[own]) <= kSameMeaning) others.push_back(int(k));
    }
    const auto wrong = std::size_t(q_.manifest->poolSize - 1);
    if (others.size() < wrong) continue;
    CounterRandom random(q_.manifest->poolSeed, std::uint64_t(p) + 1);
    for (std::size_t n = 0; n < wrong; ++n) std::swap(others[n], others[n + random.below(others.size() - n)]);
    others.resize(wrong);
    pools_[own].push_back(std::move(others));
  }
}

MotionRecord ProtocolItems::measure(const Motion& motion, int number) const {
  MotionRecord record;
  record.skate = skateSums(motion);
  record.jerk = jerkOf(motion);
  record.novelty = windows_->distances(motion);
  if (const auto figures = mbenchFiguresOf(motion)) record.mbench = figures->values();
  const MotionFeatures features = featuresFromMotion(motion);
  const int action = q_.evaluators->actionNumber(split_.stretches[number].action);
  const auto isKnown = [&](int a) { return a >= 0 && q_.evaluators->trainStretches[a] >= kFewStretches; };
  for (std::size_t e = 0; e < q_.evaluators->members.size(); ++e) {
    const Judgement judged = q_.evaluators->members[e].judge(features);
    Verdict verdict;
    if (isKnown(action)) {
      int best = -1;
      for (int a = 0; a < int(judged.actions.size()); ++a) {
        if (isKnown(a) && (best < 0 || judged.actions[a] > judged.actions[best])) best = a;
      }
      verdict.right = best == action ? 1 : 0;
    }
    int hits = 0;
    for (const std::vector<int>& pool : pools_[number]) {
      const double own = dot(judged.point, points_[e][number]);
      const auto better = std::count_if(pool.begin(), pool.end(), [&](int k) { return dot(judged.point, points_[e][k]) >= own; });
      hits += better < kBest ? 1 : 0;
    }
    verdict.recall = pools_[number].empty() ? 0 : double(hits) / double(pools_[number].size());
    record.verdicts.push_back(verdict);
  }
  return record;
}

std::vector<Motion> ProtocolItems::copiesFor(int number) const {
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < train_.size(); ++i) ranked.emplace_back(-dot(train_[i].sentence, ofC_[number]), i);
  std::sort(ranked.begin(), ranked.end());
  std::vector<Motion> copies;
  std::set<const LibraryClip*> used;
  for (const auto& [cost, i] : ranked) {
    if (copies.size() == kCopies) break;
    const TrainStretch& stretch = train_[i];
    if (!used.insert(stretch.clip).second) continue;
    FrameRange frames = stretch.caption->frames;
    frames.end = std::min(frames.end, frames.start + std::max(kShortestCopy, split_.stretches[number].frames.length()));
    copies.push_back(stretch.clip->motion.slice(frames));
  }
  return copies;
}

std::vector<MotionFeatures> ProtocolItems::realOfAction(int number) const {
  const EvaluationStretch& own = split_.stretches[number];
  std::vector<const TrainStretch*> same;
  for (const TrainStretch& stretch : train_) {
    if (stretch.caption->action == own.action) same.push_back(&stretch);
  }
  CounterRandom random(q_.manifest->poolSeed, 0x72656c, std::uint64_t(number));
  std::vector<MotionFeatures> result;
  std::set<const LibraryClip*> used;
  for (std::size_t n = 0; n < same.size() && result.size() < kRealPairs; ++n) {
    std::swap(same[n], same[n + random.below(same.size() - n)]);
    if (!used.insert(same[n]->clip).second) continue;
    FrameRange frames = same[n]->caption->frames;
    frames.end = std::min(frames.end, frames.start + own.frames.length());
    result.push_back(featuresFromMotion(same[n]->clip->motion.slice(frames)));
  }
  if (result.size() < 3) result.clear();
  return result;
}

}  // namespace kinescore
