#include "engine/evaluate/evaluators.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/core/random.h"
#include "engine/evaluate/evaluation_manifest.h"
#include "engine/network/weights.h"
#include "engine/network/worker.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr const char* kArchitecture = "kinescore-evaluator-1";
constexpr std::uint64_t kFirstSeed[2] = {1101, 2201};  // of sets A and B
constexpr int kPatchFramesOf[2] = {4, 2};
constexpr std::int64_t kShortestStretch = 16;
constexpr int kCropLengths[] = {48, 64, 96, 128};
constexpr double kSentenceShare = 0.7;  // of samples told by text_b; the others by text_a
constexpr double kLastRate = 0.05;      // of the first one
constexpr int kWarmUp = 100, kReportEvery = 25;
constexpr int kFewStretches = 10;
constexpr int kPool = 32, kBest = 3;

struct Stretch {
  int motion = 0;         // of the data's
  std::int64_t start = 0, frames = 0;
  int action = 0;
  int texts[2] = {0, 0};  // text_b, text_a: numbers of sentences
};

struct StretchData {
  std::vector<std::vector<float>> motions;   // [frames][kEvaluatorInputs], normalised
  std::vector<Stretch> stretches;
};

struct EvaluatorData {
  StretchData train, val;
  std::vector<std::vector<float>> sentences;
  std::vector<std::string> actions;
  std::vector<int> trainStretches;           // of an action, mirrors not counted
  std::vector<std::vector<int>> byAction;    // numbers of train stretches
  EvaluatorStatistics statistics;
  std::string hash;
};

const std::string& wordingOf(const std::string& wished, const Caption& caption) {
  return wished.empty() ? caption.textA : wished;
}

class DataBuilder {
 public:
  DataBuilder(const SentenceEncoder& encoder, std::stop_token stop) : encoder_(encoder), stop_(std::move(stop)) {}

  Result<EvaluatorData> build(const Library& library) {
    for (const LibraryClip& clip : library.clips) {
      if (clip.split != Split::Train || clip.quality == ClipQuality::Keyed) continue;
      for (const Caption& caption : clip.captions) numbers_.try_emplace(caption.action, 0);
    }
    for (auto& [name, number] : numbers_) {
      number = int(data_.actions.size());
      data_.actions.push_back(name);
    }
    data_.trainStretches.assign(data_.actions.size(), 0);
    data_.byAction.resize(data_.actions.size());
    for (const LibraryClip& clip : library.clips) {
      const bool isTrain = clip.split == Split::Train;
      if ((!isTrain && clip.split != Split::Val) || clip.quality == ClipQuality::Keyed) continue;
      if (Status added = add(clip, isTrain ? data_.train : data_.val, false); !added) return added.error();
      if (!isTrain) continue;
      if (Status added = add(clip, data_.train, true); !added) return added.error();
      hash_.update(clip.id + "\n" + identityHash(clip.motion) + "\n");
    }
    if (data_.train.stretches.empty()) {
      return Error{ErrorCode::BadInput, "The library holds no captioned train clips to learn from."};
    }
    for (std::size_t i = 0; i < data_.train.stretches.size(); ++i) {
      data_.byAction[data_.train.stretches[i].action].push_back(int(i));
    }
    data_.statistics = evaluatorStatistics(data_.train.motions);
    for (StretchData* part : {&data_.train, &data_.val}) {
      for (auto& motion : part->motions) data_.statistics.normalise(motion);
    }
    data_.hash = hash_.finishHex();
    return std::move(data_);
  }

 private:
  Status add(const LibraryClip& clip, StretchData& to, bool mirror) {
    if (stop_.stop_requested()) return Error{ErrorCode::Cancelled, "Training the evaluators was stopped."};
    const int motion = int(to.motions.size());
    bool used = false;
    for (const Caption& caption : clip.captions) {
      const std::int64_t start = std::max<std::int64_t>(caption.frames.start, 0);
      const std::int64_t end = std::min(caption.frames.end, clip.motion.frameCount());
      const auto number = numbers_.find(caption.action);
      if (end - start < kShortestStretch || number == numbers_.end()) continue;
      Stretch stretch{motion, start, end - start, number->second, {}};
      const std::string* wordings[] = {&wordingOf(caption.textB, caption), &caption.textA};
      for (int k = 0; k < 2; ++k) {
        auto text = sentence(mirror ? mirroredCaption(*wordings[k]) : *wordings[k]);
        if (!text) return text.error();
        stretch.texts[k] = *text;
        if (&to == &data_.train) hash_.update(*wordings[k] + "\n");
      }
      if (&to == &data_.train && !mirror) ++data_.trainStretches[stretch.action];
      to.stretches.push_back(stretch);
      used = true;
    }
    if (used) to.motions.push_back(evaluatorInput(featuresFromMotion(mirror ? mirrored(clip.motion) : clip.motion)));
    return {};
  }

  Result<int> sentence(const std::string& text) {
    const auto known = sentenceNumbers_.find(text);
    if (known != sentenceNumbers_.end()) return known->second;
    auto embedding = encoder_(text);
    if (!embedding) return embedding.error();
    data_.sentences.push_back((*embedding)->sentence);
    return sentenceNumbers_[text] = int(data_.sentences.size()) - 1;
  }

  const SentenceEncoder& encoder_;
  std::stop_token stop_;
  EvaluatorData data_;
  std::map<std::string, int> numbers_, sentenceNumbers_;
  Sha256 hash_;
};

std::span<const float> partOf(const StretchData& data, const Stretch& stretch, std::int64_t start, std::int64_t frames) {
  return std::span<const float>(data.motions[stretch.motion])
      .subspan(std::size_t(start * kEvaluatorInputs), std::size_t(frames * kEvaluatorInputs));
}

// Any stretch, a crop anywhere in it.
EvaluatorSample draw(const EvaluatorData& data, const std::vector<double>& actionSums, int longest, CounterRandom& random) {
  const double target = random.uniform() * actionSums.back();
  const auto action = std::min<std::size_t>(
      std::upper_bound(actionSums.begin(), actionSums.end(), target) - actionSums.begin(), actionSums.size() - 1);
  const auto& of = data.byAction[action];
  const Stretch& stretch = data.train.stretches[of[random.below(of.size())]];
  const std::int64_t frames = std::min<std::int64_t>(stretch.frames, longest);
  const std::int64_t start = stretch.start + std::int64_t(random.below(std::uint64_t(stretch.frames - frames + 1)));
  const int text = stretch.texts[random.uniform() < kSentenceShare ? 0 : 1];
  return {partOf(data.train, stretch, start, frames), data.sentences[text], stretch.action};
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double(a[i]) * b[i];
  return sum;
}

// How well a network does on val, for its card.
void readOnVal(const EvaluatorNetwork& network, const EvaluatorData& data, TrainedEvaluator& result) {
  std::vector<Judgement> judged;
  std::vector<std::vector<float>> points;
  int known = 0, right = 0;
  for (const Stretch& s : data.val.stretches) {
    judged.push_back(network.judge(partOf(data.val, s, s.start, s.frames)));
    points.push_back(network.pointOfSentence(data.sentences[s.texts[0]]));
    if (data.trainStretches[s.action] < kFewStretches) continue;
    const auto& scores = judged.back().actions;
    int best = -1;
    for (int a = 0; a < int(scores.size()); ++a) {
      if (data.trainStretches[a] >= kFewStretches && (best < 0 || scores[a] > scores[best])) best = a;
    }
    ++known;
    right += best == s.action ? 1 : 0;
  }
  result.accuracy = known > 0 ? double(right) / known : 0;
  int pools = 0, hits = 0;
  const auto& stretches = data.val.stretches;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    CounterRandom random(7, i, 0x706f6f6c);
    std::vector<std::size_t> others;
    for (std::size_t k = 0; k < stretches.size(); ++k) {
      const auto& a = data.sentences[stretches[i].texts[0]];
      if (stretches[k].motion != stretches[i].motion && cosine(a, data.sentences[stretches[k].texts[0]]) <= 0.8) others.push_back(k);
    }
    if (int(others.size()) < kPool - 1) continue;
    const double own = cosine(judged[i].point, points[i]);
    int better = 0;
    for (int n = 0; n < kPool - 1; ++n) {
      std::swap(others[n], others[n + random.below(others.size() - n)]);
      better += cosine(judged[i].point, points[others[n]]) >= own ? 1 : 0;
    }
    ++pools;
    hits += better < kBest ? 1 : 0;
  }
  result.rankedThird = pools > 0 ? double(hits) / pools : 0;
}

struct Task {
  std::string name;
  int set = 0;
  std::uint64_t seed = 0;
};

class EvaluatorTraining {
 public:
  EvaluatorTraining(const EvaluatorData& data, const fs::path& folder, const EvaluatorTrainOptions& options,
                    const EvaluatorTrainProgress& progress, std::stop_token stop)
      : data_(data), folder_(folder), options_(options), progress_(progress), stop_(std::move(stop)) {
    double running = 0;
    for (const auto& of : data_.byAction) sums_.push_back(running += double(of.size()));
    // rare actions weigh more, all together as many as there are samples
    double total = 0, count = 0;
    for (const auto& of : data_.byAction) {
      weights_.push_back(of.empty() ? 0.0f : float(1 / std::sqrt(double(of.size()))));
      total += weights_.back() * double(of.size());
      count += double(of.size());
    }
    for (float& w : weights_) w *= float(count / total);
    for (int set = 0; set < 2; ++set) {
      for (int i = 0; i < kEvaluatorsOfSet; ++i) {
        tasks_.push_back({std::string("evaluator-") + char('a' + set) + std::to_string(i + 1), set, kFirstSeed[set] + std::uint64_t(i)});
      }
    }
  }

  Result<EvaluatorTrainSummary> run() {
    std::vector<std::optional<TrainedEvaluator>> done(tasks_.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (auto made = alreadyMade(tasks_[i])) done[i] = *made;
      else open.push_back(i);
    }
    steps_ = std::int64_t(open.size()) * options_.steps;
    std::vector<std::unique_ptr<Worker>> workers;
    std::size_t next = 0;
    Status failure;
    for (int w = 0; w < std::max(1, options_.jobs); ++w) {
      workers.push_back(std::make_unique<Worker>());
      workers.back()->start([&] {
        for (;;) {
          std::size_t task;
          {
            std::lock_guard lock(mutex_);
            if (next >= open.size() || !failure || stop_.stop_requested()) return;
            task = open[next++];
          }
          auto trained = train(tasks_[task]);
          std::lock_guard lock(mutex_);
          if (!trained) failure = trained.error();
          else done[task] = *trained;
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
    EvaluatorTrainSummary summary;
    if (!failure && failure.error().code != ErrorCode::Cancelled) return failure.error();
    for (auto& one : done) {
      if (one) summary.networks.push_back(std::move(*one));
    }
    summary.stopped = summary.networks.size() < tasks_.size();
    return summary;
  }

 private:
  [[nodiscard]] EvaluatorConfig configOf(const Task& task) const {
    EvaluatorConfig config = options_.sizes;
    config.patchFrames = kPatchFramesOf[task.set];
    config.inputs = kEvaluatorInputs;
    config.sentenceWidth = int(data_.sentences.front().size());
    config.actions = int(data_.actions.size());
    return config;
  }

  [[nodiscard]] nlohmann::json recipe(const Task& task) const {
    return {{"seed", task.seed}, {"steps", options_.steps}, {"batch", options_.batch}, {"learning_rate", options_.learningRate},
            {"data", data_.hash}, {"sizes", jsonFromEvaluatorConfig(configOf(task))}};
  }

  std::optional<TrainedEvaluator> alreadyMade(const Task& task) const {
    const fs::path file = folder_ / (task.name + ".safetensors");
    auto cardBytes = readFile(cardPath(file), 1 << 20);
    auto bytes = readFile(file, 1 << 28);
    if (!cardBytes || !bytes) return std::nullopt;
    auto card = parseJson(*cardBytes, "evaluator");
    if (!card || !card->is_object() || card->value("recipe", nlohmann::json()) != recipe(task)) return std::nullopt;
    if (card->value("sha256", std::string()) != sha256Hex(*bytes)) return std::nullopt;
    return TrainedEvaluator{task.name, card->value("parameters", std::int64_t(0)), card->value("val_accuracy", 0.0),
                            card->value("val_r_at_3", 0.0)};
  }

  void report(const Task& task, double loss) {
    std::lock_guard lock(mutex_);
    if (!progress_) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    progress_({stepsDone_, steps_, stepsDone_ > 0 ? seconds / double(stepsDone_) * double(steps_ - stepsDone_) : -1, loss, task.name});
  }

  Result<TrainedEvaluator> train(const Task& task) {
    EvaluatorNetwork network(configOf(task), task.seed);
    double loss = 0;
    for (int step = 0; step < options_.steps; ++step) {
      if (stop_.stop_requested()) return Error{ErrorCode::Cancelled, "Training the evaluators was stopped."};
      CounterRandom random(task.seed, std::uint64_t(step), 0x626174);
      const int longest = kCropLengths[random.below(std::size(kCropLengths))];
      std::vector<EvaluatorSample> batch;
      for (int b = 0; b < options_.batch; ++b) batch.push_back(draw(data_, sums_, longest, random));
      const double warm = std::min(1.0, double(step + 1) / kWarmUp);
      const double fall = kLastRate + (1 - kLastRate) * 0.5 * (1 + std::cos(M_PI * step / options_.steps));
      const EvaluatorLosses losses = network.train(batch, weights_, options_.learningRate * warm * fall);
      loss += losses.action + losses.contrast;
      {
        std::lock_guard lock(mutex_);
        ++stepsDone_;
      }
      if ((step + 1) % kReportEvery == 0) {
        report(task, loss / kReportEvery);
        loss = 0;
      }
    }
    network.finishTraining();
    TrainedEvaluator trained{task.name, network.parameterCount(), 0, 0};
    readOnVal(network, data_, trained);
    if (Status saved = save(task, network, trained); !saved) return saved.error();
    return trained;
  }

  Status save(const Task& task, const EvaluatorNetwork& network, const TrainedEvaluator& trained) const {
    SafetensorsWriter writer;
    network.addTo(writer);
    writer.addFloats("input.mean", {kEvaluatorInputs}, data_.statistics.mean);
    writer.addFloats("input.deviation", {kEvaluatorInputs}, data_.statistics.deviation);
    const std::string bytes = writer.write();
    nlohmann::json card;
    card["architecture"] = kArchitecture;
    card["purpose"] = "judges motion in evaluation; never a loss, a re-ranker or a retrieval tower";
    card["set"] = std::string(1, char('a' + task.set));
    card["sizes"] = jsonFromEvaluatorConfig(network.config());
    card["recipe"] = recipe(task);
    card["parameters"] = trained.parameters;
    card["actions"] = data_.actions;
    card["train_stretches"] = data_.trainStretches;
    card["training_data"] = "train clips of the motion library that ships, and their mirror images; captions by all-MiniLM-L6-v2";
    card["license"] = "as the library's: see resources/LICENSES.md";
    card["val_accuracy"] = trained.accuracy;
    card["val_r_at_3"] = trained.rankedThird;
    card["sha256"] = sha256Hex(bytes);
    const fs::path file = folder_ / (task.name + ".safetensors");
    if (Status saved = saveFileSafely(file, bytes); !saved) return saved;
    return saveFileSafely(cardPath(file), card.dump(1) + "\n");
  }

  const EvaluatorData& data_;
  const fs::path& folder_;
  const EvaluatorTrainOptions& options_;
  const EvaluatorTrainProgress& progress_;
  std::stop_token stop_;
  std::vector<double> sums_;
  std::vector<float> weights_;
  std::vector<Task> tasks_;
  std::mutex mutex_;
  std::int64_t steps_ = 0, stepsDone_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Result<Evaluator> loadOne(const fs::path& file, EvaluatorSet& set, Sha256& hash) {
  const std::string name = file.filename().string();
  auto cardBytes = readFile(cardPath(file), 1 << 20);
  auto bytes = readFile(file, 1 << 28);
  if (!cardBytes || !bytes) {
    return Error{ErrorCode::NotFound, "The evaluator “" + file.string() +
                                          "” or its card is missing; make it with “kinescore evaluate train-evaluators”."};
  }
  const auto damaged = [&](const std::string& why) {
    return Error{ErrorCode::BadInput, "The evaluator “" + name + "” cannot be used: " + why};
  };
  auto card = parseJson(*cardBytes, "card of the evaluator “" + name + "”");
  if (!card) return card.error();
  std::vector<std::string> actions;
  std::vector<int> stretches;
  try {
    if (card->at("architecture") != kArchitecture) return damaged("it is of another architecture.");
    if (card->at("sha256") != sha256Hex(*bytes)) return damaged("it does not match the hash on its card.");
    actions = card->at("actions").get<std::vector<std::string>>();
    stretches = card->at("train_stretches").get<std::vector<int>>();
  } catch (const nlohmann::json::exception&) {
    return damaged("its card is incomplete.");
  }
  auto config = evaluatorConfigFromJson(card->value("sizes", nlohmann::json()));
  if (!config) return config.error();
  if (int(actions.size()) != config->actions || actions.size() != stretches.size() || config->inputs != kEvaluatorInputs ||
      config->sentenceWidth != kTextWidth) {
    return damaged("its card contradicts itself.");
  }
  if (!set.actions.empty() && set.actions != actions) return damaged("it names other actions than the first of its set.");
  set.actions = std::move(actions);
  set.trainStretches = std::move(stretches);
  hash.update(*bytes);
  auto tensors = SafetensorsFile::read(std::move(*bytes));
  if (!tensors) return damaged(tensors.error().message);
  auto network = EvaluatorNetwork::read(*tensors, *config);
  if (!network) return damaged(network.error().message);
  Evaluator evaluator{std::move(*network), {}};
  for (auto [key, to] : {std::pair{"input.mean", &evaluator.statistics.mean},
                         std::pair{"input.deviation", &evaluator.statistics.deviation}}) {
    auto view = tensors->require(key, {kEvaluatorInputs});
    if (!view) return damaged(view.error().message);
    *to = view->toFloats();
  }
  const auto& deviation = evaluator.statistics.deviation;
  if (!std::all_of(deviation.begin(), deviation.end(), [](float d) { return d > 0; })) return damaged("a deviation is not positive.");
  return evaluator;
}

}  // namespace

Result<EvaluatorTrainSummary> trainEvaluators(const Library& library, const SentenceEncoder& encoder,
                                              const fs::path& folder, const EvaluatorTrainOptions& options,
                                              const EvaluatorTrainProgress& progress, std::stop_token stop) {
  if (options.steps < 1 || options.batch < 2) {
    return Error{ErrorCode::InvalidArgument, "Evaluators need at least one step, of at least two samples."};
  }
  if (Status allowed = checkMayBeEvaluatedOn(library); !allowed) return allowed.error();
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) {
    return Error{ErrorCode::IoFailed, "The folder “" + folder.string() + "” could not be made: " + failed.message() + "."};
  }
  try {
    auto data = DataBuilder(encoder, stop).build(library);
    if (!data) return data.error();
    return EvaluatorTraining(*data, folder, options, progress, stop).run();
  } catch (const std::exception& e) {  // torch reports by throwing
    const std::string what = e.what();
    return Error{ErrorCode::EngineFailed, "Training the evaluators stopped with a fault: " + what.substr(0, what.find('\n'))};
  }
}

Judgement Evaluator::judge(const MotionFeatures& features) const {
  std::vector<float> values = evaluatorInput(features);
  statistics.normalise(values);
  return network.judge(values);
}

int EvaluatorSet::actionNumber(const std::string& action) const {
  const auto found = std::find(actions.begin(), actions.end(), action);
  return found == actions.end() ? -1 : int(found - actions.begin());
}

Result<EvaluatorSet> loadEvaluators(const fs::path& folder, EvaluatorSetName name) {
  EvaluatorSet set;
  Sha256 hash;
  for (int i = 1; i <= kEvaluatorsOfSet; ++i) {
    const fs::path file = folder / (std::string("evaluator-") + char(name) + std::to_string(i) + ".safetensors");
    auto one = loadOne(file, set, hash);
    if (!one) return one.error();
    set.members.push_back(std::move(*one));
  }
  set.hash = hash.finishHex();
  return set;
}

}  // namespace kinescore
