#include "engine/train/trainer.h"

#include <malloc.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>

#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/generation/schedule.h"
#include "engine/storage/json.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"
#include "engine/train/checkpoint.h"
#include "engine/train/contact_sheet.h"
#include "engine/train/learner.h"
#include "engine/train/loss_record.h"
#include "engine/train/probe.h"
#include "engine/train/prompt_list.h"
#include "engine/train/sentence_store.h"

namespace kinescore {
namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr int kStatusSteps = 25;
const std::vector<double> kValidationLevels = {-1, 0, 1, 2, 3, 4};
constexpr double kReadingTimes[] = {0.05, 0.4, 0.8, 0.95};
const std::vector<double> kCoarseLevels = {-4, -6, -8, -10, -12};
constexpr double kCoarseReadingTimes[] = {0.6, 0.7, 0.8, 0.95};

std::vector<NoiseReading> noiseReadings(const std::vector<DenoiserReading>& levels) {
  std::vector<NoiseReading> readings;
  for (const DenoiserReading& level : levels) {
    readings.push_back({timeOfLogSnr(level.logSnr), level.jointErrorCm, level.velocityEnergy, level.velocityCorrelation,
                        level.footSpeed, level.footHeightErrorCm});
  }
  return readings;
}
constexpr double kPromptSeconds = 4;
constexpr int kPromptSteps = 12;

// So many train clips, evenly over the library.
Library fewClips(const Library& library, int count) {
  Library few;
  few.licenseNotice = library.licenseNotice;
  std::vector<const LibraryClip*> all;
  for (const LibraryClip& clip : library.clips) {
    if (clip.split == Split::Train && !clip.captions.empty()) all.push_back(&clip);
  }
  const std::size_t most = std::min<std::size_t>(count, all.size());
  for (std::size_t i = 0; i < most; ++i) few.clips.push_back(*all[i * all.size() / most]);
  return few;
}

LearnerOptions learnerOptions(const TrainOptions& o) {
  LearnerOptions result;
  result.batch = o.batch;
  result.frames = std::min(o.frames, kWindowFrames);
  result.shards = std::max(1, o.shards);
  result.seed = o.seed;
  result.learningRate = o.learningRate;
  result.warmUp = o.warmUp;
  result.averageDecay = o.averageDecay;
  result.dropout = o.dropout;
  result.draws.references = o.references;
  result.draws.leftOut = o.leftOut;
  result.coarse = !o.coarseFor.empty();
  if (result.coarse) result.draws.leftOut.quality = true;  // of what is seen while the noise is loud, nothing tells of it
  return result;
}

// One run: the loop and everything that happens between steps.
class Run {
 public:
  Run(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop)
      : options_(options), progress_(progress), stop_(std::move(stop)), record_(options.output / "losses.csv") {}

  Status prepare(const Library& library, const SentenceEncoder& encoder) {
    std::error_code failed;
    std::filesystem::create_directories(options_.output, failed);
    if (failed) {
      return Error{ErrorCode::IoFailed, "The folder “" + options_.output.string() + "” could not be made: " +
                                            failed.message() + "."};
    }
    auto runtime = TorchRuntime::open({.wantCuda = false, .threads = 1});
    if (!runtime) return runtime.error();
    runtime_ = std::move(*runtime);
    note("embedding the captions");
    const bool byHeart = options_.clips > 0;
    const Library few = byHeart ? fewClips(library, options_.clips) : Library{};
    const Library& source = byHeart ? few : library;
    auto data = TrainingData::build(source, Split::Train, !byHeart, encoder, !options_.leftOut.balance);
    if (!data) return data.error();
    data_ = std::make_unique<TrainingData>(std::move(*data));
    if (options_.mixedWith) {
      auto mixed = TrainingData::build(*options_.mixedWith, Split::Train, true, encoder);
      if (!mixed) return mixed.error();
      mixed_ = std::make_unique<TrainingData>(std::move(*mixed));
    }
    auto held = TrainingData::build(source, byHeart ? Split::Train : Split::Val, false, encoder);
    if (held) held_ = std::make_unique<TrainingData>(std::move(*held));
    if (!options_.prompts.empty()) {
      const auto list = readPromptList(options_.prompts);
      if (!list) return list.error();
      for (const std::string& prompt : list->prompts) {
        auto number = prompts_.add(prompt, encoder);
        if (!number) return number.error();
      }
    }
    licence_ = library.licenseNotice;
    return openLearner();
  }

  Result<TrainSummary> train() {
    start_ = lastCheckpoint_ = lastValidation_ = lastSheet_ = Clock::now();
    hoursBefore_ = learner_->progress().hours;
    if (auto saved = checkpoint(); !saved) return saved.error();
    while (!finished() && !stop_.stop_requested()) {
      waitForLock();
      if (stop_.stop_requested()) break;
      oneStep();
      if (minutesSince(lastCheckpoint_) >= options_.checkpointMinutes) {
        if (auto saved = checkpoint(); !saved) return saved.error();
      }
      if (minutesSince(lastValidation_) >= options_.validateMinutes) validate();
    }
    const bool stopped = stop_.stop_requested();
    if (!stopped) validate();
    if (auto saved = checkpoint(); !saved) return saved.error();
    TrainSummary summary;
    summary.steps = learner_->progress().step;
    summary.hours = learner_->progress().hours;
    summary.stopped = stopped;
    summary.loss = lastLoss_;
    summary.featureLoss = lastFeatureLoss_;
    summary.validation = validation_;
    summary.weights = options_.output / "latest.safetensors";
    return summary;
  }

 private:
  static double minutesSince(Clock::time_point t) { return secondsSince(t) / 60; }

  /// Of all that is learned from.
  std::string dataHash() const { return mixed_ ? data_->hash() + "+" + mixed_->hash() : data_->hash(); }

  Status openLearner() {
    const auto newest = newestCheckpoint(options_.output);
    const std::filesystem::path base = isCoarse() ? options_.coarseFor : options_.startFrom;
    if (!base.empty()) {
      auto model = loadModel(base);
      if (!model) return model.error();
      base_ = std::move(*model);
    }
    if (!newest && base_ && !isCoarse()) {
      learner_ = std::make_unique<Learner>(base_->parts, learnerOptions(options_));
      return {};
    }
    if (!newest) {
      learner_ = std::make_unique<Learner>(isCoarse() ? coarseBeginning() : beginning(), learnerOptions(options_));
      return {};
    }
    auto checkpoint = loadCheckpoint(*newest);
    if (!checkpoint) return checkpoint.error();
    if (checkpoint->dataHash != dataHash()) {
      log::warning("the library has changed since the checkpoint; training goes on with the new data");
    }
    learner_ = std::make_unique<Learner>(checkpoint->parts, learnerOptions(options_));
    restore(*learner_, *checkpoint);
    note("going on at step " + std::to_string(learner_->progress().step));
    return {};
  }

  ModelParts beginning() const {
    ModelParts parts;
    parts.config = options_.network;
    note("measuring the data");
    measureData(*data_, options_.seed, parts.statistics, parts.prior);
    return fromNothing(std::move(parts));
  }

  ModelParts coarseBeginning() const {
    ModelParts parts = base_->parts;
    if (parts.coarse && options_.coarseStart == CoarseStart::GoOn) return *parts.coarse;
    parts.coarse.reset();
    if (options_.coarseStart == CoarseStart::Copy) return parts;
    parts.config = options_.network;
    parts.config.tokenPatches = kCoarseTokenPatches;
    parts.config.directions = kCoarseDirections;
    return fromNothing(std::move(parts));
  }

  ModelParts fromNothing(ModelParts parts) const {
    parts.specs = networkParameters(parts.config);
    parts.values = startingParameters(parts.specs, options_.seed);
    return parts;
  }

  double share() const {
    if (options_.steps > 0) return double(learner_->progress().step) / double(options_.steps);
    return options_.hours > 0 ? secondsSince(start_) / (3600 * options_.hours) : 1;
  }
  bool finished() const { return share() >= 1; }

  void waitForLock() {
    if (options_.lockFile.empty()) return;
    std::error_code ignored;
    bool waited = false;
    while (!stop_.stop_requested() && std::filesystem::exists(options_.lockFile, ignored)) {
      if (!waited) note("waiting for " + options_.lockFile.string());
      waited = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    if (waited) note("going on");
  }

  void oneStep() {
    const auto before = Clock::now();
    const StepReport report = learner_->step(*data_, share(), mixed_.get());
    const double seconds = secondsSince(before);
    secondsPerStep_ = secondsPerStep_ == 0 ? seconds : 0.95 * secondsPerStep_ + 0.05 * seconds;
    learner_->progress().hours = hoursBefore_ + secondsSince(start_) / 3600;
    if (report.skipped) {
      ++skipped_;
    } else {
      loss_ += report.loss;
      featureLoss_ += report.featureLoss;
      gradient_ += report.gradient;
      ++counted_;
    }
    if (learner_->progress().step % kStatusSteps == 0) tellStatus();
  }

  void tellStatus() {
    const double n = std::max(1, counted_);
    lastLoss_ = loss_ / n;
    lastFeatureLoss_ = featureLoss_ / n;
    TrainStatus status = now();
    status.gradient = gradient_ / n;
    record_.add(status.step, lastLoss_, lastFeatureLoss_);
    if (progress_) progress_(status);
    loss_ = featureLoss_ = gradient_ = 0;
    counted_ = 0;
  }

  TrainStatus now() const {
    TrainStatus status;
    status.step = learner_ ? learner_->progress().step : 0;
    status.steps = options_.steps;
    status.loss = lastLoss_;
    status.featureLoss = lastFeatureLoss_;
    status.secondsPerStep = secondsPerStep_;
    status.skipped = skipped_;
    status.secondsLeft = options_.steps > 0 ? double(options_.steps - status.step) * secondsPerStep_
                                            : std::max(0.0, 3600 * options_.hours - secondsSince(start_));
    return status;
  }

  void note(const std::string& text) const {
    TrainStatus status = now();
    status.note = text;
    if (progress_) progress_(status);
  }

  void validate() {
    lastValidation_ = Clock::now();
    ValidationReading reading;
    const ModelParts& parts = learner_->parts();
    if (held_) {
      std::vector<double> asked = isCoarse() ? kCoarseLevels : kValidationLevels;
      const std::size_t count = asked.size();
      for (const double time : isCoarse() ? kCoarseReadingTimes : kReadingTimes) asked.push_back(logSnrOfTime(time));
      const auto levels = readDenoiser(learner_->averagedNetwork(), parts.statistics, *held_, options_.validationCrops,
                                       std::min(options_.frames, 96), asked, {.leftOut = options_.leftOut});
      for (std::size_t i = 0; i < count; ++i) reading.featureLoss += levels[i].featureLoss / double(count);
      reading.jointErrorCm = levels[0].jointErrorCm;
      reading.velocityEnergy = levels[0].velocityEnergy;
      reading.byNoise = noiseReadings({levels.begin() + std::ptrdiff_t(count), levels.end()});
      if (parts.config.senses > 0 && !isCoarse()) {
        const auto seen = readDenoiser(learner_->averagedNetwork(), parts.statistics, *held_, options_.validationCrops,
                                       std::min(options_.frames, 96), {logSnrOfTime(1)}, {.view = true});
        reading.seenErrorCm = seen[0].jointErrorCm;
      }
      if (options_.references) {
        asked.erase(asked.begin(), asked.begin() + std::ptrdiff_t(count));
        const auto read = [&](bool wrong) {
          return noiseReadings(readDenoiser(learner_->averagedNetwork(), parts.statistics, *held_,
                                            options_.validationCrops, std::min(options_.frames, 96), asked,
                                            {.shown = {.pool = data_.get(), .wrong = wrong}}));
        };
        reading.withReferences = read(false);
        reading.withWrongReferences = read(true);
      }
    }
    if (prompts_.count() > 0) {
      std::vector<TextTokens> texts;
      for (int i = 0; i < prompts_.count(); ++i) texts.push_back(prompts_.text(i));
      auto motions = performPrompts(*runtime_, whole(), texts, kPromptSeconds, kPromptSteps, stop_);
      if (motions) {
        reading.rootSpeed = motions->rootSpeed;
        reading.poseSpeed = motions->poseSpeed;
        reading.diversity = motions->diversity;
        const bool first = !sheetDrawn_;
        if (first || minutesSince(lastSheet_) >= options_.sheetMinutes || finished()) {
          lastSheet_ = Clock::now();
          sheetDrawn_ = true;
          save("contact-sheet-" + std::to_string(learner_->progress().step) + ".png",
               pngFromPicture(contactSheet(motions->motions)));
        }
      } else if (motions.error().code != ErrorCode::Cancelled) {
        log::warning(motions.error().message);
      }
    }
    validation_ = reading;
    record_.addValidation(learner_->progress().step, reading.featureLoss);
    save("losses.png", pngFromPicture(record_.picture()));
    TrainStatus status = now();
    status.validation = reading;
    if (progress_) progress_(status);
  }

  void save(const std::string& name, const std::string& bytes) const {
    if (auto saved = saveFileSafely(options_.output / name, bytes); !saved) log::warning(saved.error().message);
  }

  Status checkpoint() {
    lastCheckpoint_ = Clock::now();
    nlohmann::json about;
    about["name"] = options_.startFrom.empty() ? "kinescore-base" : "kinescore-finetuned";
    if (!options_.startFrom.empty()) about["finetuned_from"] = options_.startFrom.stem().string();
    if (mixed_) about["user_minutes"] = mixed_->minutes();
    about["licence"] = "Apache-2.0";
    about["training_data"] = licence_;
    about["training_minutes"] = data_->minutes();
    about["data_hash"] = dataHash();
    about["steps"] = learner_->progress().step;
    about["hours"] = learner_->progress().hours;
    about["batch"] = options_.batch;
    about["frames"] = options_.frames;
    about["loss"] = lastLoss_;
    about["x0_loss"] = lastFeatureLoss_;
    if (validation_) {
      about["validation"] = {{"x0_loss", validation_->featureLoss},
                             {"joint_error_cm", validation_->jointErrorCm},
                             {"velocity_energy", validation_->velocityEnergy},
                             {"root_speed", validation_->rootSpeed},
                             {"pose_speed", validation_->poseSpeed},
                             {"diversity", validation_->diversity}};
    }
    if (auto saved = saveCheckpoint(options_.output, *learner_, dataHash(), about); !saved) return saved;
    if (auto saved = record_.save(); !saved) return saved;
    nlohmann::json card = about;
    if (isCoarse()) {
      card = base_->card;
      card["coarse"] = about;
    } else if (base_ && base_->parts.coarse) {
      card["coarse"] = base_->card["coarse"];
    }
    return saveModel(whole(), options_.output / "latest.safetensors", card);
  }

  bool isCoarse() const { return !options_.coarseFor.empty(); }

  /// What performs: the running average, beside the network it belongs to.
  ModelParts whole() const {
    ModelParts averaged = learner_->parts();
    averaged.values = learner_->averaged();
    if (!base_) return averaged;
    if (!isCoarse()) {
      averaged.coarse = base_->parts.coarse;
      return averaged;
    }
    ModelParts both = base_->parts;
    both.coarse = std::make_shared<const ModelParts>(std::move(averaged));
    return both;
  }

  const TrainOptions& options_;
  const TrainProgress& progress_;
  std::stop_token stop_;
  LossRecord record_;
  std::unique_ptr<TorchRuntime> runtime_;
  std::unique_ptr<TrainingData> data_, held_, mixed_;
  CaptionTexts prompts_;
  std::string licence_;
  std::unique_ptr<Learner> learner_;
  std::optional<LoadedModel> base_;
  Clock::time_point start_ = Clock::now(), lastCheckpoint_, lastValidation_, lastSheet_;
  double hoursBefore_ = 0, secondsPerStep_ = 0;
  double loss_ = 0, featureLoss_ = 0, gradient_ = 0, lastLoss_ = 0, lastFeatureLoss_ = 0;
  int counted_ = 0, skipped_ = 0;
  bool sheetDrawn_ = false;
  std::optional<ValidationReading> validation_;
};

}  // namespace

Result<TrainSummary> trainOn(const Library& library, const SentenceEncoder& encoder, const TrainOptions& options,
                             const TrainProgress& progress, std::stop_token stop,
                             const std::function<void()>& onEmbedded) {
  if (options.steps <= 0 && options.hours <= 0) {
    return Error{ErrorCode::InvalidArgument, "Say how long to train: give hours or steps."};
  }
  if (options.batch < 1 || options.frames < 16 || options.shards < 1) {
    return Error{ErrorCode::InvalidArgument, "A step needs at least one crop of 16 frames and one shard."};
  }
  try {
    Run run(options, progress, stop);
    if (auto prepared = run.prepare(library, encoder); !prepared) return prepared.error();
    if (onEmbedded) onEmbedded();
    return run.train();
  } catch (const std::exception& e) {  // torch reports by throwing
    const std::string what = e.what();
    return Error{ErrorCode::EngineFailed, "Training stopped with a fault: " + what.substr(0, what.find('\n'))};
  }
}

Result<TrainSummary> trainKinescore(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop) {
  if (options.lowPriority) setpriority(PRIO_PROCESS, 0, 19);
  // A step allocates the same large arrays again and again; giving them back to the system in
  // between costs a page fault per 4 kB.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_ARENA_MAX, 1);  // arenas of threads give back what they hold beyond 64 MiB
  auto library = loadLibrary(options.library);
  if (!library) return library.error();
  auto runtime = TorchRuntime::open({.wantCuda = false, .threads = 1});
  if (!runtime) return runtime.error();
  auto folder = findTextModelFolder();
  if (!folder) return folder.error();
  auto encoder = TextEncoder::open(**runtime, *folder);
  if (!encoder) return encoder.error();
  SentenceStore store(options.output / "captions.safetensors",
                      [&](std::string_view sentence) { return (*encoder)->encode(sentence); });
  const SentenceEncoder encode = [&](std::string_view sentence) { return store.encode(sentence); };
  const auto keep = [&] {
    if (auto saved = store.save(); !saved) log::warning(saved.error().message);
  };
  return trainOn(*library, encode, options, progress, stop, keep);
}

Status exportTrained(const std::filesystem::path& output, const std::filesystem::path& weights) {
  const auto newest = newestCheckpoint(output);
  if (!newest) {
    return Error{ErrorCode::NotFound, "There is no checkpoint in “" + output.string() + "”; train there first."};
  }
  auto model = loadModel(output / "latest.safetensors");  // written with every checkpoint
  if (!model) return model.error();
  return saveModel(model->parts, weights, model->card);
}

}  // namespace kinescore
