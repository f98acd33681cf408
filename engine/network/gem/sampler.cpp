#include "engine/network/gem/sampler.h"

#include <cassert>

#include <ATen/ATen.h>

namespace kinescore::gem {

Prediction guided(const Prediction& branches, std::int64_t branchCount, double scale) {
  if (branchCount == 1) return branches;
  const auto combined = [&](const at::Tensor& both) {
    if (!both.defined()) return both;
    const auto parts = both.chunk(2, 0);
    return parts[1] + scale * (parts[0] - parts[1]);
  };
  return {combined(branches.motion), combined(branches.camera), combined(branches.contacts),
          combined(branches.hidden)};
}

at::Tensor ddimUpdate(const at::Tensor& x, const at::Tensor& clean, const DdimStep& step) {
  const at::Tensor noise = (x * step.rootRecip - clean) / step.rootRecipMinusOne;
  return clean * step.rootAlphaBefore + noise * step.rootNoiseBefore;
}

at::Tensor noised(const at::Tensor& clean, const at::Tensor& noise, const ForwardNoise& level) {
  return clean * level.signal + noise * level.noise;
}

Result<Prediction> sample(const Denoiser& denoiser, const ClipContext& context, const at::Tensor& noise,
                          const SamplingOptions& options) {
  const std::vector<DdimStep> steps = ddimSteps(options.steps);
  std::vector<std::int64_t> timesteps;
  for (const DdimStep& step : steps) timesteps.push_back(step.timestep);
  const at::Tensor times =
      denoiser.timeInput(at::tensor(at::ArrayRef<std::int64_t>(timesteps)).to(denoiser.device()));
  Prediction prediction;
  at::Tensor x = noise;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool isLast = i + 1 == steps.size();
    DenoiseOptions look;
    look.heads = isLast ? Heads::All : Heads::MotionOnly;
    look.stopped = options.stopped;
    const at::Tensor time = times.narrow(0, std::int64_t(i), 1);
    const Prediction branches =
        options.look ? options.look(context, x, time, look) : denoiser.denoise(context, x, time, look);
    if (!branches.motion.defined()) return Error{ErrorCode::Cancelled, "Stopped."};
    prediction = guided(branches, context.branches, options.guidance);
    if (options.known.defined()) {
      prediction.motion = options.known * options.knownMask + prediction.motion * (1 - options.knownMask);
    }
    if (options.observer) options.observer(int(steps.size() - 1 - i), x, prediction.motion);
    x = ddimUpdate(x, prediction.motion, steps[i]);
  }
  prediction.motion = x;
  return prediction;
}

Prediction regress(const Denoiser& denoiser, const ClipContext& context, const std::function<bool()>& stopped) {
  assert(context.branches == 1);
  const at::Tensor last = at::full({1}, kLastTimestep, context.input.options().dtype(at::kLong));
  const at::Tensor nothing = at::zeros({context.clips, context.frames, kMotionChannels}, context.input.options());
  DenoiseOptions look;
  look.stopped = stopped;
  return denoiser.denoise(context, nothing, denoiser.timeInput(last), look);
}

}  // namespace kinescore::gem
