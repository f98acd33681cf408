#include "engine/network/gem/performer.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/core/random.h"
#include "engine/generation/beat_warp.h"
#include "engine/generation/planner.h"
#include "engine/network/gem/performed_motion.h"
#include "engine/text/exact_arithmetic.h"

namespace kinescore::gem {
namespace {

/// Shares of the time until the result after which sampling begins (when the network had to be
/// loaded) and ends.
constexpr double kSamplingFrom = 0.1, kSamplingTo = 0.95;
/// Keeps GEM's noise apart from that of other networks.
constexpr std::uint32_t kNoiseStream = 0x67656d;
constexpr std::int64_t kProbeFrames = 30;

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

at::ScalarType layerType(Precision precision) {
  return precision == Precision::Half ? at::kBFloat16 : at::kFloat;
}

at::Tensor noiseOf(std::uint64_t seed, FrameRange window, at::Device device) {
  at::Tensor noise = at::empty({1, window.length(), kMotionChannels}, at::kFloat);
  float* value = noise.data_ptr<float>();
  for (std::int64_t f = window.start; f < window.end; ++f) {
    for (std::uint32_t c = 0; c < kMotionChannels; ++c)
      *value++ = normalNoise(seed, f, c, kNoiseStream);
  }
  return noise.to(device);
}

at::Tensor tensorOfVectors(const std::vector<MotionVector>& vectors, at::Device device) {
  at::Tensor tensor = at::empty({1, std::int64_t(vectors.size()), kMotionChannels}, at::kFloat);
  float* value = tensor.data_ptr<float>();
  for (const MotionVector& vector : vectors) value = std::copy(vector.begin(), vector.end(), value);
  return tensor.to(device);
}

/// An upright body before a level camera that stands.
ClipConditions upright() {
  const auto skeleton = kinescore22();
  const WorldPose rest = forwardKinematics(*skeleton, restPose(*skeleton));
  const BodySight sight = seenBy(lookingAt({0, 1, 4}, {0, 1, 0}), viewPointsOf(rest));
  ClipConditions clip = ClipConditions::empty(kProbeFrames);
  for (std::size_t f = 0; f < std::size_t(kProbeFrames); ++f) {
    clip.present[f].keypoints = true;
    clip.keypoints[f] = keypointsOf(sight);
    clip.boxes[f] = boxAround(clip.keypoints[f]).value();
    clip.intrinsics[f] = {kViewFocal, 0, 0};
  }
  return clip;
}

bool isFinite(const ClipPrediction& prediction) {
  const auto all = [](const auto& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
  };
  return std::all_of(prediction.motion.begin(), prediction.motion.end(), all) &&
         std::all_of(prediction.contacts.begin(), prediction.contacts.end(), all);
}

float lowestSole(const Motion& motion) {
  float lowest = INFINITY;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const WorldPose world = forwardKinematics(*motion.skeleton, motion.pose(f));
    for (const SolePoint& sole : kSolePoints) {
      lowest = std::min(
          lowest, (world.positions[sole.joint] + world.rotations[sole.joint] * sole.offset).y);
    }
  }
  return lowest;
}

void lift(Motion& motion, float height) {
  for (glm::vec3& root : motion.rootPositions) root.y += height;
}

/// A known frame beside the made ones, if the window has any.
std::optional<std::int64_t> anchorOf(const GenerationRequest& request, FrameRange window) {
  if (!request.range) return std::nullopt;
  if (request.range->start > window.start) return request.range->start - 1;
  if (request.range->end < window.end) return request.range->end;
  return std::nullopt;
}

/// GEM's world begins somewhere and faces anywhere: where the performance stands is ours to say.
void place(const HeardScore& score, Motion& motion) {
  const GenerationRequest& request = score.request;
  if (const auto anchor = anchorOf(request, score.window)) {
    const std::int64_t own = *anchor - score.window.start;
    placeAt(motion, own, standOf(*request.base, *anchor));
    lift(motion, request.base->rootPositions[std::size_t(*anchor)].y -
                     motion.rootPositions[std::size_t(own)].y);
  } else {
    placeAt(motion, 0, openingSpaceOf(request));
    lift(motion, -lowestSole(motion));
  }
  if (request.paths.empty()) leadThroughKeys(request, score.window.start, motion);
}

RawPerformance rawOf(const HeardScore& score, const Motion& motion,
                     const std::vector<float>& contactScores) {
  const GenerationRequest& request = score.request;
  const FrameRange made = request.range.value_or(FrameRange{0, request.frameCount()});
  const FrameRange own{made.start - score.window.start, made.end - score.window.start};
  return {made,
          motion.slice(own),
          {contactScores.begin() + own.start * 4, contactScores.begin() + own.end * 4}};
}

/// The made frames moved onto the beats that are asked for.
std::optional<ReportLine> moveOntoBeats(const GenerationRequest& request, RawPerformance& raw) {
  if (request.rhythms.empty()) return std::nullopt;
  MotionFeatures features = featuresFromMotion(wholeOf(request, raw));
  const std::optional<BeatsKept> kept = keepBeats(request, raw.made, features.values);
  if (!kept) return std::nullopt;
  raw = rawPerformanceOf(features.values, raw.made);
  return beatLine(*kept);
}

}  // namespace

std::uint64_t workBytes(const Config& config, const HeardScore& score) {
  const auto frames = std::uint64_t(score.window.length()), width = std::uint64_t(config.width);
  const std::uint64_t branches = score.isEstimate ? 1 : 2;
  // Within a layer: the inner values of a feed-forward part twice, the state and what attention makes of it, of which
  // keys and values of a block's neighbours are copies. How many is measured: 1,800 frames of the published size took
  // 0.58 GB.
  const std::uint64_t state = (2 * std::uint64_t(config.mlpRatio) + 26) * width;
  const std::uint64_t given = kImageChannels + 8 * width + kSpeechSamples + kMusicChannels;
  const std::uint64_t texts = std::uint64_t(score.texts.size()) * std::uint64_t(config.layers) * 2 *
                              kTextTokens * width * branches;
  return sizeof(float) * (frames * (branches * state + given) + texts);
}

std::uint64_t weightBytes(const NetworkFile& file, Precision precision) {
  return file.weightBytes(layerType(precision));
}

Result<std::unique_ptr<Performer>> Performer::load(const TorchRuntime& runtime,
                                                   const NetworkFile& file, Precision precision,
                                                   const GoOn& goOn) {
  const c10::InferenceMode inference;
  const at::Device device = runtime.device() == RuntimeDevice::Cuda ? at::kCUDA : at::kCPU;
  Result<Denoiser> denoiser = file.load(device, layerType(precision), goOn);
  if (!denoiser) return denoiser.error();
  return std::unique_ptr<Performer>(new Performer(*std::move(denoiser)));
}

GravityAxis Performer::gravityAxis() {
  if (axis_) return *axis_;
  const ClipConditions clip = upright();
  const Prediction prediction =
      regress(denoiser_, denoiser_.prepare(gatherConditions({&clip, 1}), Branches::All));
  axis_ = detectedGravityAxis(
      decodeMotion(predictionOfClip(prediction, 0, kProbeFrames).motion, publishedStatistics()));
  return *axis_;
}

// Both branches at the same time, one thread each.
Prediction Performer::lookBesides(const ClipContext& with, const ClipContext& without,
                                  const at::Tensor& noisy, const at::Tensor& time,
                                  const DenoiseOptions& options) {
  Prediction first, second;
  worker_.start([&] {
    const c10::InferenceMode inference;
    second = denoiser_.denoise(without, noisy, time, options);
  });
  try {
    first = denoiser_.denoise(with, noisy, time, options);
  } catch (...) {
    worker_.wait();
    throw;
  }
  worker_.wait();
  if (!first.motion.defined() || !second.motion.defined()) return {};
  const auto both = [](const at::Tensor& a, const at::Tensor& b) {
    return a.defined() ? at::cat({a, b}, 0) : a;
  };
  return {both(first.motion, second.motion), both(first.camera, second.camera),
          both(first.contacts, second.contacts), both(first.hidden, second.hidden)};
}

Result<Performer::Answer> Performer::ask(const HeardScore& score, const ClipConditions& conditions,
                                         int steps, const ProgressSink& progress,
                                         std::stop_token stop) {
  const c10::InferenceMode inference;
  const ExactProducts exact;
  const auto start = Clock::now();
  if (score.isEstimate) steps = 1;
  const auto report = [&](int done) {
    GenerationProgress p{GenerationProgress::Phase::Sampling, done, steps,
                         kSamplingFrom + (kSamplingTo - kSamplingFrom) * done / steps};
    if (done > 0) p.secondsLeft = secondsSince(start) / done * (steps - done);
    if (progress) progress(p);
  };
  report(0);
  const auto stopped = [&] { return stop.stop_requested(); };
  const std::int64_t frames = score.window.length();
  const GravityAxis axis = gravityAxis();
  const ClipContext context = denoiser_.prepare(
      gatherConditions({&conditions, 1}), score.isEstimate ? Branches::All : Branches::Guided);
  if (score.isEstimate) {
    const Prediction seen = regress(denoiser_, context, stopped);
    if (!seen.motion.defined()) return Error{ErrorCode::Cancelled, "Generating was cancelled"};
    return Answer{predictionOfClip(seen, 0, frames), 1};
  }
  SamplingOptions options;
  options.steps = steps;
  options.stopped = stopped;
  options.observer = [&](int index, const at::Tensor&, const at::Tensor&) {
    report(steps - index);
  };
  ClipContext with, without;
  if (context.branches == 2 && denoiser_.device().is_cpu()) {
    with = branchOf(context, 0);
    without = branchOf(context, 1);
    options.look = [&](const ClipContext&, const at::Tensor& noisy, const at::Tensor& time,
                       const DenoiseOptions& look) {
      return lookBesides(with, without, noisy, time, look);
    };
  }
  const GenerationRequest& request = score.request;
  if (anchorOf(request, score.window)) {
    const KnownFrames known = knownFrames(*request.base, score.window, *request.range, axis,
                                          !request.views.empty(), publishedStatistics());
    options.known = tensorOfVectors(known.values, denoiser_.device());
    options.knownMask = tensorOfVectors(known.mask, denoiser_.device());
  }
  const Result<Prediction> sampled =
      sample(denoiser_, context, noiseOf(request.seed, score.window, denoiser_.device()), options);
  if (!sampled) return sampled.error();
  return Answer{predictionOfClip(*sampled, 0, frames), steps * int(context.branches)};
}

Result<GeneratedMotion> Performer::perform(const HeardScore& score,
                                           const ClipConditions& conditions, int steps,
                                           const ProgressSink& progress, std::stop_token stop) {
  const Result<Answer> answer = ask(score, conditions, steps, progress, stop);
  if (!answer) return answer.error();
  if (!isFinite(answer->prediction)) {
    return Error{ErrorCode::EngineFailed,
                 "The network answered with numbers that are none; its file is not a trained "
                 "GEM, or the conditions are far from anything it knows."};
  }
  if (progress) progress({.phase = GenerationProgress::Phase::Solving, .fraction = kSamplingTo});
  const Estimate estimate = estimateOf(
      answer->prediction, {conditions.boxes, conditions.intrinsics, conditions.cameraVelocity},
      kinescoreBody(), publishedStatistics(), {*axis_, true});
  Motion motion = motionOf(estimate.world, answer->prediction.contacts);
  place(score, motion);
  RawPerformance raw = rawOf(score, motion, contactScoresOf(answer->prediction.contacts));
  const std::optional<ReportLine> beats = moveOntoBeats(score.request, raw);
  Result<FinishedPerformance> finished = finishPerformance(score.request, raw, stop);
  if (!finished) return finished.error();
  GeneratedMotion result;
  result.motion = finished->motion;
  result.report = std::move(finished->report);
  if (beats) result.report.lines.push_back(*beats);
  result.report.lines.insert(result.report.lines.end(), score.notes.begin(), score.notes.end());
  result.networkEvaluations = answer->evaluations;
  if (progress)
    progress(
        {.phase = GenerationProgress::Phase::Done, .step = steps, .steps = steps, .fraction = 1});
  return result;
}

}  // namespace kinescore::gem
