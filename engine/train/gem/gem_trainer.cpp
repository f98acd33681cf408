#include "engine/train/gem/gem_trainer.h"

#include <algorithm>

#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/core/log.h"
#include "engine/network/gem/caption_features.h"
#include "engine/network/gem/weights.h"
#include "engine/network/tensor_files.h"
#include "engine/network/weights.h"
#include "engine/torch_runtime/torch_runtime.h"
#include "engine/train/gem/gem_learner.h"
#include "engine/train/run_checkpoint.h"
#include "engine/train/training_loop.h"
#include "engine/train/training_start.h"

namespace kinescore {
namespace {

constexpr const char* kFormat = "gem-checkpoint-1";
constexpr const char* kArchitecture = "gem";
constexpr double kPublishedClip = 0.5;

nlohmann::json jsonOf(const gem::Config& config) {
  return {{"wiring", "gem_smpl"}, {"width", config.width}, {"layers", config.layers},
          {"heads", config.heads}, {"mlp_ratio", config.mlpRatio}, {"window", config.window}};
}

Result<gem::Config> configOf(const nlohmann::json& json) {
  gem::Config config;
  try {
    config.width = json.at("width").get<std::int64_t>();
    config.layers = json.at("layers").get<std::int64_t>();
    config.heads = json.at("heads").get<std::int64_t>();
    config.mlpRatio = json.at("mlp_ratio").get<std::int64_t>();
  } catch (const nlohmann::json::exception&) {
    return Error{ErrorCode::BadInput, "The sizes in the checkpoint are incomplete."};
  }
  return config;
}

Status checkSizes(const gem::Config& config) {
  const bool fits = config.width >= 16 && config.width <= 4096 && config.layers >= 1 && config.layers <= 64 &&
                    config.heads >= 1 && config.width % (2 * config.heads) == 0;
  if (fits) return {};
  return Error{ErrorCode::InvalidArgument,
               "A GEM network has 1 to 64 layers and a width from 16 to 4096 that is a multiple of " +
                   std::to_string(2 * config.heads) + "."};
}

/// Clips that are known in 3D, and those of which 2D alone is used; chosen by name, so that a clip stays what it is.
struct SplitLibrary {
  Library known, flat;
};
SplitLibrary splitBySight(const Library& library, double seenClips) {
  constexpr std::uint64_t kParts = 1000;
  SplitLibrary split;
  split.known.licenseNotice = split.flat.licenseNotice = library.licenseNotice;
  for (const LibraryClip& clip : library.clips) {
    const bool isFlat = clip.split == Split::Train && double(fnv1a(clip.id) % kParts) < seenClips * double(kParts);
    (isFlat ? split.flat : split.known).clips.push_back(clip);
  }
  return split;
}

class GemRun final : public Trainee {
 public:
  GemRun(const GemTrainOptions& options, const TrainProgress& progress, std::stop_token stop)
      : options_(options), loop_(options.run, progress, std::move(stop)) {}

  Status prepare(const Library& library, const SentenceEncoder& encoder) {
    if (Status made = makeRunFolder(options_.run); !made) return made;
    auto runtime = TorchRuntime::open({.wantCuda = false, .threads = 1});
    if (!runtime) return runtime.error();
    runtime_ = std::move(*runtime);
    loop_.note("embedding the captions");
    const SplitLibrary split = splitBySight(library, options_.seenClips);
    auto data = TrainingData::build(split.known, Split::Train, true, encoder);
    if (!data) return data.error();
    data_ = std::make_unique<TrainingData>(std::move(*data));
    if (options_.seenSamples > 0 && !split.flat.clips.empty()) {
      auto flat = TrainingData::build(split.flat, Split::Train, true, encoder);
      if (!flat) return flat.error();
      flat_ = std::make_unique<TrainingData>(std::move(*flat));
    }
    auto held = TrainingData::build(library, Split::Val, false, encoder);
    if (held) held_ = std::make_unique<TrainingData>(std::move(*held));
    licence_ = library.licenseNotice;
    return openLearner();
  }

  Result<TrainSummary> train() { return loop_.run(*this); }

  StepReport step(double share) override { return learner_->step(*data_, flat_.get(), share); }
  LearnerProgress& progress() override { return learner_->flat().progress(); }

  double validate(TrainStatus& status, bool) override {
    if (!held_) return 0;
    const gem::Denoiser network(learner_->config(), learner_->averagedWeights());
    reading_ = status.gem = gem::readNetwork(network, *held_, options_.run.validationCrops, options_.run.frames);
    return reading_->regressionLoss + reading_->diffusionLoss;
  }

  Status save(const RunFigures& figures) override {
    const nlohmann::json about = card(figures);
    if (auto saved = saveRunCheckpoint(options_.run.output, kFormat, jsonOf(learner_->config()), learner_->flat(),
                                       dataHash(), about);
        !saved) {
      return saved;
    }
    return saveWeights(about);
  }

 private:
  /// Of all that is learned from.
  std::string dataHash() const { return flat_ ? data_->hash() + "+2d:" + flat_->hash() : data_->hash(); }

  gem::GemLearnerOptions learnerOptions() const {
    const TrainOptions& run = options_.run;
    gem::GemLearnerOptions o;
    o.batch = run.batch;
    o.frames = run.frames;
    o.shards = run.shards;
    o.seed = run.seed;
    o.update.learningRate = run.learningRate;
    o.update.warmUp = run.warmUp;
    o.update.averageDecay = run.averageDecay;
    o.update.clip = kPublishedClip;
    o.flatShare = options_.seenSamples;
    o.simpleWeight = options_.simpleWeight;
    return o;
  }

  Status openLearner() {
    const auto newest = newestCheckpoint(options_.run.output);
    if (!newest) {
      const auto specs = gem::gemParameters(options_.network);
      learner_ = std::make_unique<gem::GemLearner>(options_.network, startingParameters(specs, options_.run.seed),
                                                   learnerOptions());
      return {};
    }
    auto open = openRunCheckpoint(*newest, kFormat);
    if (!open) return open.error();
    const auto config = configOf(open->sizes);
    if (!config) return config.error();
    if (Status fits = checkSizes(*config); !fits) return fits;
    if (auto read = readRunArrays(*open, parameterCount(gem::gemParameters(*config))); !read) return read;
    if (open->run.dataHash != dataHash()) {
      log::warning("the library has changed since the checkpoint; training goes on with the new data");
    }
    learner_ = std::make_unique<gem::GemLearner>(*config, open->run.arrays.at("values"), learnerOptions());
    restoreRun(learner_->flat(), open->run);
    loop_.note("going on at step " + std::to_string(progress().step));
    return {};
  }

  nlohmann::json card(const RunFigures& figures) const {
    nlohmann::json about;
    about["name"] = "gem-small";
    about["licence"] = "Apache-2.0";
    about["training_data"] = licence_;
    about["training_minutes"] = data_->minutes();
    about["minutes_seen_in_2d_alone"] = flat_ ? flat_->minutes() : 0.0;
    about["untrained_inputs"] = {"music", "speech", "image"};
    about["text_encoder"] = "all-MiniLM-L6-v2, 384 channels and two for left and right, padded to 1024";
    about["data_hash"] = dataHash();
    about["steps"] = learner_->flat().progress().step;
    about["hours"] = learner_->flat().progress().hours;
    about["batch"] = options_.run.batch;
    about["frames"] = options_.run.frames;
    about["x0_weight"] = options_.simpleWeight;
    about["loss"] = figures.loss;
    about["x0_loss"] = figures.featureLoss;
    if (reading_) {
      about["validation"] = {{"regression_loss", reading_->regressionLoss},
                             {"diffusion_loss", reading_->diffusionLoss},
                             {"regression_x0", reading_->regressionSimple},
                             {"diffusion_x0", reading_->diffusionSimple},
                             {"joint_error_cm", reading_->jointErrorCm},
                             {"point_error_percent", reading_->pointErrorPercent}};
    }
    return about;
  }

  Status saveWeights(nlohmann::json about) const {
    const gem::Config& config = learner_->config();
    SafetensorsWriter writer;
    writer.setMetadata("architecture", kArchitecture);
    writer.setMetadata(gem::kHeadsNote, std::to_string(config.heads));
    writer.setMetadata(gem::kTextEncoderNote, gem::kMiniLmEncoder);
    for (const auto& [name, tensor] : learner_->averagedWeights()) {
      if (name == gem::positionTableName()) continue;  // computed where it is left out
      writer.addFloats(name, tensor.sizes().vec(), floatsOf(tensor));
    }
    const std::string bytes = writer.write();
    about["architecture"] = kArchitecture;
    about["sizes"] = jsonOf(config);
    about["parameters"] = parameterCount(learner_->flat().specs());
    about["sha256"] = sha256Hex(bytes);
    const std::filesystem::path file = options_.run.output / "latest.safetensors";
    if (auto saved = saveFileSafely(file, bytes); !saved) return saved;
    return saveFileSafely(cardPath(file), about.dump(1) + "\n");
  }

  const GemTrainOptions& options_;
  TrainingLoop loop_;
  std::unique_ptr<TorchRuntime> runtime_;
  std::unique_ptr<TrainingData> data_, flat_, held_;
  std::string licence_;
  std::unique_ptr<gem::GemLearner> learner_;
  std::optional<GemReading> reading_;
};

Status checkGemRun(const GemTrainOptions& options) {
  if (Status checked = checkRun(options.run); !checked) return checked;
  if (options.run.frames > options.network.window) {
    return Error{ErrorCode::InvalidArgument,
                 "GEM learns from at most " + std::to_string(options.network.window) + " frames at once."};
  }
  if (options.seenClips < 0 || options.seenClips >= 1 || options.seenSamples < 0 || options.seenSamples >= 1) {
    return Error{ErrorCode::InvalidArgument, "Some clips and samples have to be known in 3D."};
  }
  if (!(options.simpleWeight > 0)) {
    return Error{ErrorCode::InvalidArgument, "The weight of the x0 part has to be above 0."};
  }
  return checkSizes(options.network);
}

}  // namespace

Result<TrainSummary> trainGemOn(const Library& library, const SentenceEncoder& encoder, const GemTrainOptions& options,
                                const TrainProgress& progress, std::stop_token stop,
                                const std::function<void()>& onEmbedded) {
  if (Status checked = checkGemRun(options); !checked) return checked.error();
  return withoutThrowing([&]() -> Result<TrainSummary> {
    GemRun run(options, progress, stop);
    if (auto prepared = run.prepare(library, encoder); !prepared) return prepared.error();
    if (onEmbedded) onEmbedded();
    return run.train();
  });
}

Result<TrainSummary> trainGem(const GemTrainOptions& options, const TrainProgress& progress, std::stop_token stop) {
  return trainOnLibraryOf(options.run, [&](const Library& library, const SentenceEncoder& encoder,
                                           const std::function<void()>& onEmbedded) {
    return trainGemOn(library, encoder, options, progress, stop, onEmbedded);
  });
}

Status exportTrainedGem(const std::filesystem::path& output, const std::filesystem::path& weights) {
  const std::filesystem::path newest = output / "latest.safetensors";
  if (!newestCheckpoint(output)) {
    return Error{ErrorCode::NotFound, "There is no checkpoint in “" + output.string() + "”; train there first."};
  }
  for (const auto& [from, to] : {std::pair{newest, weights}, std::pair{cardPath(newest), cardPath(weights)}}) {
    auto bytes = readFile(from, 4ull << 30);
    if (!bytes) return bytes.error();
    if (Status saved = saveFileSafely(to, *bytes); !saved) return saved;
  }
  return {};
}

}  // namespace kinescore
