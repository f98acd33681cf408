#include "engine/generation/samplers.h"

#include <cassert>
#include <cmath>

#include "engine/core/random.h"
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

std::vector<float> windowNoise(std::uint64_t seed, std::int64_t firstFrame, int frames) {
  std::vector<float> noise(std::size_t(frames) * kFeatureCount);
  for (int f = 0; f < frames; ++f) {
    for (int c = 0; c < kFeatureCount; ++c) {
      noise[std::size_t(f) * kFeatureCount + c] = normalNoise(seed, firstFrame + f, std::uint32_t(c));
    }
  }
  return noise;
}

Result<SampledWindow> sampleWindow(Denoiser& denoiser, const WindowConditions& conditions,
                                   std::span<const float> noise, const SamplerOptions& options,
                                   const StepSink& onStep, std::stop_token stop) {
  assert(noise.size() == std::size_t(conditions.frames) * kFeatureCount);
  const Error cancelled{ErrorCode::Cancelled, "Generating was cancelled"};
  if (stop.stop_requested()) return cancelled;
  if (Status begun = denoiser.begin(conditions); !begun) return begun.error();

  const std::vector<NoiseLevel> levels = samplingLevels(options.grid, options.steps);
  const std::vector<StepCoefficients> steps = stepCoefficients(options.sampler, levels);
  std::vector<float> noisy(noise.begin(), noise.end());
  std::vector<float> clean(noisy.size()), cleanBefore(noisy.size()), without;
  std::vector<PartAnswer> parts;
  for (const BodyPart part : partsOf(conditions)) {
    parts.push_back({part, shareOf(part, conditions), std::vector<float>(noisy.size())});
  }
  SampledWindow result;
  for (int i = 0; i < options.steps; ++i) {
    if (stop.stop_requested()) return cancelled;
    overwriteKnown(conditions, noisy);
    // Without a text both branches would be the same.
    const bool guided = options.guidance.isActive(levels[i].logSnr) && !conditions.texts.empty();
    std::swap(clean, cleanBefore);
    if (guided) without.resize(noisy.size());
    std::vector<GuidanceBranch> branches = {GuidanceBranch::All};
    std::vector<std::span<float>> outputs = {clean};
    const auto ask = [&](GuidanceBranch branch, std::vector<float>& answer) {
      branches.push_back(branch);
      outputs.push_back(answer);
    };
    if (guided) ask(GuidanceBranch::WithoutText, without);
    for (PartAnswer& part : parts) ask(branchOf(part.part), part.clean);
    if (Status done = denoiser.denoise(noisy, levels[i].logSnr, branches, outputs, stop); !done) return done.error();
    for (const PartAnswer& part : parts) mixPart(part.part, part.share, part.clean, clean);
    if (guided) applyGuidance(conditions, options.guidance.textScale, without, clean);
    result.evaluations += static_cast<int>(branches.size());

    const StepCoefficients& step = steps[i];
    for (std::size_t k = 0; k < noisy.size(); ++k) {
      double next = step.keep * noisy[k] + step.take * clean[k];
      if (step.takeBefore != 0) next += step.takeBefore * cleanBefore[k];
      noisy[k] = static_cast<float>(next);
    }
    if (onStep) onStep(i + 1);
  }
  for (const float value : clean) {
    if (!std::isfinite(value)) {
      return Error{ErrorCode::EngineFailed, "The network gave numbers that are not finite; its weights may be damaged"};
    }
  }
  result.values = std::move(clean);
  return result;
}

}  // namespace kinescore
