#include "app/evaluate_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/generator_options.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "engine/evaluate/evaluation_manifest.h"
#include "engine/evaluate/prompt_review.h"

namespace kinescore {
namespace {

Result<std::unique_ptr<MotionGenerator>> openJudged(const EvaluateCommandOptions& o) {
  const Result<ModelChoice> model = modelNamed(o.model);
  if (!model) return model.error();
  PerformingOptions options;
  options.device = *deviceNamed(o.device);
  if (model->kind == ModelChoice::Kind::Gem) return openPerformer(*model, options);
  KinescoreGeneratorOptions own = optionsForJudging(o.library, model->file.empty() ? o.weights : model->file);
  own.device = options.device;
  return openKinescoreGenerator(std::move(own));
}

Status evaluatePrompts(EvaluateCommandOptions& o) {
  const auto resources = resourceFolder();
  if (resources) {
    if (o.weights.empty()) o.weights = defaultWeightsFile(*resources);
    if (o.library.empty()) o.library = defaultLibraryFile(*resources);
    if (o.prompts.empty()) o.prompts = *resources / "eval" / "prompts.json";
  } else if (o.weights.empty() || o.library.empty() || o.prompts.empty()) {
    return resources.error();
  }
  const auto list = readPromptList(o.prompts);
  if (!list) return list.error();
  const auto library = loadLibrary(o.library);
  if (!library) return library.error();
  if (Status allowed = checkMayBeEvaluatedOn(*library); !allowed) return allowed;
  auto generator = openJudged(o);
  if (!generator) return generator.error();
  InterruptGuard interrupt;
  LiveLine live;
  const auto review = reviewPrompts(
      **generator, *list, *qualityNamed(o.quality), o.references,
      [&](int done, int all) {
        live.show("Performing, " + std::to_string(done) + " of " + std::to_string(all), double(done) / all);
      },
      interrupt.token());
  live.finish();
  if (!review) return review.error();
  if (auto written = writePromptReview(*review, *list, figuresOfCaptures(*library, Split::Val), o.output); !written) {
    return written;
  }
  std::printf("written: %s\n", (o.output / "report.md").c_str());
  return {};
}

}  // namespace

void addEvaluateCommand(CLI::App& app, EvaluateCommandOptions& options) {
  CLI::App* command = app.add_subcommand("evaluate", "Measure a model on held-out clips: figures beside captures, with intervals, and contact sheets");
  command->require_subcommand(0, 1);
  addEvaluateProtocol(*command, options.protocol, options.exitCode);
  CLI::App* prompts = command->add_subcommand("prompts", "Perform fixed prompts with several seeds each and measure the motion");
  prompts->add_option("-o,--output", options.output, "Folder for report.md and the sheets")->required();
  prompts->add_option("--prompts", options.prompts, "JSON with prompts, seeds and seconds (default: the twelve fixed ones)");
  prompts->add_option("--weights", options.weights, "The model (default: the one that ships)");
  prompts->add_option("--model", options.model, "In place of --weights: kinescore, gem:FILE.safetensors or a file of weights");
  prompts->add_option("--library", options.library, "Motion library to measure the nearest clip in (default: the one that ships)");
  prompts->add_option("--references", options.references, "Captured moments shown for each prompt (0 to 3, default 2)")
      ->check(CLI::Range(0, kMostReferences));
  prompts->add_option("--quality", options.quality, "draft, good or best (default good)")->check(CLI::IsMember({"draft", "good", "best"}));
  prompts->add_option("--device", options.device, "auto, cpu or cuda")->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  prompts->callback([&options] {
    const Status done = evaluatePrompts(options);
    if (done) return;
    std::fprintf(stderr, "kinescore: %s\n", done.error().message.c_str());
    options.exitCode = exitCodeOf(done.error().code);
  });
}

}  // namespace kinescore
