#include "engine/evaluate/evaluation_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>

#include "engine/core/files.h"
#include "engine/core/random.h"
#include "engine/evaluate/evaluation_requests.h"
#include "engine/evaluate/mbench.h"
#include "engine/evaluate/sensed_items.h"
#include "engine/motion/kinematics.h"
#include "engine/network/worker.h"
#include "engine/request/path_curve.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr int kFewStretches = 10;         // an action with fewer in train is not asked for
constexpr double kSameMeaning = 0.8;      // cosine from which a caption is no wrong answer
constexpr int kBest = 3;
constexpr int kKeyReach = 5;              // frames around a key whose jerk is watched
constexpr std::size_t kCopies = 8, kRealPairs = 8;
constexpr std::int64_t kShortestCopy = 30;

Error cancelled() { return {ErrorCode::Cancelled, "The evaluation was stopped; the same command goes on with it."}; }

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

// `count` numbers below `all`, evenly spread.
std::vector<int> spread(int all, int count) {
  std::vector<int> numbers;
  if (count <= 0 || count >= all) {
    numbers.resize(std::size_t(all));
    std::iota(numbers.begin(), numbers.end(), 0);
  }
  for (int i = 0; i < count && count < all; ++i) numbers.push_back(int(std::int64_t(i) * all / count));
  return numbers;
}

struct TrainStretch {
  const LibraryClip* clip;
  const Caption* caption;
  std::vector<float> sentence;  // of text_c
};

// Everything that is the same for all items.
class Protocol {
 public:
  Protocol(const EvaluationQuestion& question, std::stop_token stop)
      : q_(question), split_(question.manifest->splits.at(question.split)), stop_(std::move(stop)) {}

  Status prepare() {
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

  Result<nlohmann::json> stretch(Column column, int number, ModelUnderTest* model) const {
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
        auto made = model->perform(stretchRequest(stretch, seed, q_.quality, column == Column::Referenced),
                                   ModelUnderTest::Manner::Sampled, stop_);
        if (!made) return made.error();
        record.before.push_back(measure(made->before, number));
        record.after.push_back(measure(made->after, number));
        before.push_back(featuresFromMotion(made->before));
        after.push_back(featuresFromMotion(made->after));
        if (stop_.stop_requested()) return cancelled();
      }
      record.diversityBefore = meanOfPairs(before);
      record.diversityAfter = meanOfPairs(after);
    }
    return jsonFrom(record);
  }

  Result<nlohmann::json> inbetween(int number, ModelUnderTest* model) const {
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
      auto made = model->perform(request(seed), ModelUnderTest::Manner::Sampled, stop_);
      if (!made) return made.error();
      record.sampledBefore.push_back(worldDistance(made->before, truth, open));
      record.sampledAfter.push_back(worldDistance(made->after, truth, open));
    }
    auto estimate = model->perform(request(q_.manifest->inbetweenSeeds.front()), ModelUnderTest::Manner::Estimated, stop_);
    if (!estimate) return estimate.error();
    record.estimatedBefore = worldDistance(estimate->before, truth, open);
    record.estimatedAfter = worldDistance(estimate->after, truth, open);
    return jsonFrom(record);
  }

  Result<nlohmann::json> keys(int number, ModelUnderTest* model) const {
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
      auto made = model->perform(request, ModelUnderTest::Manner::Sampled, stop_);
      if (!made) return made.error();
      record.before.push_back(figures(made->before));
      record.after.push_back(figures(made->after));
    }
    return jsonFrom(record);
  }

  Result<nlohmann::json> path(int number, ModelUnderTest* model) const {
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
      auto made = model->perform(request, ModelUnderTest::Manner::Sampled, stop_);
      if (!made) return made.error();
      record.before.push_back(miss(made->before));
      record.after.push_back(miss(made->after));
    }
    return jsonFrom(record);
  }

  [[nodiscard]] const EvaluationSplit& split() const { return split_; }

 private:
  Result<std::vector<float>> sentenceOf(const std::string& text) const {
    if (stop_.stop_requested()) return cancelled();
    auto embedding = q_.encodeSentence(text);
    if (!embedding) return embedding.error();
    return (*embedding)->sentence;
  }

  static glm::vec3 placeOf(const Motion& motion, const EvaluationTarget& target) {
    return forwardKinematics(*motion.skeleton, motion.pose(target.frame)).positions[target.joint];
  }

  // Which stretches' captions stand beside the right one, pool by pool.
  void drawPools() {
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

  [[nodiscard]] MotionRecord measure(const Motion& motion, int number) const {
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

  // What no network makes: the train stretches whose captions come nearest, the nearest first, one a clip.
  [[nodiscard]] std::vector<Motion> copiesFor(int number) const {
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

  // Captures of the same action by different clips, as long as the stretch at most.
  [[nodiscard]] std::vector<MotionFeatures> realOfAction(int number) const {
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

  const EvaluationQuestion& q_;
  const EvaluationSplit& split_;
  std::stop_token stop_;
  std::optional<TrainWindows> windows_;
  std::vector<std::vector<float>> ofB_, ofC_;               // [stretches][384]
  std::vector<std::vector<std::vector<float>>> points_;     // [evaluators][stretches][embedding]
  std::vector<std::vector<std::vector<int>>> pools_;        // [stretches][pools][wrong captions]
  std::vector<TrainStretch> train_;
};

struct Item {
  std::string kind;
  int number = 0;
  double cost = 0;  // frames to be performed, about
  bool needsModel = false;
  std::function<Result<nlohmann::json>(ModelUnderTest*)> work;
};

class Run {
 public:
  Run(const EvaluationQuestion& question, const fs::path& folder, const EvaluationSink& progress, std::stop_token stop)
      : q_(question), folder_(folder), progress_(progress), stop_(stop), protocol_(question, stop) {}

  Status perform(bool withReferences) {
    if (Status ready = protocol_.prepare(); !ready) return ready;
    listStretches(withReferences);
    if (!q_.textsOnly) {
      listConstraints();
      listSensed();
    }
    std::vector<Item> open;
    double doneCost = 0;
    for (Item& item : items_) {
      std::error_code ignored;
      if (fs::exists(itemFile(folder_, item.kind, item.number), ignored)) {
        ++done_;
        continue;
      }
      costLeft_ += item.cost;
      open.push_back(std::move(item));
    }
    all_ = int(items_.size());
    std::vector<std::unique_ptr<Worker>> workers;
    std::size_t next = 0;
    Status failure;
    for (int w = 0; w < std::max(1, q_.jobs); ++w) {
      workers.push_back(std::make_unique<Worker>());
      workers.back()->start([&] {
        std::unique_ptr<ModelUnderTest> model;
        for (;;) {
          const Item* item = nullptr;
          {
            std::lock_guard lock(mutex_);
            if (next >= open.size() || !failure || stop_.stop_requested()) return;
            item = &open[next++];
          }
          const Status worked = workOn(*item, model);
          std::lock_guard lock(mutex_);
          if (!worked) {
            if (failure) failure = worked;
            return;
          }
          doneCost += item->cost;
          ++done_;
          tell(*item, doneCost);
        }
      });
    }
    std::exception_ptr thrown;
    for (auto& worker : workers) {
      try {
        worker->wait();
      } catch (...) {
        thrown = std::current_exception();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
    if (stop_.stop_requested()) return cancelled();
    return failure;
  }

 private:
  template <class Work>
  void add(std::string kind, int number, double cost, bool needsModel, Work work) {
    items_.push_back({std::move(kind), number, cost, needsModel, work});
  }

  void listStretches(bool withReferences) {
    const EvaluationSplit& split = protocol_.split();
    const double seeds = double(q_.manifest->seeds.size());
    std::vector<Column> columns = {Column::Real, Column::Copy, Column::Plain};
    if (withReferences) columns.push_back(Column::Referenced);
    for (const int i : spread(int(split.stretches.size()), q_.limit)) {
      const double frames = double(split.stretches[i].frames.length());
      for (const Column column : columns) {
        const bool performs = column == Column::Plain || column == Column::Referenced;
        add(nameOf(column), i, performs ? frames * seeds : frames / 8, performs,
            [this, column, i](ModelUnderTest* model) { return protocol_.stretch(column, i, model); });
      }
    }
  }

  void listConstraints() {
    const EvaluationSplit& split = protocol_.split();
    for (const int i : spread(int(split.inbetweens.size()), q_.limit)) {
      const double cost = double(split.inbetweens[i].frames.length()) * double(q_.manifest->inbetweenSeeds.size());
      add(kInbetweenKind, i, cost, true, [this, i](ModelUnderTest* model) { return protocol_.inbetween(i, model); });
    }
    const double few = double(q_.manifest->constraintSeeds.size());
    for (const int i : spread(int(split.keys.size()), q_.limit)) {
      add(kKeysKind, i, few * double(split.keys[i].frames.length()), true, [this, i](ModelUnderTest* model) { return protocol_.keys(i, model); });
    }
    for (const int i : spread(int(split.paths.size()), q_.limit)) {
      add(kPathKind, i, few * double(split.paths[i].frames.length()), true, [this, i](ModelUnderTest* model) { return protocol_.path(i, model); });
    }
  }

  // How well a body that is seen is told, and a beat that is heard is kept.
  void listSensed() {
    const EvaluationSplit& split = protocol_.split();
    const std::vector<int> seen = viewedStretches(q_), heard = beatenStretches(q_);
    for (const int i : spread(int(seen.size()), q_.limit)) {
      const EvaluationInbetween& item = split.inbetweens[seen[i]];
      items_.push_back({kViewKind, seen[i], double(item.frames.length()), true,
                        [this, &item](ModelUnderTest* model) { return measureView(q_, item, *model, stop_); }});
    }
    for (const int i : spread(int(heard.size()), q_.limit)) {
      const EvaluationStretch& item = split.stretches[heard[i]];
      const double tempo = tempoOf(i, int(heard.size()));
      items_.push_back({kBeatKind, heard[i], double(kBeatFrames) * double(q_.manifest->constraintSeeds.size()), true,
                        [this, &item, tempo](ModelUnderTest* model) { return measureBeat(q_, item, tempo, *model, stop_); }});
    }
  }

  Status workOn(const Item& item, std::unique_ptr<ModelUnderTest>& model) {
    if (item.needsModel && !model) {
      auto opened = q_.openModel();
      if (!opened) return opened.error();
      model = std::move(*opened);
    }
    auto made = item.work(model.get());
    if (!made) return made.error().withContext("“" + item.kind + "” " + std::to_string(item.number));
    return saveFileSafely(itemFile(folder_, item.kind, item.number), made->dump() + "\n");
  }

  void tell(const Item& item, double doneCost) const {
    if (!progress_) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double left = doneCost > 0 ? seconds / doneCost * (costLeft_ - doneCost) : -1;
    progress_({done_, all_, left, item.kind});
  }

  const EvaluationQuestion& q_;
  const fs::path& folder_;
  const EvaluationSink& progress_;
  std::stop_token stop_;
  Protocol protocol_;
  std::vector<Item> items_;
  std::mutex mutex_;
  int done_ = 0, all_ = 0;
  double costLeft_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

EvaluationHeader headerOf(const EvaluationQuestion& q, const ModelUnderTest& model) {
  EvaluationHeader h;
  h.split = nameOf(q.split);
  h.manifestHash = q.manifest->hash;
  h.modelHash = model.modelHash();
  h.evaluatorHash = q.evaluators->hash;
  h.evaluatorSet = std::string(1, char(q.evaluatorSet));
  h.quality = nameOf(q.quality);
  h.deviceName = model.deviceName();
  h.precisionPath = model.precisionPath();
  h.guidance = q.guidance.value_or(Guidance{}.textScale);
  h.beginnings = q.beginnings.value_or(samplerOptionsOf(q.quality).audition.beginnings);
  h.limit = q.limit;
  h.poolSize = q.manifest->poolSize;
  h.bootstraps = q.manifest->bootstraps;
  h.bootstrapSeed = q.manifest->bootstrapSeed;
  const auto& stretches = q.evaluators->trainStretches;
  h.knownActions = int(std::count_if(stretches.begin(), stretches.end(), [](int n) { return n >= kFewStretches; }));
  return h;
}

Status openFolder(const fs::path& folder, const EvaluationHeader& header) {
  std::error_code failed;
  fs::create_directories(folder / "items", failed);
  if (failed) return Error{ErrorCode::IoFailed, "The folder “" + folder.string() + "” could not be made: " + failed.message() + "."};
  auto there = loadEvaluation(folder);
  if (there) {
    const EvaluationHeader& h = there->header;
    if (!h.isSameQuestion(header) || h.modelHash != header.modelHash || h.quality != header.quality || h.guidance != header.guidance || h.beginnings != header.beginnings || h.precisionPath != header.precisionPath) {
      return Error{ErrorCode::InvalidArgument, "“" + folder.string() + "” holds an evaluation of another model or question; name another folder."};
    }
    return {};
  }
  if (there.error().code != ErrorCode::NotFound) return there.error();
  return saveFileSafely(headerFile(folder), jsonFrom(header).dump(1) + "\n");
}

}  // namespace

Result<EvaluationRecords> runEvaluation(const EvaluationQuestion& question, const fs::path& folder,
                                        const EvaluationSink& progress, std::stop_token stop) {
  if (Status allowed = checkMayBeEvaluatedOn(*question.library); !allowed) return allowed.error();
  if (Status fits = checkManifest(*question.manifest, question.split, *question.library); !fits) return fits.error();
  try {
    auto model = question.openModel();
    if (!model) return model.error();
    const bool withReferences = (*model)->hasReferences();
    if (Status opened = openFolder(folder, headerOf(question, **model)); !opened) return opened.error();
    model->reset();
    if (Status done = Run(question, folder, progress, stop).perform(withReferences); !done) return done.error();
  } catch (const std::exception& e) {  // torch reports by throwing
    const std::string what = e.what();
    return Error{ErrorCode::EngineFailed, "The evaluation stopped with a fault: " + what.substr(0, what.find('\n'))};
  }
  return loadEvaluation(folder);
}

Result<std::vector<SheetRow>> performSheet(const EvaluationQuestion& question, ModelUnderTest& model, int rows, std::stop_token stop) {
  const EvaluationSplit& split = question.manifest->splits.at(question.split);
  std::vector<SheetRow> sheet;
  for (const int i : spread(int(split.stretches.size()), rows)) {
    const EvaluationStretch& stretch = split.stretches[i];
    auto made = model.perform(stretchRequest(stretch, question.manifest->seeds.front(), question.quality, false),
                              ModelUnderTest::Manner::Sampled, stop);
    if (!made) return made.error();
    sheet.push_back({stretch.clip, stretch.textC, question.library->findClip(stretch.clip)->motion.slice(stretch.frames), std::move(made->after)});
  }
  return sheet;
}

}  // namespace kinescore
