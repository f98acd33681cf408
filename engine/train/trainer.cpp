#include "engine/train/trainer.h"

#include <chrono>
#include <cmath>

#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/generation/schedule.h"
#include "engine/storage/json.h"
#include "engine/torch_runtime/torch_runtime.h"
#include "engine/train/checkpoint.h"
#include "engine/train/contact_sheet.h"
#include "engine/train/learner.h"
#include "engine/train/probe.h"
#include "engine/train/prompt_list.h"
#include "engine/train/training_loop.h"
#include "engine/train/training_start.h"

namespace kinescore {
namespace {

using Clock = std::chrono::steady_clock;
double minutesSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count() / 60; }

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
  result.update.learningRate = o.learningRate;
  result.update.warmUp = o.warmUp;
  result.update.averageDecay = o.averageDecay;
  result.dropout = o.dropout;
  result.draws.references = o.references;
  result.draws.leftOut = o.leftOut;
  result.coarse = !o.coarseFor.empty();
  result.draws.blockedAtOnce = result.coarse;
  if (result.coarse) result.draws.leftOut.quality = true;  // of what is seen while the noise is loud, nothing tells of it
  return result;
}

// One run of the Kinescore network: what it learns from, looks at and leaves behind.
class Run final : public Trainee {
 public:
  Run(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop)
      : options_(options), loop_(options, progress, std::move(stop)) {}

  Status prepare(const Library& library, const SentenceEncoder& encoder) {
    if (Status made = makeRunFolder(options_); !made) return made;
    auto runtime = TorchRuntime::open({.wantCuda = false, .threads = 1});
    if (!runtime) return runtime.error();
    runtime_ = std::move(*runtime);
    loop_.note("embedding the captions");
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
    lastSheet_ = Clock::now();
    auto summary = loop_.run(*this);
    if (summary) summary->validation = validation_;
    return summary;
  }

  StepReport step(double share) override { return learner_->step(*data_, share, mixed_.get()); }
  LearnerProgress& progress() override { return learner_->progress(); }

 private:
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
    LearnerOptions asked = learnerOptions(options_);
    asked.besideCoarse = !isCoarse() && base_ && base_->parts.coarse;
    if (!newest) {
      const ModelParts start = isCoarse() ? coarseBeginning() : base_ ? base_->parts : beginning();
      learner_ = std::make_unique<Learner>(start, asked);
      return {};
    }
    auto checkpoint = loadCheckpoint(*newest);
    if (!checkpoint) return checkpoint.error();
    if (checkpoint->dataHash != dataHash()) {
      log::warning("the library has changed since the checkpoint; training goes on with the new data");
    }
    learner_ = std::make_unique<Learner>(checkpoint->parts, asked);
    restore(*learner_, *checkpoint);
    loop_.note("going on at step " + std::to_string(learner_->progress().step));
    return {};
  }

  ModelParts beginning() const {
    ModelParts parts;
    parts.config = options_.network;
    loop_.note("measuring the data");
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

  double validate(TrainStatus& status, bool isLast) override {
    ValidationReading reading;
    const ModelParts& parts = learner_->parts();
    if (held_) {
      std::vector<double> asked = isCoarse() ? kCoarseLevels : kValidationLevels;
      const std::size_t count = asked.size();
      for (const double time : isCoarse() ? kCoarseReadingTimes : kReadingTimes) asked.push_back(logSnrOfTime(time));
      const auto levels = readDenoiser(learner_->averagedNetwork(), parts.statistics, *held_, options_.validationCrops,
                                       std::min(options_.frames, 96), asked, {.leftOut = learner_->options().draws.leftOut});
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
                                            {.leftOut = learner_->options().draws.leftOut, .shown = {.pool = data_.get(), .wrong = wrong}}));
        };
        reading.withReferences = read(false);
        reading.withWrongReferences = read(true);
      }
    }
    if (prompts_.count() > 0) {
      std::vector<TextTokens> texts;
      for (int i = 0; i < prompts_.count(); ++i) texts.push_back(prompts_.text(i));
      auto motions = performPrompts(*runtime_, whole(), texts, kPromptSeconds, kPromptSteps, loop_.stop());
      if (motions) {
        reading.rootSpeed = motions->rootSpeed;
        reading.poseSpeed = motions->poseSpeed;
        reading.diversity = motions->diversity;
        const bool first = !sheetDrawn_;
        if (first || minutesSince(lastSheet_) >= options_.sheetMinutes || isLast) {
          lastSheet_ = Clock::now();
          sheetDrawn_ = true;
          saveFile("contact-sheet-" + std::to_string(learner_->progress().step) + ".png",
               pngFromPicture(contactSheet(motions->motions)));
        }
      } else if (motions.error().code != ErrorCode::Cancelled) {
        log::warning(motions.error().message);
      }
    }
    validation_ = status.validation = reading;
    return reading.featureLoss;
  }

  void saveFile(const std::string& name, const std::string& bytes) const {
    if (auto saved = saveFileSafely(options_.output / name, bytes); !saved) log::warning(saved.error().message);
  }

  Status save(const RunFigures& figures) override {
    nlohmann::json about;
    about["name"] = mixed_ ? "kinescore-finetuned" : "kinescore-base";
    if (mixed_ && base_) about["finetuned_from"] = base_->card.value("name", options_.startFrom.stem().string());
    else if (base_ && !isCoarse()) about["steps_before"] = stepsBefore();
    if (mixed_) about["user_minutes"] = mixed_->minutes();
    about["licence"] = "Apache-2.0";
    about["training_data"] = licence_;
    about["training_minutes"] = data_->minutes();
    about["data_hash"] = dataHash();
    about["steps"] = learner_->progress().step;
    about["hours"] = learner_->progress().hours;
    about["batch"] = options_.batch;
    about["frames"] = options_.frames;
    about["loss"] = figures.loss;
    about["x0_loss"] = figures.featureLoss;
    if (validation_) {
      about["validation"] = {{"x0_loss", validation_->featureLoss},
                             {"joint_error_cm", validation_->jointErrorCm},
                             {"velocity_energy", validation_->velocityEnergy},
                             {"root_speed", validation_->rootSpeed},
                             {"pose_speed", validation_->poseSpeed},
                             {"diversity", validation_->diversity}};
    }
    if (auto saved = saveCheckpoint(options_.output, *learner_, dataHash(), about); !saved) return saved;
    nlohmann::json card = about;
    if (isCoarse()) {
      card = base_->card;
      card["coarse"] = about;
    } else if (base_ && base_->parts.coarse) {
      card["coarse"] = base_->card["coarse"];
    }
    return saveModel(whole(), options_.output / "latest.safetensors", card);
  }

  /// Of the weights that it goes on from.
  std::int64_t stepsBefore() const { return base_->card.value("steps", std::int64_t(0)) + base_->card.value("steps_before", std::int64_t(0)); }

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
  TrainingLoop loop_;
  std::unique_ptr<TorchRuntime> runtime_;
  std::unique_ptr<TrainingData> data_, held_, mixed_;
  CaptionTexts prompts_;
  std::string licence_;
  std::unique_ptr<Learner> learner_;
  std::optional<LoadedModel> base_;
  Clock::time_point lastSheet_;
  bool sheetDrawn_ = false;
  std::optional<ValidationReading> validation_;
};

}  // namespace

Result<TrainSummary> trainOn(const Library& library, const SentenceEncoder& encoder, const TrainOptions& options,
                             const TrainProgress& progress, std::stop_token stop,
                             const std::function<void()>& onEmbedded) {
  if (Status checked = checkRun(options); !checked) return checked.error();
  return withoutThrowing([&]() -> Result<TrainSummary> {
    Run run(options, progress, stop);
    if (auto prepared = run.prepare(library, encoder); !prepared) return prepared.error();
    if (onEmbedded) onEmbedded();
    return run.train();
  });
}

Result<TrainSummary> trainKinescore(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop) {
  return trainOnLibraryOf(options, [&](const Library& library, const SentenceEncoder& encoder,
                                       const std::function<void()>& onEmbedded) {
    return trainOn(library, encoder, options, progress, stop, onEmbedded);
  });
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
