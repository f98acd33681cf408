#include "engine/train/gem/gem_learner.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "engine/network/gem/sampler.h"
#include "engine/network/gem/weights.h"
#include "engine/train/gem/gem_batch.h"

namespace kinescore::gem {
namespace {

constexpr double kToldShare = 0.5;  // of the samples that are known in 3D
constexpr int kMostDraws = 4;
constexpr int kReadAtOnce = 8;
constexpr std::array<int, 6> kGroupStarts = {kBodyPoseChannel,      kShapeChannel, kCameraOrientChannel,
                                             kGravityOrientChannel, kStepChannel,  kMotionChannels};
// the streams of a step's draws
constexpr std::uint64_t kNoiseStream = 0, kTimeStream = 1, kFirstSlotStream = 16, kStreamsOfASlot = 4;

at::Tensor normalNoise(const at::Tensor& like, CounterRandom& random) {
  const at::Tensor noise = at::empty(like.sizes(), at::kFloat);
  float* values = noise.data_ptr<float>();
  for (std::int64_t i = 0; i < noise.numel(); ++i) values[i] = float(random.normal());
  return noise;
}

void setFrames(Example& example, std::int64_t frames) {
  const auto count = std::size_t(frames);
  ClipConditions& clip = example.conditions;
  clip.frames = frames;
  clip.present.resize(count);
  clip.keypoints.resize(count);
  clip.boxes.resize(count);
  clip.intrinsics.resize(count);
  clip.cameraVelocity.resize(count);
  example.motion.resize(count);
  example.camera.resize(count);
  example.pelvis.resize(count);
  example.turn.resize(count);
  example.path.resize(count);
  example.contacts.resize(count);
  example.seen.resize(count);
  example.seenMask.resize(count);
}

/// No longer than the longest of them.
void cutPadding(std::vector<Example>& examples) {
  std::int64_t longest = 1;
  for (const Example& example : examples) longest = std::max(longest, example.conditions.validFrames);
  for (Example& example : examples) setFrames(example, longest);
}

std::vector<ShownConditions> unmasked(const std::vector<Example>& examples, bool hasWords, bool isSeen) {
  std::vector<ShownConditions> all;
  for (const Example& example : examples) {
    ShownConditions shown{example.conditions, std::vector<float>(std::size_t(example.conditions.frames), 1.0f)};
    if (!hasWords) shown.clip.text.clear();
    for (Presence& present : shown.clip.present) present.keypoints = present.camera = isSeen;
    all.push_back(std::move(shown));
  }
  return all;
}

}  // namespace

std::vector<ParameterSpec> gemParameters(const Config& config) {
  std::vector<ParameterSpec> specs = trainedParameters(config);
  for (ParameterSpec& spec : specs) {
    const bool inLayer = spec.name.find(".blocks.") != std::string::npos ||
                         spec.name.find(".text_encoder_layers.") != std::string::npos;
    spec.isHidden = inLayer && spec.shape.size() == 2;
  }
  return specs;
}

GemLearner::GemLearner(const Config& config, const at::Tensor& start, const GemLearnerOptions& options)
    : config_(config),
      options_(options),
      flat_(gemParameters(config), start, options.update, options.shards),
      constants_(freshWeights(config, options.seed)),
      kinematics_(publishedStatistics()) {
  for (const ParameterSpec& spec : flat_.specs()) constants_.erase(spec.name);
}

ParameterMap GemLearner::averagedWeights() const {
  ParameterMap weights = viewsOf(flat_.specs(), flat_.averaged());
  weights.insert(constants_.begin(), constants_.end());
  return weights;
}

GemLearner::ShardReport GemLearner::runShard(int shard, const TrainingData& data, const TrainingData* flatData) {
  const auto step = std::uint64_t(flat_.progress().step);
  const std::uint64_t first = std::uint64_t(shard) << 20;
  const auto stream = [&](std::uint64_t slot) { return CounterRandom(options_.seed, step, first + slot); };
  const int count = std::max(1, options_.batch / options_.shards);
  std::vector<Example> examples;
  for (int i = 0; i < count; ++i) {
    CounterRandom random = stream(kFirstSlotStream + kStreamsOfASlot * std::uint64_t(i));
    const bool isFlat = flatData != nullptr && random.uniform() < options_.flatShare;
    const TrainingData& from = isFlat ? *flatData : data;
    const auto known = random.uniform() < kToldShare ? ExampleKind::Told : ExampleKind::Captured;
    Crop crop = from.drawChanged(random, options_.frames);
    for (int attempt = 1; crop.frames < options_.frames && attempt < kMostDraws; ++attempt) {
      crop = from.drawChanged(random, options_.frames);
    }
    examples.push_back(drawExample(from, crop, isFlat ? ExampleKind::Flat : known, options_.frames, random));
  }
  cutPadding(examples);
  const TrainTargets targets = gatherTargets(examples);
  const auto shownIn = [&](TrainPass pass) {
    std::vector<ShownConditions> shown;
    for (int i = 0; i < count; ++i) {
      CounterRandom random = stream(kFirstSlotStream + kStreamsOfASlot * std::uint64_t(i) + 1 + std::uint64_t(pass));
      shown.push_back(shownConditions(examples[std::size_t(i)], pass, random));
    }
    return gatherShown(shown);
  };

  ParameterMap weights = flat_.leavesOf(shard);
  weights.insert(constants_.begin(), constants_.end());
  const Denoiser denoiser(config_, std::move(weights));
  const Prediction regressed = regress(denoiser, denoiser.prepare(shownIn(TrainPass::Regression), Branches::All));
  const TrainLosses ofRegression = trainLosses(kinematics_, regressed, targets);

  CounterRandom times = stream(kTimeStream), noise = stream(kNoiseStream);
  const at::Tensor timesteps = at::empty({count}, at::kLong);
  for (int i = 0; i < count; ++i) timesteps.data_ptr<std::int64_t>()[i] = std::int64_t(times.below(kTrainSteps));
  const at::Tensor noisy =
      noisedMotion(cleanMotion(targets, regressed.motion), normalNoise(targets.motion, noise), timesteps);
  const ClipContext context = denoiser.prepare(shownIn(TrainPass::Diffusion), Branches::All);
  const TrainLosses ofDiffusion =
      trainLosses(kinematics_, denoiser.denoise(context, noisy, denoiser.timeInput(timesteps)), targets);

  const at::Tensor total = ofRegression.total(options_.simpleWeight) + ofDiffusion.total(options_.simpleWeight);
  flat_.clearGradients(shard);
  (total / double(options_.shards)).backward();
  return {total.item<double>(), ofRegression.simple.item<double>() + ofDiffusion.simple.item<double>()};
}

StepReport GemLearner::step(const TrainingData& data, const TrainingData* flatData, double share) {
  std::vector<ShardReport> shards(std::size_t(flat_.shards()));
  flat_.onShards([&](int i) { shards[std::size_t(i)] = runShard(i, data, flatData); });
  StepReport report;
  for (const ShardReport& shard : shards) {
    report.loss += shard.loss / double(shards.size());
    report.featureLoss += shard.simple / double(shards.size());
  }
  flat_.update(share, report);
  return report;
}

GemReading readNetwork(const Denoiser& denoiser, const TrainingData& held, int count, int frames) {
  constexpr std::uint64_t kReadingSeed = 0x67656d;
  const at::NoGradGuard noGradients;
  const BodyKinematics kinematics(publishedStatistics());
  GemReading reading;
  double points = 0;
  const int batches = std::max(1, count / kReadAtOnce);
  for (int b = 0; b < batches; ++b) {
    std::vector<Example> examples;
    std::vector<std::int64_t> steps;
    for (int i = 0; i < kReadAtOnce; ++i) {
      const int number = b * kReadAtOnce + i;
      CounterRandom random(kReadingSeed, std::uint64_t(number));
      const Crop crop = held.draw(random, frames, false);
      examples.push_back(drawExample(held, crop, ExampleKind::Told, frames, random));
      steps.push_back((2 * std::int64_t(number) + 1) * kTrainSteps / (2 * batches * kReadAtOnce));
    }
    cutPadding(examples);
    const TrainTargets targets = gatherTargets(examples);
    const Prediction seen =
        regress(denoiser, denoiser.prepare(gatherShown(unmasked(examples, false, true)), Branches::All));
    const TrainLosses ofRegression = trainLosses(kinematics, seen, targets);
    CounterRandom noise(kReadingSeed, std::uint64_t(b), 1);
    const at::Tensor timesteps = at::tensor(at::ArrayRef<std::int64_t>(steps));
    const at::Tensor noisy = noisedMotion(targets.motion * targets.valid, normalNoise(targets.motion, noise), timesteps);
    const ClipContext told = denoiser.prepare(gatherShown(unmasked(examples, true, false)), Branches::All);
    const TrainLosses ofDiffusion =
        trainLosses(kinematics, denoiser.denoise(told, noisy, denoiser.timeInput(timesteps)), targets);
    const double n = batches;
    reading.regressionLoss += ofRegression.total().item<double>() / n;
    reading.diffusionLoss += ofDiffusion.total().item<double>() / n;
    reading.regressionSimple += ofRegression.simple.item<double>() / n;
    reading.diffusionSimple += ofDiffusion.simple.item<double>() / n;
    const at::Tensor squares = (kinematics.asDecoded(seen.motion) - targets.motion).square() * targets.valid;
    for (std::size_t g = 0; g < reading.groups.size(); ++g) {
      const int first = kGroupStarts[g], channels = kGroupStarts[g + 1] - first;
      reading.groups[g] += squares.narrow(2, first, channels).sum().item<double>() /
                           (targets.valid.sum().item<double>() * channels) / n;
    }
    const BatchBody is = kinematics(seen.motion), should = kinematics(targets.motion);
    const at::Tensor mask = targets.valid.squeeze(-1).unsqueeze(-1);
    const at::Tensor off = (is.joints - should.joints).square().sum(-1).sqrt() * mask;
    reading.jointErrorCm += 100 * off.sum().item<double>() / (mask.sum().item<double>() * kBodyJoints) / n;
    const at::Tensor pelvis = pelvisOfCameraHead(seen.camera, targets.view).unsqueeze(2);
    const at::Tensor found = targets.seenMask * mask;
    const at::Tensor missed = (pointsInBox(is.keypoints + pelvis, targets.view) - targets.seen).square().sum(-1) * found;
    points += missed.sum().item<double>() / std::max(1.0, found.sum().item<double>()) / n;
  }
  reading.pointErrorPercent = 100 * std::sqrt(points);
  return reading;
}

}  // namespace kinescore::gem
