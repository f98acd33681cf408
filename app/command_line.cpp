#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "app/dataset_command.h"
#include "app/evaluate_command.h"
#include "app/export_command.h"
#include "app/generate_command.h"
#include "app/library_command.h"
#include "app/media_command.h"
#include "app/prompt_command.h"
#include "app/sound_command.h"
#include "app/train_command.h"
#include "app/weights_command.h"
#include "app/window_command.h"
#include "engine/core/log.h"
#include "engine/io/keypoint_folder.h"
#include "engine/media/heard_sound.h"

namespace kinescore {
namespace {

constexpr int kUsageExit = 2;

/// A value out of a closed list, with the list in the complaint.
template <class T>
CLI::Validator oneOf(std::optional<T> (*named)(std::string_view), const char* list) {
  return CLI::Validator(
      [named, list](std::string& text) {
        return named(text) ? std::string() : "“" + text + "” is not one of " + list;
      },
      list);
}

struct Parsed {
  GenerateOptions generate;
  std::string quality, sampler, device = "auto", soundKind = "auto";
  bool noSave = false;
  ExportCommandOptions exporting;
  DatasetCommandOptions dataset;
  LibraryCommandOptions library;
  TrainCommandOptions train;
  EvaluateCommandOptions evaluate;
  WeightsCommandOptions weights;
  SoundCommandOptions sound;
  MediaCommandOptions media;
  PromptCommandOptions prompt;
  WindowCommandOptions window;
  bool verbose = false;
};

void addGenerate(CLI::App& app, Parsed& p, int& exitCode) {
  CLI::App* command = app.add_subcommand("generate", "Perform a project, or typed prompts, and write the motion to files");
  GenerateOptions& g = p.generate;
  command->add_option("project", g.project, "A .kinescore project; its new take is stored in it");
  command->add_option("--text", g.texts, "A prompt with its time: \"0-3s: walk forward\"; may be repeated")->take_all()->expected(1)->allow_extra_args(false);
  command->add_option("--path", g.pathFile, "A path as JSON: {\"points\": [{\"t\": 0, \"x\": 0, \"z\": 0}, …]}");
  CLI::Option* beats = command->add_option("--beats", g.beats, "A steady beat to keep: beats a minute, with @ the time of a first beat in seconds: 120@0.5");
  command->add_option("--music", g.music, "A recording to move to (MP3, FLAC, Ogg, M4A, WAV or a video's sound), with @ the second of it that is heard first: song.mp3@12.5")->excludes(beats);
  command->add_option("--sound-as", p.soundKind, "What recordings are to a model that hears music and speech apart, as GEM does, where their clips do not say it: auto (default; music where a beat is heard), music or speech")->check(oneOf(soundKindNamed, "auto, music, speech"));
  CLI::Option* keypoints = command->add_option("--keypoints", g.keypoints, "Points that a detector found in video: a folder of OpenPose JSON files, a frame each. Without --text or a project the motion is estimated from them alone");
  command->add_option("--keypoints-rate", g.keypointRate, "Frames a second of --keypoints (default 30)")->needs(keypoints);
  command->add_option("--keypoint-order", g.keypointOrder, "coco17, coco18, body25 (default) or body25b")->check(oneOf(keypointOrderNamed, "coco17, coco18, body25, body25b"))->needs(keypoints);
  command->add_option("--camera", g.camera, "Size of the image of --keypoints in pixels, and its focal length if known: 1920x1080,f=1500")->needs(keypoints);
  command->add_option("--seconds", g.seconds, "Length of a performance made from --text");
  command->add_option("--rate", g.rate, "Frame rate of a performance made from --text (default 30)");
  command->add_option("-o,--output", g.outputs, "File to write, .bvh or .fbx; may be repeated")->take_all()->expected(1)->allow_extra_args(false);
  command->add_option("--range", g.parts.range, "Make only this part of the shown take anew: 2s-4s, or frames 48-96");
  command->add_option("--from-take", g.parts.fromTake, "Take over --range from the take of this number; only the joins on both sides are made anew");
  command->add_flag("--changed", g.parts.changed, "Make only what was changed since the shown take anew");
  command->add_option("--seed", g.seed, "Another seed is another performance of the same score");
  command->add_option("--takes", g.takes, "How many takes, with seeds counting up (default 1)");
  command->add_option("--references", p.generate.references, "Captured moments shown to the network for each prompt (0 to 3; default: the project's, 2)")
      ->check(CLI::Range(0, kMostReferences));
  command->add_option("--pin", g.pins, "Show this clip of the library: CLIP, CLIP@1-3s (that part), \"CLIP@1-3s: walk forward\" (for that prompt alone); may be repeated")
      ->take_all()->expected(1)->allow_extra_args(false);
  command->add_option("--forbid", g.forbidden, "Never show this clip; may be repeated")->take_all()->expected(1)->allow_extra_args(false);
  command->add_option("--draft", g.draft, "A rough motion of yours to follow: a BVH file, or the number of a take");
  command->add_option("--quality", p.quality, "draft, good or best")->check(oneOf(qualityNamed, "draft, good, best"));
  command->add_option("--steps", g.steps, "Steps of the network, 1 to 100, in place of the quality's")->check(CLI::Range(1, SamplingWishes::kMostSteps));
  command->add_option("--guidance", g.guidance, "How far words push, 0 to 10 (default 3; 1: not beyond what the network answers)")->check(CLI::Range(SamplingWishes::kLeastGuidance, SamplingWishes::kMostGuidance));
  command->add_option("--sampler", p.sampler, "ddim or dpm2m, in place of the quality's")->check(oneOf(samplerNamed, "ddim, dpm2m"));
  command->add_option("--avoid", g.avoid, "Words that the motion is pushed away from; needs a guidance above 1");
  command->add_option("--device", p.device, "auto, cpu or cuda")->check(oneOf(deviceNamed, "auto, cpu, cuda"));
  command->add_option("--threads", g.threads, "Threads of the engine; never changes the result");
  command->add_option("--model", g.model, "kinescore (default), gem:FILE.safetensors (see “weights convert”), or a file of weights");
  command->add_option("--text-model", g.textModel, "Folder of T5-3B, which GEM reads texts with (default: t5-3b beside its file)");
  command->add_option("--weights", g.weights, "Another model of the same kind as the one that ships (.safetensors)");
  command->add_flag("--no-save", p.noSave, "Leave the project as it is");
  command->add_flag("--json", g.json, "Print the takes as JSON");
  command->add_flag("--meters", g.meters, "Write metres instead of centimetres");
  command->callback([&p, &exitCode] {
    p.generate.save = !p.noSave;
    if (!p.quality.empty()) p.generate.quality = qualityNamed(p.quality);
    if (!p.sampler.empty()) p.generate.sampler = samplerNamed(p.sampler);
    p.generate.device = *deviceNamed(p.device);
    p.generate.soundKind = *soundKindNamed(p.soundKind);
    exitCode = runGenerate(p.generate);
  });
}

void addExport(CLI::App& app, Parsed& p, int& exitCode) {
  CLI::App* command = app.add_subcommand("export", "Write a take of a project to a BVH or FBX file");
  ExportCommandOptions& e = p.exporting;
  command->add_option("project", e.project, "A .kinescore project")->required();
  command->add_option("-o,--output", e.outputs, "File to write, .bvh or .fbx; may be repeated")->required()->take_all()->expected(1)->allow_extra_args(false);
  command->add_option("--take", e.take, "Number of the take (default: the one shown)");
  command->add_option("--rate", e.rate, "Frame rate of the file (default: the project's)");
  command->add_option("--range", e.range, "Only this part: 2s-4s, or frames 48-96");
  command->add_flag("--meters", e.meters, "Write metres instead of centimetres");
  command->callback([&] { exitCode = runExport(e); });
}

void addWindow(CLI::App& app, Parsed& p) {
  app.add_option("project", p.window.project, "A .kinescore project to open");
}

}  // namespace

int runCommandLine(int argc, char** argv) {
  CLI::App app{"Kinescore: score motion on a timeline, perform it, export it. Without a command the window opens."};
  app.set_version_flag("--version", std::string("Kinescore ") + KINESCORE_VERSION);
  Parsed parsed;
  int exitCode = 0;
  app.add_flag("-v,--verbose", parsed.verbose, "Say more on stderr")->each([](const std::string&) { log::setLevel(log::Level::Info); });
  app.require_subcommand(0, 1);
  addGenerate(app, parsed, exitCode);
  addExport(app, parsed, exitCode);
  addDatasetCommand(app, parsed.dataset);
  addLibraryCommand(app, parsed.library, exitCode);
  addTrainCommand(app, parsed.train);
  addEvaluateCommand(app, parsed.evaluate);
  addWeightsCommand(app, parsed.weights);
  addSoundCommand(app, parsed.sound);
  addMediaCommand(app, parsed.media);
  addPromptCommand(app, parsed.prompt);
  addWindow(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::fprintf(stderr, "kinescore: %s. See “kinescore --help”.\n", error.what());
    return kUsageExit;
  }
  if (app.get_subcommands().empty()) return runWindowCommand(parsed.window, argc, argv);
  for (const int code : {exitCode, parsed.dataset.exitCode, parsed.train.exitCode, parsed.evaluate.exitCode,
                         parsed.weights.exitCode, parsed.sound.exitCode, parsed.media.exitCode, parsed.prompt.exitCode}) {
    if (code != 0) return code;
  }
  return 0;
}

}  // namespace kinescore
