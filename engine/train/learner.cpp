#include "engine/train/learner.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <ATen/CPUGeneratorImpl.h>

#include "engine/generation/schedule.h"

namespace kinescore {
namespace {

constexpr int kCropLengths[] = {48, 64, 80, 96, 128, 160, 192};
constexpr int kMostDraws = 6;
// the streams of a step's draws
constexpr std::uint64_t kLengthStream = 0, kLevelStream = 1, kDropoutStream = 2, kFirstSlotStream = 16;

constexpr double kSeenWeight = 2;

double lossWeight(double logSnr) { return std::clamp(std::exp(logSnr), 1.0, 5.0); }

/// What is done is decided in the noisy half of the time and learned slowest there: it gets this share of the samples.
constexpr double kNoisyShare = 0.7;
/// A coarse network and the one beside it learn a little beyond where they are asked.
constexpr double kCoarseMargin = 0.5;
double timeOfDraw(double even, const LearnerOptions& options) {
  if (options.coarse) return std::lerp(timeOfLogSnr(kCoarseBelow + kCoarseMargin), 1.0, even);
  if (options.besideCoarse) return timeOfLogSnr(kCoarseBelow - kCoarseMargin) * even;
  return even < 1 - kNoisyShare ? 0.5 * even / (1 - kNoisyShare) : 0.5 + 0.5 * (even - (1 - kNoisyShare)) / kNoisyShare;
}

at::Tensor tensorOf(const std::vector<float>& values, std::vector<std::int64_t> shape) {
  return at::tensor(at::ArrayRef<float>(values)).view(shape);
}

}  // namespace

at::Tensor noised(const at::Tensor& clean, const at::Tensor& logSnr, CounterRandom& random) {
  const at::Tensor noise = at::empty_like(clean);
  float* values = noise.data_ptr<float>();
  const std::int64_t count = noise.numel();
  for (std::int64_t i = 0; i < count; ++i) values[i] = float(random.normal());
  const at::Tensor level = logSnr.view({-1, 1, 1});
  return clean * at::sigmoid(level).sqrt() + noise * at::sigmoid(-level).sqrt();
}

void measureData(const TrainingData& data, std::uint64_t seed, FeatureStatistics& statistics, MotionPrior& prior) {
  constexpr int kCrops = 800;
  std::vector<MotionFeatures> windows;
  for (int i = 0; i < kCrops; ++i) {
    CounterRandom random(seed, std::uint64_t(i), 0x737461);
    Crop crop = data.draw(random, kWindowFrames);
    windows.push_back({crop.frames, std::move(crop.values)});
  }
  statistics = measureStatistics(windows);
  const at::Tensor all = at::empty({kCrops, kWindowFrames, kFeatureCount});
  const at::Tensor frames = at::empty({kCrops}, at::kLong);
  for (int i = 0; i < kCrops; ++i) {
    MotionFeatures& window = windows[i];
    statistics.normalise(window.values);
    float* to = all.data_ptr<float>() + std::size_t(i) * kWindowFrames * kFeatureCount;
    std::copy(window.values.begin(), window.values.end(), to);
    for (std::int64_t f = window.frames; f < kWindowFrames; ++f) {
      std::copy_n(window.values.end() - kFeatureCount, kFeatureCount, to + f * kFeatureCount);
    }
    frames.data_ptr<std::int64_t>()[i] = window.frames;
  }
  prior = measurePrior(all, frames, statistics);
}

struct Learner::Shard {
  int index = 0;
  std::unique_ptr<KinescoreNetwork> network;
  std::unique_ptr<BatchKinematics> kinematics;
  double loss = 0, featureLoss = 0;
};

Learner::Learner(const ModelParts& start, const LearnerOptions& options)
    : flat_(start.specs, start.values, options.update, options.shards), parts_(start), options_(options) {
  parts_.values = flat_.values();
  for (int i = 0; i < options.shards; ++i) {
    auto shard = std::make_unique<Shard>();
    shard->index = i;
    shard->network = std::make_unique<KinescoreNetwork>(parts_.config, parts_.prior, flat_.leavesOf(i));
    shard->kinematics = std::make_unique<BatchKinematics>(parts_.statistics);
    shards_.push_back(std::move(shard));
  }
}

Learner::~Learner() = default;

KinescoreNetwork Learner::averagedNetwork() const {
  return {parts_.config, parts_.prior, viewsOf(parts_.specs, flat_.averaged())};
}

void Learner::runShard(Shard& shard, const TrainingData& data, const TrainingData* mixed) {
  const auto step = std::uint64_t(flat_.progress().step);
  const std::uint64_t first = kFirstSlotStream + (std::uint64_t(shard.index) << 16);
  const auto stream = [&](std::uint64_t slot) { return CounterRandom(options_.seed, step, first + slot); };

  std::vector<int> lengths;
  for (const int length : kCropLengths) {
    if (length <= options_.frames) lengths.push_back(length);
  }
  if (lengths.empty()) lengths.push_back(options_.frames);
  CounterRandom draws = stream(kLengthStream);
  const int length = lengths[draws.below(lengths.size())];
  const int count = std::max(1, options_.batch * options_.frames / options_.shards / length);

  std::vector<TrainSample> samples;
  std::vector<float> logSnr, weight;
  CounterRandom levels = stream(kLevelStream);
  const double shift = levels.uniform();
  for (int i = 0; i < count; ++i) {
    CounterRandom random = stream(kFirstSlotStream + std::uint64_t(i));
    // Rather another crop than one that ends early: padding costs as much and teaches less. Short clips have
    // their turn when crops are short.
    const TrainingData& from = mixed && i % 2 == 1 ? *mixed : data;
    Crop crop = from.drawChanged(random, length);
    for (int attempt = 1; crop.frames < length && attempt < kMostDraws; ++attempt) {
      crop = from.drawChanged(random, length);
    }
    samples.push_back(drawSample(from, parts_.statistics, std::move(crop), random, options_.draws));
    // one level in each of `count` parts of the time, so that every step sees all of them
    const double t = timeOfDraw((i + std::fmod(shift + 0.618033988749895 * i, 1.0)) / count, options_);
    if (options_.besideCoarse) samples.back().fromNoise = false;  // estimates are asked of that one
    logSnr.push_back(float(logSnrOfTime(samples.back().fromNoise ? 1.0 : std::clamp(t, 1e-4, 1.0))));
    // what is seen leaves little to guess: noise is no excuse
    weight.push_back(float(std::max(lossWeight(logSnr.back()), samples.back().isSeen ? kSeenWeight : 0.0)));
  }
  std::vector<const WindowConditions*> windows;
  for (const TrainSample& sample : samples) windows.push_back(&sample.conditions);
  const NetworkInputs inputs = gatherInputs(windows, GuidanceBranch::All, tokenFrames(parts_.config));

  LossInputs targets;
  targets.clean = at::zeros({count, inputs.frames, kFeatureCount});
  std::vector<float> flat, foot, loud;
  for (int i = 0; i < count; ++i) {
    std::copy(samples[i].clean.begin(), samples[i].clean.end(),
              targets.clean.data_ptr<float>() + i * inputs.frames * kFeatureCount);
    flat.push_back(samples[i].flatFloor ? 1.0f : 0.0f);
    foot.push_back(samples[i].trusted && logSnr[i] > -4 ? 1.0f : 0.0f);
    // an estimate in one look wants the figure right, not the mean of figures
    loud.push_back(logSnr[i] < kCoarseBelow + kCoarseMargin && !samples[i].fromNoise ? 1.0f : 0.0f);
  }
  targets.valid = inputs.valid;
  targets.weight = tensorOf(weight, {count});
  targets.flatFloor = tensorOf(flat, {count});
  targets.footWeight = tensorOf(foot, {count});
  targets.isLoud = tensorOf(loud, {count});
  const at::Tensor& world = inputs.world;
  // what is asked for at less than full strength was disturbed: it is no target
  const auto inFull = [](const at::Tensor& mask) { return (mask > 0.999).to(at::kFloat); };
  targets.jointTarget = world.narrow(2, 0, 66).view({count, inputs.frames, kJointCount22, 3});
  targets.jointMask = inFull(world.narrow(2, 66, kJointCount22));
  constexpr int kPathColumn = 66 + 22 + 132 + 22;
  targets.pathTarget = world.narrow(2, kPathColumn, 2);
  targets.pathMask = inFull(world.narrow(2, kPathColumn + 2, 1));

  const at::Tensor level = tensorOf(logSnr, {count});
  CounterRandom noise = stream(kDropoutStream + 1);
  const at::Tensor noisy = noised(targets.clean, level, noise);
  CounterRandom seeds = stream(kDropoutStream);
  Dropout dropout{options_.dropout,
                  at::detail::createCPUGenerator((std::uint64_t(seeds.nextWord()) << 32) | seeds.nextWord())};
  const NetworkContext context = shard.network->prepare(inputs);
  const at::Tensor predicted = shard.network->denoise(context, noisy, level, &dropout);
  // while the noise is loud only blurred means are seen, which are nobody's figure; an estimate is such a mean
  const Losses losses = options_.coarse ? numberLosses(predicted, targets) : motionLosses(*shard.kinematics, predicted, targets);
  flat_.clearGradients(shard.index);
  (losses.total / double(options_.shards)).backward();
  shard.loss = losses.total.item<double>();
  shard.featureLoss = losses.perSample.mean().item<double>();
}

StepReport Learner::step(const TrainingData& data, double share, const TrainingData* mixed) {
  flat_.onShards([&](int i) { runShard(*shards_[std::size_t(i)], data, mixed); });
  StepReport report;
  for (auto& shard : shards_) {
    report.loss += shard->loss / double(shards_.size());
    report.featureLoss += shard->featureLoss / double(shards_.size());
  }
  flat_.update(share, report);
  return report;
}

}  // namespace kinescore
