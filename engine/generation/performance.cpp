#include "engine/generation/performance.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "engine/generation/audition.h"
#include "engine/generation/beat_warp.h"
#include "engine/generation/finish.h"
#include "engine/generation/planner.h"
#include "engine/generation/quiet_motion.h"
#include "engine/generation/reference_placement.h"
#include "engine/generation/window_join.h"
#include "engine/media/heard_sound.h"

namespace kinescore {
namespace {

/// Frames beside the windows of which a base's features are measured, so that the smoothing of the
/// root sees what it saw in the whole.
constexpr std::int64_t kFeatureMargin = 64;
/// Share of the time until the result that sampling takes.
constexpr double kSamplingShare = 0.85;

int beginningsOf(Quality quality) {
  switch (quality) {
    case Quality::Draft: return 1;
    case Quality::Good: return 4;
    case Quality::Best: return 12;
  }
  return 1;
}

Error cancelled() { return {ErrorCode::Cancelled, "Generating was cancelled"}; }

/// "120 beats a minute", "96.5 beats a minute"
std::string tempoText(double beatsPerMinute) {
  char text[64];
  std::snprintf(text, sizeof text, "%.4g beats a minute", beatsPerMinute);
  return text;
}

ReportLine noteOf(const HeardSound& heard) {
  const std::string who = "“" + heard.file + "”";
  if (heard.kind == SoundKind::Speech) {
    return {false, "No beat of " + who + " is kept", "It was said to be speech.", std::nullopt};
  }
  if (heard.beatsPerMinute <= 0) {
    return {true, "No beat is heard in " + who, "How loud it is and where something begins are all that it tells.", std::nullopt};
  }
  const auto isWithin = [&](double time) { return time >= 0 && time * kHeardRate < heard.frames(); };
  const auto beats = std::count_if(heard.beats.begin(), heard.beats.end(), isWithin);
  const std::string bars = heard.beatsPerBar > 0 ? "bars of " + std::to_string(heard.beatsPerBar) : "bars cannot be told";
  return {false, std::to_string(beats) + " beats of " + who + " are heard", tempoText(heard.beatsPerMinute) + ", " + bars + ".", std::nullopt};
}

class Performer {
 public:
  Performer(const GenerationRequest& request, Ensemble& ensemble, const ProgressSink& progress, std::stop_token stop)
      : request_(request), ensemble_(ensemble), progress_(progress), stop_(std::move(stop)),
        plan_(planWindows(request.frameCount(), request.range)), options_(samplerOptionsOf(request.quality, request.sampling)) {
    if (ensemble.beginnings) options_.audition.beginnings = *ensemble.beginnings;
    if (request.estimate) options_.steps = 1;
    if (request.estimate || request.texts.empty() || !ensemble.openTower) options_.audition.beginnings = 1;
  }

  Result<GeneratedMotion> run() {
    report(GenerationProgress::Phase::Loading, 0, 0);
    Result<ReferencePlacement> references = placeReferences(request_, ensemble_, stop_);
    if (!references) return references.error();
    notes_ = std::move(references->notes);
    if (!request_.views.empty() && !ensemble_.denoiser->hearsAndSees()) {
      notes_.push_back({true, "Views were left out", "This model was not trained to see.", std::nullopt});
    }
    for (const RhythmRequest& rhythm : request_.rhythms) {
      if (rhythm.heard) notes_.push_back(noteOf(*rhythm.heard));
    }
    shown_ = std::move(references->shown);
    const FeatureStatistics& statistics = ensemble_.denoiser->statistics();
    Result<WindowComposer> composer =
        WindowComposer::prepare(request_, statistics, stoppableEncoder(), std::move(references->placed));
    if (!composer) return composer.error();
    if (options_.audition.beginnings > 1) {
      Result<std::shared_ptr<const RetrievalTower>> tower = ensemble_.openTower();
      if (!tower) return tower.error();
      tower_ = std::move(*tower);
      if (!tower_) options_.audition.beginnings = 1;
    }
    takeBase();
    samplingStart_ = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < plan_.windows.size(); ++i) {
      if (Status sampled = sample(*composer, i); !sampled) return sampled.error();
    }
    report(GenerationProgress::Phase::Solving, kSamplingShare, plannedSteps());
    return finish();
  }

 private:
  [[nodiscard]] int plannedSteps() const { return stepsOfWindow(options_) * int(plan_.windows.size()); }

  PromptEncoder stoppableEncoder() const {
    return [this](std::string_view prompt) -> Result<PromptTokens> {
      if (stop_.stop_requested()) return cancelled();
      return ensemble_.encodePrompt(prompt);
    };
  }

  void report(GenerationProgress::Phase phase, double fraction, int step) const {
    if (!progress_) return;
    GenerationProgress p;
    p.phase = phase;
    p.step = step;
    p.steps = plannedSteps();
    p.fraction = fraction;
    // Loading tells nothing about the steps: the clock of the estimate starts with the first of them.
    if (phase == GenerationProgress::Phase::Sampling && step > 0) {
      const double whole = secondsSince(samplingStart_) / kSamplingShare * p.steps / step;
      p.secondsLeft = std::max(0.0, whole - secondsSince(samplingStart_));
    }
    progress_(p);
  }

  static double secondsSince(std::chrono::steady_clock::time_point then) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
  }

  /// What is known before anything is made.
  void takeBase() {
    world_.assign(std::size_t(request_.frameCount()) * kFeatureCount, 0.0f);
    if (!request_.range) return;
    const std::int64_t first = std::max<std::int64_t>(0, plan_.windows.front().start - kFeatureMargin);
    const std::int64_t end = std::min(request_.frameCount(), plan_.windows.back().end + kFeatureMargin);
    const MotionFeatures features = featuresFromMotion(request_.base->slice({first, end}));
    std::copy(features.values.begin(), features.values.end(), world_.begin() + first * kFeatureCount);
  }

  Status sample(const WindowComposer& composer, std::size_t i) {
    const FrameRange window = plan_.windows[i];
    const std::int64_t knownUntil = plan_.knownUntil(i);
    const auto frameOf = [this](std::int64_t f) {
      return std::span(world_).subspan(std::size_t(f) * kFeatureCount, kFeatureCount);
    };
    const WindowSpace space =
        composer.isKnown(window.start, knownUntil) ? spaceOfFrame(frameOf(window.start)) : composer.openingSpace();
    const WindowConditions conditions = composer.compose(window, space, world_, knownUntil);
    SamplerOptions options = options_;
    const Judge judge = tower_ ? judgeByTexts(*tower_, conditions, ensemble_.denoiser->statistics()) : Judge();
    if (!judge) options.audition.beginnings = 1;
    const std::vector<float> noise = windowNoise(request_.seed, window.start, conditions.frames, options.audition.beginnings);
    const auto onStep = [&](int done) {
      const int step = int(i) * stepsOfWindow(options_) + done;
      report(GenerationProgress::Phase::Sampling, kSamplingShare * step / plannedSteps(), step);
    };
    Result<SampledWindow> sampled = sampleWindow(*ensemble_.denoiser, conditions, noise, options, onStep, stop_, judge);
    if (!sampled) return sampled.error();
    evaluations_ += sampled->evaluations;

    ensemble_.denoiser->statistics().denormalise(sampled->values);
    moveToWorld(sampled->values, space);
    join(window, knownUntil, i == 0, sampled->values);
    for (std::int64_t f = std::max(window.start, knownUntil); f < std::min(window.end, plan_.made.end); ++f) {
      const auto row = std::span(sampled->values).subspan(std::size_t(f - window.start) * kFeatureCount, kFeatureCount);
      std::copy(row.begin(), row.end(), frameOf(f).begin());
    }
    return {};
  }

  /// Runs what was made into what is known before it and, of a range, behind it.
  void join(FrameRange window, std::int64_t knownUntil, bool isFirst, std::span<float> made) const {
    // both joins of a short part must fit into it
    const std::int64_t reach = std::min<std::int64_t>(kJoinFrames + 1, plan_.made.end - knownUntil + 1);
    if (!isFirst || plan_.made.start > 0) joinWindow(window, knownUntil, world_, made, reach);
    if (plan_.made.end < request_.frameCount()) joinWindowAtEnd(window, plan_.made.end, world_, made, reach);
  }

  void moveOntoBeats() {
    const std::optional<BeatsKept> kept = keepBeats(request_, plan_.made, world_);
    if (kept) notes_.push_back(beatLine(*kept));
  }

  Result<GeneratedMotion> finish() {
    if (!request_.estimate) calmQuietLimbs(plan_.made, world_);
    moveOntoBeats();
    Result<FinishedPerformance> finished =
        finishPerformance(request_, rawPerformanceOf(world_, plan_.made), stop_);
    if (!finished) return finished.error().code == ErrorCode::Cancelled ? cancelled() : finished.error();
    const std::shared_ptr<const Motion>& motion = finished->motion;

    GeneratedMotion result;
    result.report = std::move(finished->report);
    result.report.lines.insert(result.report.lines.end(), notes_.begin(), notes_.end());
    result.report.references = shown_;
    // A draft is looked at while it is dragged: nobody asks whether it is new.
    if (ensemble_.findNearestClip && request_.quality != Quality::Draft) {
      Result<std::optional<NearestClips::Answer>> nearest = ensemble_.findNearestClip(*motion, stop_);
      if (!nearest) return nearest.error();
      if (*nearest) {
        result.report.nearestClipMeters = (*nearest)->meters;
        result.report.nearestClipId = (*nearest)->clipId;
      }
    }
    if (stop_.stop_requested()) return cancelled();
    result.motion = motion;
    result.modelHash = ensemble_.denoiser->modelHash();
    result.precisionPath = ensemble_.denoiser->precisionPath();
    result.deviceName = ensemble_.denoiser->deviceName();
    result.networkEvaluations = evaluations_;
    result.seconds = secondsSince(start_);
    report(GenerationProgress::Phase::Done, 1, plannedSteps());
    return result;
  }

  const GenerationRequest& request_;
  Ensemble& ensemble_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  WindowPlan plan_;
  SamplerOptions options_;
  std::shared_ptr<const RetrievalTower> tower_;  // null: every window has a single beginning
  std::vector<float> world_;  // [frames][273] world features: the base's, then what is made
  std::vector<ReportLine> notes_;
  std::vector<ShownReference> shown_;
  int evaluations_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point samplingStart_ = start_;
};

}  // namespace

SamplerOptions samplerOptionsOf(Quality quality, const SamplingWishes& wishes) {
  SamplerOptions options;
  options.steps = wishes.steps.value_or(stepsOf(quality));
  options.audition.beginnings = beginningsOf(quality);
  options.sampler = wishes.sampler.value_or(quality == Quality::Draft ? Sampler::Ddim : Sampler::DpmSolver2M);
  if (wishes.guidance) options.guidance.textScale = *wishes.guidance;
  return options;
}

Result<GeneratedMotion> perform(const GenerationRequest& request, Ensemble& ensemble, const ProgressSink& progress,
                                std::stop_token stop) {
  assert(ensemble.denoiser && ensemble.encodePrompt);
  if (Status checked = checkRequest(request); !checked) return checked.error();
  if (stop.stop_requested()) return cancelled();
  return Performer(request, ensemble, progress, std::move(stop)).run();
}

}  // namespace kinescore
