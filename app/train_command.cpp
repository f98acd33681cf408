#include "app/train_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "app/paths.h"
#include "app/terminal.h"
#include "engine/library/user_libraries.h"
#include "engine/network/kinescore_generator.h"
#include "engine/train/finetuning.h"

namespace kinescore {
namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

std::string statusText(const TrainStatus& status) {
  char text[200];
  std::snprintf(text, sizeof text, "Training, step %lld%s, loss %.4f, %.2f s a step, %s left",
                static_cast<long long>(status.step),
                status.steps > 0 ? (" of " + std::to_string(status.steps)).c_str() : "", status.loss,
                status.secondsPerStep, durationText(status.secondsLeft).c_str());
  return text;
}

void printGemValidation(const TrainStatus& status) {
  const GemReading& r = *status.gem;
  std::printf("step %lld: val regression %.2f (x0 %.4f), diffusion %.2f (x0 %.4f); one look at 17 points: joints %.2f cm, "
              "points %.2f %% of the box\n",
              static_cast<long long>(status.step), r.regressionLoss, r.regressionSimple, r.diffusionLoss,
              r.diffusionSimple, r.jointErrorCm, r.pointErrorPercent);
  std::printf("  one look as decoded, x0: pose %.4f, shape %.4f, orientation in the camera %.4f, to gravity %.4f, step %.6f\n",
              r.groups[0], r.groups[1], r.groups[2], r.groups[3], r.groups[4]);
  std::fflush(stdout);
}

void printValidation(const TrainStatus& status) {
  const ValidationReading& v = *status.validation;
  std::printf("step %lld: val x0 %.4f, joints %.2f cm, velocity energy %.2f; prompts: root %.2f m/s, pose %.2f m/s, diversity %.1f cm\n",
              static_cast<long long>(status.step), v.featureLoss, v.jointErrorCm, v.velocityEnergy, v.rootSpeed,
              v.poseSpeed, v.diversity * 100);
  if (v.seenErrorCm > 0) std::printf("  one look at 17 points seen by a camera: joints %.2f cm\n", v.seenErrorCm);
  for (std::size_t i = 0; i < v.byNoise.size(); ++i) {
    const NoiseReading& n = v.byNoise[i];
    std::printf("  t %.2f: joints %.2f cm, velocity energy %.2f, correlation %.2f; standing feet: %.1f cm/s, %.1f cm off\n",
                n.time, n.jointErrorCm, n.velocityEnergy, n.velocityCorrelation, n.footSpeed, n.footHeightErrorCm);
    if (i < v.withReferences.size() && i < v.withWrongReferences.size()) {
      std::printf("    beside right references %.2f cm, wrong ones %.2f cm\n", v.withReferences[i].jointErrorCm,
                  v.withWrongReferences[i].jointErrorCm);
    }
  }
  std::fflush(stdout);
}

constexpr double kFinetuneRate = 1e-4;       // a twelfth of what training from nothing takes
constexpr double kFinetuneHours = 0.25;
constexpr int kFinetuneWarmUp = 50;

/// The user's clips beside the library, a small rate, the shipped weights to start from.
Status prepareFinetuning(TrainCommandOptions& options, const std::filesystem::path& resources, std::stop_token stop) {
  TrainOptions& train = options.train;
  const std::string name = libraryNameFor(options.finetune);
  LiveLine line;
  Result<UserClips> clips = readUserClips(
      options.finetune, name,
      [&](const DatasetProgress& p) { line.show("Reading clip " + std::to_string(p.done + 1) + " of " + std::to_string(p.total) + ": " + p.clip, p.total ? double(p.done) / p.total : -1); },
      stop);
  line.finish();
  if (!clips) return clips.error();
  for (const DatasetNote& note : clips->leftOut) std::fprintf(stderr, "kinescore: left out %s: %s\n", note.clip.c_str(), note.text.c_str());
  const bool isCaptioned = std::any_of(clips->library.clips.begin(), clips->library.clips.end(), [](const LibraryClip& c) { return !c.captions.empty(); });
  if (!isCaptioned) {
    return Error{ErrorCode::BadInput, "No clip of “" + options.finetune.string() + "” has a caption, nor a file name that says what it does; put a captions.csv into the folder, or a .txt beside a clip."};
  }
  std::printf("%zu of %d clips, %.1f minutes, mixed half and half with the library\n", clips->library.clips.size(), clips->files, clips->minutes());
  train.mixedWith = std::make_shared<const Library>(std::move(clips->library));
  train.startFrom = options.startFrom.empty() ? defaultWeightsFile(resources) : options.startFrom;
  train.references = seesReferences(train.startFrom);
  if (train.output.empty()) train.output = userModelFolder() / name;
  if (!options.hasRate) train.learningRate = kFinetuneRate;
  if (!options.hasWarmUp) train.warmUp = kFinetuneWarmUp;
  if (train.hours <= 0 && train.steps <= 0) train.hours = kFinetuneHours;
  return {};
}

Status exportTo(const TrainCommandOptions& options, const std::filesystem::path& folder) {
  return options.isGem ? exportTrainedGem(folder, options.weights) : exportTrained(folder, options.weights);
}

int runTrain(TrainCommandOptions& options) {
  if (!options.exportFrom.empty()) {
    const Status written = exportTo(options, options.exportFrom);
    if (!written) return fail(written.error());
    std::printf("written: %s\n", options.weights.c_str());
    return 0;
  }
  TrainOptions& train = options.train;
  if (const auto resources = resourceFolder()) {
    if (train.library.empty()) train.library = defaultLibraryFile(*resources);
    if (train.prompts.empty()) train.prompts = *resources / "eval" / "prompts.json";
  }
  InterruptGuard interrupt;
  if (options.finetune.empty()) {
    train.startFrom = options.startFrom;
  } else {
    const auto resources = resourceFolder();
    if (!resources) return fail(resources.error());
    if (const Status prepared = prepareFinetuning(options, *resources, interrupt.token()); !prepared) return fail(prepared.error());
  }
  if (train.library.empty()) return fail({ErrorCode::InvalidArgument, "Name the motion library to learn from with --library."});
  if (train.hours <= 0 && train.steps <= 0) return fail({ErrorCode::InvalidArgument, "Say how long to train, with --hours or --steps."});
  train.lowPriority = !options.normalPriority;

  LiveLine line;
  const TrainProgress tell = [&](const TrainStatus& status) {
    if (!status.note.empty()) {
      line.finish();
      std::fprintf(stderr, "%s\n", status.note.c_str());
    }
    if (status.validation || status.gem) {
      line.finish();
      status.gem ? printGemValidation(status) : printValidation(status);
    }
    if (status.secondsPerStep > 0) {
      const double whole = 3600 * train.hours;
      line.show(statusText(status), status.steps > 0 ? double(status.step) / double(status.steps)
                                                     : 1 - std::min(status.secondsLeft, whole) / whole);
    }
  };
  options.gem.run = train;
  const Result<TrainSummary> summary = options.isGem               ? trainGem(options.gem, tell, interrupt.token())
                                       : options.finetune.empty() ? trainKinescore(train, tell, interrupt.token())
                                                                  : finetuneKinescore(train, tell, interrupt.token());
  line.finish();
  if (!summary) return fail(summary.error());
  std::printf("%s after %lld steps (%.2f hours in all), loss %.4f: %s\n", summary->stopped ? "Stopped and saved" : "Finished",
              static_cast<long long>(summary->steps), summary->hours, summary->loss, summary->weights.c_str());
  if (!options.finetune.empty()) std::printf("Use them: kinescore generate --weights %s …\n", summary->weights.c_str());
  if (!options.weights.empty()) {
    if (const Status written = exportTo(options, summary->weights.parent_path()); !written) return fail(written.error());
    std::printf("written: %s\n", options.weights.c_str());
  }
  return 0;
}

constexpr int kGemBatch = 8, kGemFrames = 120;

/// Options that were named for a network they do not belong to; nothing: all belong.
Status checkArchitecture(const CLI::App& command, bool isGem) {
  const auto named = [&](const char* option) { return command.get_option(option)->count() > 0; };
  if (isGem) {
    for (const char* option : {"--coarse-for", "--finetune", "--from", "--references", "--leave-out", "--token-frames", "--clips", "--dropout", "--prompts"}) {
      if (named(option)) return Error{ErrorCode::InvalidArgument, std::string("“") + option + "” belongs to Kinescore's own network; “--arch gem” has none of it."};
    }
    return {};
  }
  for (const char* option : {"--seen-clips", "--seen-samples", "--heads", "--x0-weight"}) {
    if (named(option)) return Error{ErrorCode::InvalidArgument, std::string("“") + option + "” belongs to “--arch gem”."};
  }
  return {};
}

/// Sizes of the small GEM where none are named.
void prepareGem(const CLI::App& command, TrainCommandOptions& options) {
  const auto named = [&](const char* option) { return command.get_option(option)->count() > 0; };
  if (!named("--batch")) options.train.batch = kGemBatch;
  if (!named("--frames")) options.train.frames = kGemFrames;
  if (named("--width")) options.gem.network.width = options.train.network.width;
  if (named("--layers")) options.gem.network.layers = options.train.network.layers;
  if (!named("--seen-samples")) options.gem.seenSamples = options.gem.seenClips;
}

}  // namespace

void addTrainCommand(CLI::App& app, TrainCommandOptions& options) {
  CLI::App* command = app.add_subcommand("train", "Train the Kinescore model or a small GEM on a motion library; starting again goes on");
  TrainOptions& t = options.train;
  CLI::Option* output = command->add_option("-o,--output", t.output, "Folder of the run: checkpoints, losses, contact sheets");
  command->add_option_function<std::string>("--arch", [&options](const std::string& name) { options.isGem = name == "gem"; }, "kinescore (default) or gem: a small one of the published architecture, for --model gem:FILE")
      ->check(CLI::IsMember({"kinescore", "gem"}));
  command->add_option("--library", t.library, "Motion library (default: the one that ships)");
  command->add_option("--prompts", t.prompts, "Prompts drawn to a contact sheet, JSON (default: the twelve fixed ones)");
  command->add_option("--hours", t.hours, "How long this run lasts");
  command->add_option("--steps", t.steps, "How many steps in all");
  command->add_option("--batch", t.batch, "Crops a step (default 10; gem 8)");
  command->add_option("--frames", t.frames, "Longest crop, frames (default 192; gem 120, its most)");
  command->add_option("--threads", t.shards, "Threads; part of what the result depends on (default 2)");
  command->add_option("--finetune", options.finetune, "A folder of your own motion (as for “library add”): go on from the shipped weights on it and the library, half and half");
  command->add_option("--from", options.startFrom, "Weights to go on from (.safetensors); with --finetune, other ones than those that ship");
  CLI::Option* rate = command->add_option("--learning-rate", t.learningRate, "Default 1.2e-3; 1e-4 with --finetune");
  CLI::Option* warmUp = command->add_option("--warm-up", t.warmUp, "Steps until the full learning rate (default 200; 50 with --finetune)");
  command->add_option("--coarse-for", t.coarseFor, "Train, beside these weights (.safetensors), the small network that decides while the noise is loud; latest.safetensors holds both")
      ->excludes("--finetune")->excludes("--from");
  const std::map<std::string, CoarseStart> starts = {{"on", CoarseStart::GoOn}, {"copy", CoarseStart::Copy}, {"small", CoarseStart::Small}};
  command->add_option("--coarse-start", t.coarseStart, "It begins as: on, the one that the weights have (default; else small); copy, a copy of the network it is for; small, few long tokens from nothing")
      ->needs("--coarse-for")->transform(CLI::CheckedTransformer(starts).description(""));
  command->add_option("--average-decay", t.averageDecay, "Of the running average that becomes the weights, a step (default 0.9995)")
      ->check(CLI::Range(0.0, 0.99999));
  command->add_option("--dropout", t.dropout, "Default 0.05");
  command->add_option("--width", t.network.width, "Width of a token (default 160; gem 128)");
  command->add_option("--layers", t.network.layers, "Layers (default 6; gem 4)");
  command->add_option_function<int>("--token-frames", [&t](int frames) { t.network.tokenPatches = frames / kPatchFrames; },
                                    "Frames a token (default 2)")->check(CLI::IsMember({2, 4, 8}));
  command->add_option("--heads", options.gem.network.heads, "Attention heads of a GEM (default 8)")->check(CLI::Range(1, 256));
  command->add_option("--x0-weight", options.gem.simpleWeight, "GEM: weight of the plain x0 part (default 1, as published; more keeps limbs from twisting in short runs)")->check(CLI::Range(1e-3, 1e4));
  command->add_option("--seen-clips", options.gem.seenClips, "GEM: share of the clips of which nothing is used but 2D points in a made-up video (default 0)")->check(CLI::Range(0.0, 0.99));
  command->add_option("--seen-samples", options.gem.seenSamples, "GEM: share of a step's samples that are of those (default: as --seen-clips; 0 leaves them out)")->check(CLI::Range(0.0, 0.99));
  command->add_flag("--references", t.references, "Show other clips of the same action as references");
  command->add_option_function<std::vector<std::string>>("--leave-out", [&t](const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (name == "quality") t.leftOut.quality = true;
      if (name == "sentence") t.leftOut.sentence = true;
      if (name == "progress") t.leftOut.progress = true;
      if (name == "balance") t.leftOut.balance = true;
    }
  }, "Train without quality, sentence, progress or balance, to measure what they are worth")
      ->check(CLI::IsMember({"quality", "sentence", "progress", "balance"}))->delimiter(',');
  command->add_option("--clips", t.clips, "Learn only so many clips by heart and validate on them: a check of the network")
      ->check(CLI::PositiveNumber);
  command->add_option("--seed", t.seed, "Seed of every draw");
  command->add_option("--checkpoint-minutes", t.checkpointMinutes, "Default 10");
  command->add_option("--validate-minutes", t.validateMinutes, "Default 15");
  command->add_option("--sheet-minutes", t.sheetMinutes, "Contact sheet of the prompts (default 60)");
  command->add_option("--lock-file", t.lockFile, "Training waits while this file exists");
  command->add_flag("--normal-priority", options.normalPriority, "Do not give way to other programs");
  CLI::Option* weights = command->add_option("--weights", options.weights, "Also write the weights here at the end (.safetensors)");
  command->add_option("--export", options.exportFrom, "Only write the newest weights of this run's folder to --weights")->needs(weights)->excludes(output);
  command->callback([&options, command, rate, warmUp] {
    options.hasRate = rate->count() > 0;
    options.hasWarmUp = warmUp->count() > 0;
    if (const Status belongs = checkArchitecture(*command, options.isGem); !belongs) {
      options.exitCode = fail(belongs.error());
      return;
    }
    if (options.isGem) prepareGem(*command, options);
    if (options.exportFrom.empty() && options.finetune.empty() && options.train.output.empty()) {
      options.exitCode = fail({ErrorCode::InvalidArgument, "Name the folder of the run with -o."});
      return;
    }
    options.exitCode = runTrain(options);
  });
}

}  // namespace kinescore
