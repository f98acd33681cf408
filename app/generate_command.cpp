#include "app/generate_command.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/generator_options.h"
#include "app/sensed_options.h"
#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/core/frame_rates.h"
#include "engine/generation/draft.h"
#include "engine/generation/engine_failure.h"
#include "engine/generation/parts.h"
#include "engine/io/export_motion.h"
#include "engine/project/project.h"
#include "engine/request/build_request.h"
#include "engine/request/plan_checks.h"
#include "engine/request/prompt_syntax.h"
#include "engine/request/report_text.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

/// What is performed, and where its takes go.
struct Score {
  ProjectDocument document;
  bool isStored = false;  // it came from a project file
};

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

/// The sentence of a full card is the window's, too, which has a button there.
Error withWayOut(Error error) {
  if (error.message == kCardOutOfMemory) error.message += "; add --device cpu.";
  return error;
}

/// What the performance is given to hear and to see beside its score.
struct Sensed {
  std::optional<ViewRequest> view;
  std::optional<HeardMusic> music;
};

Result<Score> scoreFromTexts(const GenerateOptions& options, const Sensed& sensed) {
  const std::optional<FrameRate> rate = frameRateNamed(options.rate);
  if (!rate) return Error{ErrorCode::InvalidArgument, "“" + options.rate + "” is not a frame rate; use 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60 or 120."};
  std::optional<PathRequest> path;
  if (!options.pathFile.empty()) {
    const Result<std::string> json = readFile(options.pathFile, 16u << 20);
    if (!json) return json.error();
    Result<PathRequest> read = readPathFile(*json);
    if (!read) return read.error().withContext("“" + options.pathFile.filename().string() + "”");
    path = *std::move(read);
  }
  std::optional<Ticks> duration;
  if (options.seconds) {
    if (!std::isfinite(*options.seconds) || *options.seconds <= 0 || *options.seconds > 3600) {
      return Error{ErrorCode::InvalidArgument, "--seconds must be above 0 and at most 3600."};
    }
    duration = ticksFromSeconds(*options.seconds);
  }
  const bool isSensedAlone = !duration && options.texts.empty() && !path;
  if (isSensedAlone && sensed.view) duration = sensed.view->span.end;
  else if (isSensedAlone && sensed.music) duration = std::min(ticksFromSeconds(sensed.music->secondsLeft()), kMaxPerformance);
  Result<Timeline> timeline = timelineFromTexts(options.texts, path, *rate, duration);
  if (!timeline) return timeline.error();
  Score score;
  score.document.timeline = *std::move(timeline);
  return score;
}

Result<Score> openScore(const GenerateOptions& options, const Sensed& sensed) {
  const bool hasTyped = !options.texts.empty() || !options.pathFile.empty();
  const bool hasSensed = sensed.view || sensed.music || !options.beats.empty();
  if (options.project.empty()) {
    if (!hasTyped && !hasSensed) return Error{ErrorCode::InvalidArgument, "Nothing to perform: name a project, or give prompts with --text."};
    return scoreFromTexts(options, sensed);
  }
  if (hasTyped) return Error{ErrorCode::InvalidArgument, "Use either a project or --text and --path, not both."};
  Result<OpenedProject> opened = openProject(options.project);
  if (!opened) return opened.error();
  for (const std::string& warning : opened->warnings) std::fprintf(stderr, "kinescore: %s\n", warning.c_str());
  if (opened->document.readOnly && options.save) {
    return Error{ErrorCode::Unsupported, "“" + options.project.filename().string() +
                                             "” was made by a newer Kinescore and cannot be changed; add --no-save."};
  }
  return Score{std::move(opened->document), true};
}

/// What was named, else what the project follows.
Result<std::optional<DraftRequest>> draftFor(const GenerateOptions& options, const ProjectDocument& document) {
  const std::string& name = options.draft.empty() ? document.settings.draft : options.draft;
  if (name.empty()) return std::optional<DraftRequest>();
  const fs::path folder = options.draft.empty() ? options.project.parent_path() : fs::path();
  Result<DraftRequest> draft = draftNamed(name, folder, [&](int number) -> std::shared_ptr<const Take> {
    for (const TakeEntry& entry : document.takes) {
      if (entry.number == number) return entry.take;
    }
    return nullptr;
  });
  if (!draft) return draft.error();
  return std::optional<DraftRequest>(std::move(*draft));
}

Result<RequestOptions> requestOptionsFor(const GenerateOptions& options, const ProjectDocument& document) {
  RequestOptions out;
  out.seed = options.seed.value_or(document.settings.seed);
  out.quality = options.quality.value_or(document.settings.quality);
  out.sampling = document.settings.sampling;
  if (options.steps) out.sampling.steps = options.steps;
  if (options.guidance) out.sampling.guidance = options.guidance;
  if (options.sampler) out.sampling.sampler = options.sampler;
  if (options.avoid) out.sampling.avoid = *options.avoid;
  out.automaticReferences = options.references.value_or(document.settings.references);
  out.device = options.device != DeviceChoice::Auto ? options.device : document.settings.device;
  out.wishes = document.settings.wishes;
  for (const std::string& text : options.pins) {
    Result<ReferencePin> pin = parseReferencePin(text, document.timeline.settings().rate);
    if (!pin) return pin.error();
    out.wishes.pins.push_back(std::move(*pin));
  }
  out.wishes.forbidden.insert(out.wishes.forbidden.end(), options.forbidden.begin(), options.forbidden.end());
  Result<std::optional<DraftRequest>> draft = draftFor(options, document);
  if (!draft) return draft.error();
  out.draft = std::move(*draft);
  return out;
}

/// walk.bvh, or walk_2.bvh for the second of several takes.
fs::path outputFor(const fs::path& file, int take, int takes) {
  if (takes == 1) return file;
  fs::path numbered = file;
  numbered.replace_filename(file.stem().string() + "_" + std::to_string(take + 1) + file.extension().string());
  return numbered;
}

std::string progressText(const GenerationProgress& progress) {
  using Phase = GenerationProgress::Phase;
  switch (progress.phase) {
    case Phase::Queued:
    case Phase::Listening:  // was done before
    case Phase::Loading: return "Loading the model";
    case Phase::Sampling: {
      std::string text = "Generating, step " + std::to_string(progress.step) + " of " + std::to_string(progress.steps);
      if (progress.secondsLeft >= 0) text += ", about " + durationText(progress.secondsLeft) + " left";
      return text;
    }
    case Phase::Solving: return "Placing feet and keys";
    case Phase::Done: return "Done";
  }
  return {};
}

nlohmann::json jsonOf(const Take& take, const std::vector<std::string>& planNotes, const std::vector<fs::path>& files) {
  const TakeReport& report = take.result.report;
  nlohmann::json lines = nlohmann::json::array();
  for (const std::string& note : planNotes) lines.push_back({{"note", true}, {"sentence", note}, {"detail", ""}});
  for (const ReportLine& line : report.lines) {
    lines.push_back({{"note", line.isNote}, {"sentence", withPlacesInSeconds(line.sentence)}, {"detail", withPlacesInSeconds(line.detail)}});
  }
  nlohmann::json references = nlohmann::json::array();
  for (const ShownReference& r : report.references) {
    references.push_back({{"prompt", r.prompt}, {"clip", r.clipId}, {"start", secondsOf(r.part.start)}, {"end", secondsOf(r.part.end)}, {"mirrored", r.mirror}, {"pinned", r.pinned}});
  }
  nlohmann::json names = nlohmann::json::array();
  for (const fs::path& file : files) names.push_back(file.string());
  return {{"take", take.id},
          {"hash", take.motionHash()},
          {"frames", take.result.motion->frameCount()},
          {"seed", take.request.seed},
          {"quality", nameOf(take.request.quality)},
          {"device", take.result.deviceName},
          {"precision", take.result.precisionPath},
          {"model", take.result.modelHash},
          {"networkEvaluations", take.result.networkEvaluations},
          {"seconds", take.result.seconds},
          {"keyErrorMeanMeters", report.keyErrorMeanMeters},
          {"keyErrorWorstMeters", report.keyErrorWorstMeters},
          {"keyErrorBeforeMeters", report.keyErrorBeforeMeters},
          {"pathErrorMeanMeters", report.pathErrorMeanMeters},
          {"footSkateBefore", report.footSkateBefore},
          {"footSkateAfter", report.footSkateAfter},
          {"nearestClip", report.nearestClipId},
          {"nearestClipMeters", report.nearestClipMeters},
          {"references", references},
          {"report", lines},
          {"files", names}};
}

Result<std::vector<fs::path>> exportTake(const Take& take, const GenerateOptions& options, FrameRate rate, int index) {
  std::vector<fs::path> written;
  for (const fs::path& output : options.outputs) {
    const Result<ExportFormat> format = exportFormatOf(output);
    if (!format) return format.error();
    ExportOptions exportOptions;
    exportOptions.format = *format;
    exportOptions.rate = rate;
    exportOptions.centimeters = !options.meters;
    const fs::path file = outputFor(output, index, options.takes);
    if (const Status saved = exportMotion(*take.result.motion, file, exportOptions); !saved) return saved.error();
    written.push_back(file);
  }
  return written;
}

void printTake(const Take& take, const std::vector<std::string>& planNotes, const std::vector<fs::path>& files) {
  std::printf("%s: %lld frames, seed %llu, %s on %s, %.1f s, hash %s\n", take.name.c_str(),
              static_cast<long long>(take.result.motion->frameCount()),
              static_cast<unsigned long long>(take.request.seed), nameOf(take.request.quality),
              take.result.deviceName.c_str(), take.result.seconds, take.motionHash().substr(0, 16).c_str());
  for (const std::string& note : planNotes) std::printf("  ! %s\n", note.c_str());
  for (const ReportLine& line : take.result.report.lines) {
    std::printf("  %s %s%s%s\n", line.isNote ? "!" : "-", withPlacesInSeconds(line.sentence).c_str(), line.detail.empty() ? "" : "  ",
                withPlacesInSeconds(line.detail).c_str());
  }
  const std::vector<ShownReference>& shown = take.result.report.references;
  for (auto next = shown.begin(); next != shown.end();) {
    if (next->prompt.empty()) {
      std::printf("  - the timeline shows captured motion ");
    } else {
      std::printf("  - “%s” was shown captured motion ", next->prompt.c_str());
    }
    for (const std::string& prompt = next->prompt; next != shown.end() && next->prompt == prompt; ++next) {
      std::printf(" %s%s%s", next->clipId.c_str(), next->mirror ? " (mirrored)" : "", next->pinned ? " (pinned)" : "");
    }
    std::printf("\n");
  }
  for (const fs::path& file : files) std::printf("  written: %s\n", file.c_str());
}

Status checkOutputs(const GenerateOptions& options) {
  if (options.takes < 1 || options.takes > 100) return Error{ErrorCode::InvalidArgument, "--takes must be 1 to 100."};
  for (const fs::path& output : options.outputs) {
    if (const auto format = exportFormatOf(output); !format) return format.error();
    const fs::path folder = output.has_parent_path() ? output.parent_path() : fs::path(".");
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
      return Error{ErrorCode::NotFound, "The folder “" + folder.string() + "” for the output does not exist."};
    }
  }
  return {};
}

class GenerateRun {
 public:
  explicit GenerateRun(const GenerateOptions& options) : options_(options) {}

  int run() {
    if (const Status ok = checkOutputs(options_); !ok) return fail(ok.error());
    Sensed sensed;
    if (!options_.keypoints.empty()) {
      Result<ViewRequest> seen = viewFrom(options_);
      if (!seen) return fail(seen.error());
      sensed.view = *std::move(seen);
    }
    if (!options_.music.empty()) {
      Result<HeardMusic> heard = musicFrom(options_.music, interrupt_.token());
      if (!heard) return fail(heard.error());
      sensed.music = *std::move(heard);
    }
    Result<Score> score = openScore(options_, sensed);
    if (!score) return fail(score.error());
    score_ = *std::move(score);
    if (const Status locked = lockProject(); !locked) return fail(locked.error());
    Result<RequestOptions> requestOptions = requestOptionsFor(options_, score_.document);
    if (!requestOptions) return fail(requestOptions.error());
    if (const Status added = addSensed(std::move(sensed), *requestOptions); !added) return fail(added.error());
    if (const Status opened = openGenerator(requestOptions->device); !opened) return fail(opened.error());

    for (int i = 0; i < options_.takes; ++i) {
      RequestOptions one = *requestOptions;
      one.seed += static_cast<std::uint64_t>(i);
      if (const Status done = makeOneTake(one, i); !done) {
        const int code = fail(done.error());
        return i > 0 ? 5 : code;  // some takes were made and kept
      }
    }
    if (options_.json) std::printf("%s\n", json_.dump(1).c_str());
    return 0;
  }

 private:
  [[nodiscard]] bool keepsTakes() const { return score_.isStored && options_.save; }

  Status addSensed(Sensed sensed, RequestOptions& request) const {
    const TimeRange whole{{0}, score_.document.timeline.settings().duration};
    if (!options_.beats.empty()) {
      Result<RhythmRequest> rhythm = rhythmFrom(options_.beats, whole);
      if (!rhythm) return rhythm.error();
      request.rhythms.push_back(*std::move(rhythm));
    }
    if (sensed.music) {
      request.rhythms.push_back(
          rhythmOf(*sensed.music->sound, -ticksFromSeconds(sensed.music->start), whole, {}, options_.soundKind));
    }
    auto clips = listenToClipsWithLine(score_.document.timeline, options_.project.parent_path(), interrupt_.token());
    if (!clips) return clips.error();
    for (const std::string& problem : clips->problems) std::fprintf(stderr, "kinescore: %s\n", problem.c_str());
    request.sounds = std::move(clips->sounds);
    request.soundKind = options_.soundKind;
    if (!sensed.view) return {};
    // Seen alone it is estimated; with anything else asked for it is performed.
    request.estimate = options_.project.empty() && options_.texts.empty() && options_.pathFile.empty() && options_.beats.empty() && !sensed.music;
    sensed.view->span.end = std::min(sensed.view->span.end, whole.end);
    request.views.push_back(*std::move(sensed.view));
    return {};
  }

  Status lockProject() {
    if (!keepsTakes()) return {};
    Result<ProjectLock> lock = ProjectLock::acquire(options_.project);
    if (!lock) return lock.error();
    lock_ = *std::move(lock);
    return {};
  }

  Status openGenerator(DeviceChoice device) {
    if (!options_.model.empty() && !options_.weights.empty()) {
      return Error{ErrorCode::InvalidArgument, "Use either --model or --weights, not both."};
    }
    Result<ModelChoice> model = modelNamed(options_.model);
    if (!model) return model.error();
    if (!options_.weights.empty()) model->file = options_.weights;
    if (!options_.textModel.empty() && model->kind != ModelChoice::Kind::Gem) {
      return Error{ErrorCode::InvalidArgument, "--text-model is for GEM; choose it with --model gem:FILE."};
    }
    Result<std::unique_ptr<MotionGenerator>> generator =
        openPerformer(*model, {options_.textModel, device, options_.threads});
    if (!generator) return generator.error();
    generator_ = *std::move(generator);
    return {};
  }

  Status makeOneTake(const RequestOptions& requestOptions, int index) {
    RequestOptions asked = requestOptions;
    const Result<PartPlan> plan = askForParts(options_.parts, score_.document, asked);
    if (!plan) return plan.error();
    if (plan->isUpToDate) {
      std::fprintf(stderr, "Nothing has changed since the shown take.\n");
      return {};
    }
    Result<GenerationRequest> request = buildRequest(score_.document.timeline, asked);
    if (!request) return request.error();
    request->threads = options_.threads;
    LiveLine line;
    Result<GeneratedMotion> result = generateInParts(
        *generator_, *request, [&](const GenerationProgress& p) { line.show(progressText(p), p.fraction); }, interrupt_.token());
    line.finish();
    if (!result) return withWayOut(result.error());
    if (plan->line) result->report.lines.insert(result->report.lines.begin(), *plan->line);
    const auto take = makeTake(*request, *std::move(result), asked.base.get(), score_.document.nextTakeNumber());
    const auto files = exportTake(*take, options_, score_.document.timeline.settings().rate, index);
    if (!files) return files.error();
    score_.document.addTake(take);
    if (keepsTakes()) {
      const auto saved = saveProject(score_.document, options_.project);
      if (!saved) return saved.error();
      for (const std::string& warning : saved->warnings) std::fprintf(stderr, "kinescore: %s\n", warning.c_str());
    }
    std::vector<std::string> planNotes;
    for (const PlanProblem& problem : checkPlan(score_.document.timeline)) planNotes.push_back(sentenceOf(problem));
    if (options_.json) json_.push_back(jsonOf(*take, planNotes, *files));
    else printTake(*take, planNotes, *files);
    return {};
  }

  const GenerateOptions& options_;
  Score score_;
  std::optional<ProjectLock> lock_;
  std::unique_ptr<MotionGenerator> generator_;
  InterruptGuard interrupt_;
  nlohmann::json json_ = nlohmann::json::array();
};

}  // namespace

int runGenerate(const GenerateOptions& options) { return GenerateRun(options).run(); }

}  // namespace kinescore
