#include "engine/train/probe.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "engine/generation/samplers.h"
#include "engine/network/torch_denoiser.h"
#include "engine/train/condition_draws.h"
#include "engine/train/learner.h"

namespace kinescore {
namespace {

constexpr std::uint64_t kProbeSeed = 0x70726f6265;
constexpr int kCropsAtOnce = 8;

struct Sums {
  double loss = 0, joint = 0, world = 0, crops = 0;
  double energy = 0, trueEnergy = 0, product = 0;
  double footSpeed = 0, footHeight = 0, standing = 0;
};

}  // namespace

std::vector<DenoiserReading> readDenoiser(const KinescoreNetwork& network, const FeatureStatistics& statistics,
                                          const TrainingData& data, int crops, int frames,
                                          const std::vector<double>& logSnrs, DrawOptions draws) {
  at::NoGradGuard noGradients;
  draws.plain = true;
  const BatchKinematics kinematics(statistics);
  std::vector<Sums> sums(logSnrs.size());
  for (int first = 0; first < crops; first += kCropsAtOnce) {
    std::vector<TrainSample> samples;
    std::vector<const WindowConditions*> windows;
    for (int i = first; i < std::min(crops, first + kCropsAtOnce); ++i) {
      CounterRandom random(kProbeSeed, std::uint64_t(i), 1);
      samples.push_back(drawSample(data, statistics, data.draw(random, frames, false), random,
                                   draws));
    }
    for (const TrainSample& sample : samples) windows.push_back(&sample.conditions);
    const NetworkInputs inputs = gatherInputs(windows, GuidanceBranch::All, tokenFrames(network.config()));
    const NetworkContext context = network.prepare(inputs);
    const auto count = std::int64_t(samples.size());
    LossInputs targets;
    targets.clean = at::zeros({count, inputs.frames, kFeatureCount});
    for (std::int64_t i = 0; i < count; ++i) {
      std::copy(samples[i].clean.begin(), samples[i].clean.end(),
                targets.clean.data_ptr<float>() + i * inputs.frames * kFeatureCount);
    }
    targets.valid = inputs.valid;
    targets.flatFloor = at::ones({count});
    const auto should = kinematics.figure(targets.clean);
    const at::Tensor mask = inputs.valid.unsqueeze(-1);
    const at::Tensor stepMask = mask.narrow(1, 1, inputs.frames - 1);
    const auto stepsOf = [&](const at::Tensor& p) {
      return (p.narrow(1, 1, p.size(1) - 1) - p.narrow(1, 0, p.size(1) - 1)) * stepMask;
    };
    const at::Tensor stands = (targets.clean.narrow(2, kContactChannel, 4) > 0).to(at::kFloat) * inputs.valid;
    const at::Tensor stays = stands.narrow(1, 1, inputs.frames - 1) * stands.narrow(1, 0, inputs.frames - 1);
    const at::Tensor trueHeight = feetOf(should.window).select(2, 1);
    const auto distance = [&](const at::Tensor& a, const at::Tensor& b) {
      const at::Tensor each = (a - b).square().sum(2, true).sqrt() * mask;
      return (each.sum() / (mask.sum() * kJointCount22)).item<double>();
    };
    for (std::size_t k = 0; k < logSnrs.size(); ++k) {
      CounterRandom noise(kProbeSeed, std::uint64_t(first) * 64 + k, 2);
      const at::Tensor level = at::full({count}, logSnrs[k]);
      const at::Tensor predicted = network.denoise(context, noised(targets.clean, level, noise), level);
      const auto is = kinematics.figure(predicted);
      const at::Tensor speed = stepsOf(is.window), trueSpeed = stepsOf(should.window);
      Sums& s = sums[k];
      s.loss += featureLoss(predicted, targets).sum().item<double>();
      s.joint += distance(is.placed, should.said) * double(count);
      s.world += distance(is.window, should.window) * double(count);
      s.energy += speed.square().sum().item<double>();
      s.trueEnergy += trueSpeed.square().sum().item<double>();
      s.product += (speed * trueSpeed).sum().item<double>();
      const at::Tensor slide = feetOf(speed).square().sum(2).sqrt();
      s.footSpeed += 30 * (slide * stays).sum().item<double>();
      s.footHeight += ((feetOf(is.window).select(2, 1) - trueHeight).abs().narrow(1, 1, inputs.frames - 1) * stays)
                          .sum()
                          .item<double>();
      s.standing += stays.sum().item<double>();
      s.crops += double(count);
    }
  }
  std::vector<DenoiserReading> readings;
  for (std::size_t k = 0; k < logSnrs.size(); ++k) {
    const Sums& s = sums[k];
    readings.push_back({logSnrs[k], s.loss / s.crops, 100 * s.joint / s.crops, 100 * s.world / s.crops,
                        s.energy / s.trueEnergy, s.product / std::sqrt(s.energy * s.trueEnergy),
                        100 * s.footSpeed / std::max(s.standing, 1.0),
                        100 * s.footHeight / std::max(s.standing, 1.0)});
  }
  return readings;
}

void motionSpeeds(std::span<const float> values, double& rootSpeed, double& poseSpeed) {
  rootSpeed = poseSpeed = 0;
  const std::size_t frames = values.size() / kFeatureCount;
  for (std::size_t f = 1; f < frames; ++f) {
    const float* a = values.data() + (f - 1) * kFeatureCount;
    const float* b = a + kFeatureCount;
    rootSpeed += std::hypot(b[kRootChannel] - a[kRootChannel], b[kRootChannel + 2] - a[kRootChannel + 2]);
    for (int j = 0; j < kJointCount22; ++j) {
      const float* p = a + kPositionChannel + 3 * j;
      const float* q = b + kPositionChannel + 3 * j;
      poseSpeed += std::hypot(q[0] - p[0], q[1] - p[1], q[2] - p[2]) / kJointCount22;
    }
  }
  const double seconds = double(std::max<std::size_t>(frames, 2) - 1) / 30;
  rootSpeed /= seconds;
  poseSpeed /= seconds;
}

Result<PromptedMotions> performPrompts(TorchRuntime& runtime, const ModelParts& parts,
                                       const std::vector<TextTokens>& prompts, double seconds, int steps,
                                       std::stop_token stop) {
  constexpr int kSeeds = 2;
  const int frames = std::min(kWindowFrames, int(std::lround(seconds * 30)) / kPatchFrames * kPatchFrames);
  const auto denoiser = makeKinescoreDenoiser(runtime, parts, {});
  SamplerOptions options;
  options.steps = steps;
  PromptedMotions result;
  for (const TextTokens& prompt : prompts) {
    WindowConditions conditions = WindowConditions::empty(frames);
    conditions.texts = {prompt};
    conditions.texts[0].startFrame = 0;
    conditions.texts[0].endFrame = frames;
    std::vector<std::vector<float>> drawn;
    for (int seed = 1; seed <= kSeeds; ++seed) {
      auto window = sampleWindow(*denoiser, conditions, windowNoise(std::uint64_t(seed), 0, frames), options, {}, stop);
      if (!window) return window.error();
      parts.statistics.denormalise(window->values);
      drawn.push_back(std::move(window->values));
    }
    for (const auto& values : drawn) {
      double root = 0, pose = 0;
      motionSpeeds(values, root, pose);
      result.rootSpeed += root / double(kSeeds * prompts.size());
      result.poseSpeed += pose / double(kSeeds * prompts.size());
    }
    double distance = 0;
    for (int f = 0; f < frames; ++f) {
      for (int j = 0; j < kJointCount22; ++j) {
        const std::size_t at = std::size_t(f) * kFeatureCount + kPositionChannel + 3 * j;
        distance += std::hypot(drawn[0][at] - drawn[1][at], drawn[0][at + 1] - drawn[1][at + 1],
                               drawn[0][at + 2] - drawn[1][at + 2]);
      }
    }
    result.diversity += distance / (double(frames) * kJointCount22 * double(prompts.size()));
    result.motions.push_back(motionFromFeatures(drawn[0]));
  }
  return result;
}

}  // namespace kinescore
