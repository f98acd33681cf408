// From noise to a motion: the loop over the noise levels, with guidance, progress and stop. Knows
// the network as a Denoiser only; every coefficient is a double on the host.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/generation/denoiser.h"
#include "engine/generation/schedule.h"
#include "engine/request/sampling_wishes.h"

namespace kinescore {

/// clean = without text + scale · (with text − without text), only while log-SNR lies in
/// [lowestLogSnr, highestLogSnr]: outside it the branch without text is not even evaluated. What is done is decided
/// early, how feet stand late: a strong push early helps the text, a strong one late makes feet slide.
struct Guidance {
  double textScale = 3.0;      // below fineLogSnr
  double fineScale = 1.0;      // from there on
  double fineLogSnr = -4.0;
  double lowestLogSnr = -10.0, highestLogSnr = 1.0;

  [[nodiscard]] double scaleAt(double logSnr) const { return logSnr < fineLogSnr ? textScale : fineScale; }
  [[nodiscard]] bool isActive(double logSnr) const {
    return scaleAt(logSnr) != 1.0 && logSnr >= lowestLogSnr && logSnr <= highestLogSnr;
  }
};

/// Several beginnings of a window, of which the one that fits its texts best goes on. What is done is decided while the
/// noise is loud, so that only the first steps are walked for each.
struct Audition {
  int beginnings = 1;
  double untilLogSnr = -3.5;   // the beginnings are walked through the levels below it
};

struct SamplerOptions {
  Sampler sampler = Sampler::DpmSolver2M;
  SamplingGrid grid = SamplingGrid::UniformTime;
  int steps = 16;
  Guidance guidance;
  Audition audition;
};

/// One step's arithmetic: next = keep · noisy + take · clean + takeBefore · clean of the step before.
struct StepCoefficients {
  double keep = 0, take = 1, takeBefore = 0;
};
/// One entry a level; the last one gives the clean motion as predicted.
[[nodiscard]] std::vector<StepCoefficients> stepCoefficients(Sampler sampler, std::span<const NoiseLevel> levels);

/// Standard normal numbers for some frames, [beginnings][frames][273]: a function of the seed, the frame's absolute
/// number, the channel and the number of the beginning alone, so that a window sees the same noise wherever it starts.
[[nodiscard]] std::vector<float> windowNoise(std::uint64_t seed, std::int64_t firstFrame, int frames, int beginnings = 1);

struct SampledWindow {
  std::vector<float> values;  // [T][273] normalised, as the network predicts it (known frames too)
  int evaluations = 0;        // branches run
};
/// Called after each step with the steps done so far, of stepsOfWindow.
using StepSink = std::function<void(int stepsDone)>;
/// How well a beginning fits, the higher the better; [T][273] normalised, as the network sees it so far.
using Judge = std::function<double(std::span<const float> clean)>;

/// Steps that each beginning is walked before one is chosen; 0 with a single one.
[[nodiscard]] int auditionSteps(const SamplerOptions& options);
/// All steps of a window, those of every beginning included.
[[nodiscard]] int stepsOfWindow(const SamplerOptions& options);

/// Samples one window from one noise or from several (see windowNoise), then with a judge. Known frames are clean in
/// every noisy input, as in training; the result is never overwritten. Of a blocked window there is one beginning.
[[nodiscard]] Result<SampledWindow> sampleWindow(Denoiser& denoiser, const WindowConditions& conditions,
                                                 std::span<const float> noise, const SamplerOptions& options,
                                                 const StepSink& onStep, std::stop_token stop,
                                                 const Judge& judge = {});

}  // namespace kinescore
