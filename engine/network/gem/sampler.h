// From noise and conditions to a motion: 50 DDIM steps with guidance, or one look at nothing (gem.md 1.2 and 4).
#pragma once

#include <functional>

#include "engine/core/result.h"
#include "engine/network/gem/denoiser.h"
#include "engine/network/gem/schedule.h"

namespace kinescore::gem {

constexpr double kGuidanceScale = 2.5;

/// u + scale · (c − u) of every output, the camera after its clamp too (T15). With one branch: that.
[[nodiscard]] Prediction guided(const Prediction& branches, std::int64_t branchCount, double scale);

/// x ← x₀ √ᾱ′ + √(1 − ᾱ′) ε. The order of the operations matters: at the first step two numbers near 20,000
/// cancel (T21).
[[nodiscard]] at::Tensor ddimUpdate(const at::Tensor& x, const at::Tensor& clean, const DdimStep& step);

/// Rounded like the published sampler's.
[[nodiscard]] at::Tensor noised(const at::Tensor& clean, const at::Tensor& noise, const ForwardNoise& level);

/// A look at a noisy motion, as Denoiser::denoise answers it.
using Look = std::function<Prediction(const ClipContext&, const at::Tensor& noisy, const at::Tensor& time,
                                      const DenoiseOptions&)>;

struct SamplingOptions {
  int steps = kSamplingSteps;
  double guidance = kGuidanceScale;
  std::function<bool()> stopped;
  Look look;  // in place of the denoiser's own; for branches that run side by side
  /// Normalised motion [clips][L][151] that is known, where the mask is 1: it takes the place of what each look says.
  at::Tensor known, knownMask;
  /// Told before each update: its index (steps − 1 … 0), x as it entered, and what was predicted for it.
  std::function<void(int, const at::Tensor&, const at::Tensor&)> observer;
};

/// `noise` [clips][L][151] is the first x (T24: of the caller's making, so that a result can be had again). Camera and
/// contacts are those of the last look. Error: Cancelled.
[[nodiscard]] Result<Prediction> sample(const Denoiser& denoiser, const ClipContext& context, const at::Tensor& noise,
                                        const SamplingOptions& options = {});

/// Estimation in one pass: nothing in, the noisiest step, every condition, no guidance. Needs a context of one branch.
/// Its motion is undefined when it was `stopped`.
[[nodiscard]] Prediction regress(const Denoiser& denoiser, const ClipContext& context,
                                 const std::function<bool()>& stopped = {});

}  // namespace kinescore::gem
