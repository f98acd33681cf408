#include "engine/generation/samplers.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

#include "engine/core/random.h"
#include "engine/generation/blocked_window.h"
#include "engine/generation/part_mix.h"

namespace kinescore {
namespace {

/// The network's answer for a part of the body.
struct PartAnswer {
  BodyPart part;
  std::vector<float> share;  // [frames]
  std::vector<float> clean;  // [frames][273]
};

/// Puts the clean values of known frames into the noisy input.
void overwriteKnown(const WindowConditions& conditions, std::span<float> noisy) {
  for (int f = 0; f < conditions.frames; ++f) {
    if (conditions.knownMask[f] <= 0) continue;
    const auto first = conditions.known.begin() + std::ptrdiff_t(f) * kFeatureCount;
    std::copy(first, first + kFeatureCount, noisy.begin() + std::ptrdiff_t(f) * kFeatureCount);
  }
}

/// Moves the clean estimate away from the one without text; known frames need no push.
void applyGuidance(const WindowConditions& conditions, double scale, std::span<const float> without,
                   std::span<float> clean) {
  for (int f = 0; f < conditions.frames; ++f) {
    if (conditions.knownMask[f] > 0) continue;
    for (int c = 0; c < kFeatureCount; ++c) {
      const std::size_t i = std::size_t(f) * kFeatureCount + c;
      clean[i] = static_cast<float>(without[i] + scale * (double(clean[i]) - without[i]));
    }
  }
}

/// One way down the noise levels.
class Walk {
 public:
  Walk(Denoiser& denoiser, const WindowConditions& conditions, const SamplerOptions& options, std::vector<NoiseLevel> levels,
       std::span<const float> noise)
      : denoiser_(denoiser), conditions_(conditions), options_(options), levels_(std::move(levels)), steps_(stepCoefficients(options.sampler, levels_)),
        noisy_(noise.begin(), noise.end()), clean_(noise.size()), cleanBefore_(noise.size()) {
    for (const BodyPart part : partsOf(conditions)) {
      parts_.push_back({part, shareOf(part, conditions), std::vector<float>(noise.size())});
    }
  }

  Status step(int i, const std::stop_token& stop) {
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Generating was cancelled"};
    overwriteKnown(conditions_, noisy_);
    const double logSnr = levels_[i].logSnr;
    // Without a text both branches would be the same.
    const bool guided = options_.guidance.isActive(logSnr) && !conditions_.texts.empty();
    std::swap(clean_, cleanBefore_);
    if (guided) without_.resize(noisy_.size());
    std::vector<GuidanceBranch> branches = {GuidanceBranch::All};
    std::vector<std::span<float>> outputs = {clean_};
    const auto ask = [&](GuidanceBranch branch, std::vector<float>& answer) {
      branches.push_back(branch);
      outputs.push_back(answer);
    };
    if (guided) ask(GuidanceBranch::WithoutText, without_);
    for (PartAnswer& part : parts_) ask(branchOf(part.part), part.clean);
    if (Status done = denoiser_.denoise(noisy_, logSnr, branches, outputs, stop); !done) return done;
    for (const PartAnswer& part : parts_) mixPart(part.part, part.share, part.clean, clean_);
    if (guided) applyGuidance(conditions_, options_.guidance.scaleAt(logSnr), without_, clean_);
    evaluations_ += static_cast<int>(branches.size());
    const StepCoefficients& step = steps_[i];
    for (std::size_t k = 0; k < noisy_.size(); ++k) {
      double next = step.keep * noisy_[k] + step.take * clean_[k];
      if (step.takeBefore != 0) next += step.takeBefore * cleanBefore_[k];
      noisy_[k] = static_cast<float>(next);
    }
    return {};
  }

  /// What the network saw at the last step.
  [[nodiscard]] const std::vector<float>& clean() const { return clean_; }
  [[nodiscard]] std::vector<float> takeClean() { return std::move(clean_); }
  [[nodiscard]] int evaluations() const { return evaluations_; }

 private:
  Denoiser& denoiser_;
  const WindowConditions& conditions_;
  const SamplerOptions& options_;
  std::vector<NoiseLevel> levels_;
  std::vector<StepCoefficients> steps_;
  std::vector<float> noisy_, clean_, cleanBefore_, without_;
  std::vector<PartAnswer> parts_;
  int evaluations_ = 0;
};

/// What the network sees in pure noise.
Result<std::vector<float>> lookOnce(Denoiser& denoiser, std::span<const float> noise, double logSnr, const std::stop_token& stop) {
  std::vector<float> seen(noise.size());
  const GuidanceBranch branches[] = {GuidanceBranch::All};
  const std::span<float> outputs[] = {seen};
  if (Status done = denoiser.denoise(noise, logSnr, branches, outputs, stop); !done) return done.error();
  return seen;
}

}  // namespace

std::vector<StepCoefficients> stepCoefficients(Sampler sampler, std::span<const NoiseLevel> levels) {
  std::vector<StepCoefficients> steps;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const NoiseLevel &from = levels[i], &to = levels[i + 1];
    StepCoefficients step;
    step.keep = to.sigma / from.sigma;
    // α_to − σ_to·α_from/σ_from, written so that nothing cancels for short steps
    const double length = 0.5 * (to.logSnr - from.logSnr);
    step.take = -to.alpha * std::expm1(-length);
    if (sampler == Sampler::DpmSolver2M && i > 0) {
      const double lengthBefore = 0.5 * (from.logSnr - levels[i - 1].logSnr);
      const double extrapolated = 0.5 * length / lengthBefore;
      step.takeBefore = -extrapolated * step.take;
      step.take *= 1.0 + extrapolated;
    }
    steps.push_back(step);
  }
  if (!levels.empty()) steps.push_back({});
  return steps;
}

std::vector<float> windowNoise(std::uint64_t seed, std::int64_t firstFrame, int frames, int beginnings) {
  std::vector<float> noise;
  noise.reserve(std::size_t(beginnings) * frames * kFeatureCount);
  for (int b = 0; b < beginnings; ++b) {
    for (int f = 0; f < frames; ++f) {
      for (int c = 0; c < kFeatureCount; ++c) noise.push_back(normalNoise(seed, firstFrame + f, std::uint32_t(c), std::uint32_t(b)));
    }
  }
  return noise;
}

int auditionSteps(const SamplerOptions& options) {
  if (options.audition.beginnings < 2) return 0;
  const std::vector<NoiseLevel> levels = samplingLevels(options.grid, options.steps);
  const auto isLoud = [&](const NoiseLevel& level) { return level.logSnr < options.audition.untilLogSnr; };
  return static_cast<int>(std::count_if(levels.begin(), levels.end(), isLoud));
}

int stepsOfWindow(const SamplerOptions& options) {
  return options.steps + (options.audition.beginnings - 1) * auditionSteps(options);
}

Result<SampledWindow> sampleWindow(Denoiser& denoiser, const WindowConditions& conditions,
                                   std::span<const float> noise, const SamplerOptions& options,
                                   const StepSink& onStep, std::stop_token stop, const Judge& judge) {
  const std::size_t size = std::size_t(conditions.frames) * kFeatureCount;
  assert(noise.size() > 0 && noise.size() % size == 0 && (noise.size() == size || judge));
  if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Generating was cancelled"};
  if (Status begun = denoiser.begin(conditions); !begun) return begun.error();

  SampledWindow result;
  std::vector<NoiseLevel> levels = samplingLevels(options.grid, options.steps);
  std::vector<float> estimate;
  if (options.steps > 1 && isBlocked(conditions)) {
    auto looked = lookOnce(denoiser, noise.first(size), levels.front().logSnr, stop);
    if (!looked) return looked.error();
    ++result.evaluations;
    estimate = std::move(*looked);
    const double from = std::min(kBlockedFrom, levels.back().logSnr);
    std::erase_if(levels, [&](const NoiseLevel& level) { return level.logSnr < from; });
    for (std::size_t k = 0; k < size; ++k) estimate[k] = float(levels[0].alpha * estimate[k] + levels[0].sigma * noise[k]);
    noise = estimate;
  }

  const std::size_t beginnings = noise.size() / size;
  int done = estimate.empty() ? 0 : stepsOfWindow(options) - int(levels.size());
  const auto walkOn = [&](Walk& walk, int from, int to) -> Status {
    for (int i = from; i < to; ++i) {
      if (Status stepped = walk.step(i, stop); !stepped) return stepped;
      if (onStep) onStep(++done);
    }
    return {};
  };
  const int tried = beginnings > 1 ? auditionSteps(options) : 0;
  std::optional<Walk> best;
  double bestScore = 0;
  for (std::size_t b = 0; b < beginnings; ++b) {
    Walk walk(denoiser, conditions, options, levels, noise.subspan(b * size, size));
    if (Status walked = walkOn(walk, 0, tried); !walked) return walked.error();
    const double score = tried > 0 ? judge(walk.clean()) : 0;
    result.evaluations += walk.evaluations();
    if (best && !(score > bestScore)) continue;
    bestScore = score;
    best.emplace(std::move(walk));
  }
  const int before = best->evaluations();
  if (Status walked = walkOn(*best, tried, int(levels.size())); !walked) return walked.error();
  result.evaluations += best->evaluations() - before;
  result.values = best->takeClean();
  for (const float value : result.values) {
    if (!std::isfinite(value)) {
      return Error{ErrorCode::EngineFailed, "The network gave numbers that are not finite; its weights may be damaged"};
    }
  }
  return result;
}

}  // namespace kinescore
