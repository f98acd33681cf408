// What is known about clean motion before any training, as two Gaussians whose best estimates have
// a closed form. The network only learns what these linear looks cannot say, and an almost clean
// motion passes untouched.
//
//   pose  2-frame patches of the channels that do not depend on where the figure stands, in their
//         principal directions. Each direction is a stationary process over the patches with its own
//         autocovariance; over a window its cosine transform is nearly independent, so the best linear
//         estimate is one gain a direction, frequency and noise level (a Wiener filter).
//   root  smoothed root and heading over the whole window, in smooth modes: all frames are looked at
//         together, with what is known exactly (known frames, path, heading, height) as
//         further observations. So a path is met, and a root does not jitter, before any training.
//         Once the pose is known, the root follows from it: it is the smoothed sum of the hips' steps.
//         That track takes the place of the mean, and the observations pull it where they are surer.
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/generation/denoiser.h"

namespace kinescore {

constexpr int kRootChannels = kPositionChannel;              // root x, y, z, heading cos, sin
constexpr int kPoseChannels = kFeatureCount - kRootChannels;
constexpr int kPosePatch = kPatchFrames * kPoseChannels;
constexpr int kRootModes = 64;
/// A track of the root that comes from the pose strays this much less than one of which nothing is known.
constexpr double kTrackDeviation = 0.3;
constexpr int kMaxPatches = kWindowFrames / kPatchFrames;

struct MotionPrior {
  at::Tensor mean;         // [kPosePatch]
  at::Tensor directions;   // [kPosePatch][kPosePatch], one direction a column, largest variance first
  at::Tensor variances;    // [kPosePatch], all > 0
  at::Tensor lags;         // [kPosePatch][kMaxPatches] autocovariance of each direction, so many patches apart
  at::Tensor rootMean;     // [kRootChannels][kWindowFrames]
  at::Tensor rootModes;    // [kRootChannels][kWindowFrames][kRootModes], scaled to unit variance
  at::Tensor rootCentre;   // [kRootChannels] of FeatureStatistics: conditions come in metres
  at::Tensor rootScale;    // [kRootChannels]
  at::Tensor poseCentre;   // [kPoseChannels] of FeatureStatistics
  at::Tensor poseScale;    // [kPoseChannels]
};

/// From normalised windows in their own space, [windows][kWindowFrames][273]. A shorter motion holds its
/// last frame; `frames` [windows] int64 says where it ends.
[[nodiscard]] MotionPrior measurePrior(const at::Tensor& windows, const at::Tensor& frames,
                                       const FeatureStatistics& statistics);

/// The cosine transform over the patches of a window, and how loud each direction is at each frequency.
struct PoseSpectrum {
  at::Tensor transform;  // [patches][patches] orthonormal, a frequency a row
  at::Tensor power;      // [patches][kPosePatch]
};
[[nodiscard]] PoseSpectrum poseSpectrum(const MotionPrior& prior, std::int64_t patches);

/// Factors at some noise levels; estimate = mean + transformᵀ · (gain ∘ transform · (noisy − signal · mean)).
struct PoseGain {
  at::Tensor signal;     // [batch][1][1] factor of the clean motion in the noisy one
  at::Tensor gain;       // [batch][patches][kPosePatch] by frequency and direction
  at::Tensor lone;       // [batch][1][kPosePatch] the same for a patch looked at alone
  at::Tensor deviation;  // [batch][1][kPosePatch] of what the estimate still misses
};
/// logSnr [batch].
[[nodiscard]] PoseGain poseGain(const MotionPrior& prior, const PoseSpectrum& spectrum, const at::Tensor& logSnr);

/// Where the root was seen, and how surely: all in double, [batch][kRootChannels][T][1].
struct RootEvidence {
  at::Tensor precision;
  at::Tensor weighted;   // precision × what was seen
};
/// noisy [batch][T][kRootChannels]; `exact` holds values that are known (normalised) and
/// `exactMask` how far they are (0 … 1), both of noisy's shape; `valid` [batch][T][1].
[[nodiscard]] RootEvidence rootEvidence(const at::Tensor& noisy, const at::Tensor& logSnr, const at::Tensor& exact,
                                        const at::Tensor& exactMask, const at::Tensor& valid);

struct RootEstimate {
  at::Tensor value;      // [batch][T][kRootChannels] normalised
  at::Tensor deviation;  // the same shape: how unsure it is
};
[[nodiscard]] RootEstimate estimateRoot(const MotionPrior& prior, const RootEvidence& evidence);

/// A track that the pose asks for, [batch][T][3] normalised, pulled to the evidence. Gradients flow to `track`.
[[nodiscard]] at::Tensor pullToEvidence(const MotionPrior& prior, const RootEvidence& evidence,
                                        const at::Tensor& track);

}  // namespace kinescore
