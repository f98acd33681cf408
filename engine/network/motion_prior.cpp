#include "engine/network/motion_prior.h"

#include <cmath>

#include <ATen/ATen.h>

namespace kinescore {
namespace {

// Directions in which the data hardly moves keep this variance, so that nothing divides by zero.
constexpr double kSmallestVariance = 1e-5, kSmallestRootVariance = 1e-9;
constexpr int kPatchStride = 4;
constexpr double kQuietestShare = 1e-3;
// How exactly a given root is met, in normalised units (1 m, 0.25 m; heading about 1 radian).
constexpr double kExactDeviation = 0.005;

// Principal directions of rows: values descending, one direction a column.
std::pair<at::Tensor, at::Tensor> principalDirections(const at::Tensor& centredRows) {
  const at::Tensor covariance = at::matmul(centredRows.t(), centredRows) / double(centredRows.size(0));
  auto [values, vectors] = at::linalg_eigh(covariance);  // ascending
  return {values.flip({0}), vectors.flip({1})};
}

// Autocovariance of every direction over the patches of the windows, by how many patches apart.
at::Tensor autocovariance(const at::Tensor& windows, const at::Tensor& frames, const at::Tensor& mean,
                          const at::Tensor& directions) {
  const at::Tensor sums = at::zeros({kMaxPatches, kPosePatch}, at::kDouble);
  std::vector<double> pairs(kMaxPatches, 0);
  for (std::int64_t w = 0; w < windows.size(0); ++w) {
    const std::int64_t patches = frames[w].item<std::int64_t>() / kPatchFrames;
    const at::Tensor rows = windows[w].narrow(0, 0, patches * kPatchFrames).narrow(1, kRootChannels, kPoseChannels);
    const at::Tensor z = at::matmul(rows.reshape({patches, kPosePatch}) - mean, directions).to(at::kDouble);
    for (std::int64_t lag = 0; lag < patches; ++lag) {
      sums[lag].add_((z.narrow(0, 0, patches - lag) * z.narrow(0, lag, patches - lag)).sum(0));
      pairs[lag] += double(patches - lag);
    }
  }
  for (int lag = 0; lag < kMaxPatches; ++lag) {
    if (pairs[lag] > 0) sums[lag].div_(pairs[lag]);
  }
  return sums.t().contiguous();
}

at::Tensor asFloat(const at::Tensor& t) { return t.to(at::kFloat).contiguous(); }

}  // namespace

MotionPrior measurePrior(const at::Tensor& windows, const at::Tensor& frames, const FeatureStatistics& statistics) {
  MotionPrior prior;
  std::vector<at::Tensor> patches;
  for (std::int64_t w = 0; w < windows.size(0); ++w) {
    const std::int64_t length = frames[w].item<std::int64_t>();
    const at::Tensor pose = windows[w].narrow(1, kRootChannels, kPoseChannels);
    for (std::int64_t f = 0; f + kPatchFrames <= length; f += kPatchStride) {
      patches.push_back(pose.narrow(0, f, kPatchFrames).reshape({kPosePatch}));
    }
  }
  const at::Tensor rows = at::stack(patches).to(at::kDouble);
  const at::Tensor mean = rows.mean(0);
  const auto [values, directions] = principalDirections(rows - mean);
  prior.mean = asFloat(mean);
  prior.directions = asFloat(directions);
  prior.variances = asFloat(values.clamp_min(kSmallestVariance));
  prior.lags = asFloat(autocovariance(windows, frames, prior.mean, prior.directions));

  std::vector<at::Tensor> rootMeans, rootModes;
  for (int c = 0; c < kRootChannels; ++c) {
    const at::Tensor tracks = windows.select(2, c).to(at::kDouble);
    rootMeans.push_back(tracks.mean(0));
    const auto [sizes, modes] = principalDirections(tracks - rootMeans.back());
    rootModes.push_back(modes.narrow(1, 0, kRootModes) *
                        sizes.narrow(0, 0, kRootModes).clamp_min(kSmallestRootVariance).sqrt());
  }
  prior.rootMean = asFloat(at::stack(rootMeans));
  prior.rootModes = asFloat(at::stack(rootModes));
  prior.rootCentre = at::tensor(at::ArrayRef<float>(statistics.mean)).narrow(0, 0, kRootChannels).clone();
  prior.rootScale = at::tensor(at::ArrayRef<float>(statistics.deviation)).narrow(0, 0, kRootChannels).clone();
  prior.poseCentre = at::tensor(at::ArrayRef<float>(statistics.mean)).narrow(0, kRootChannels, kPoseChannels).clone();
  prior.poseScale =
      at::tensor(at::ArrayRef<float>(statistics.deviation)).narrow(0, kRootChannels, kPoseChannels).clone();
  return prior;
}

PoseSpectrum poseSpectrum(const MotionPrior& prior, std::int64_t patches) {
  const at::TensorOptions options = prior.lags.options();
  const at::Tensor index = at::arange(patches, options);
  at::Tensor transform =
      at::cos((index.view({1, -1}) + 0.5) * index.view({-1, 1}) * (M_PI / double(patches))) * std::sqrt(2.0 / double(patches));
  transform.select(0, 0).mul_(std::sqrt(0.5));
  // the diagonal of transform · covariance · transformᵀ, whose entries depend on the distance alone
  std::vector<at::Tensor> overlap;  // of each frequency with itself, so many patches apart
  for (std::int64_t lag = 0; lag < patches; ++lag) {
    const at::Tensor product = transform.narrow(1, 0, patches - lag) * transform.narrow(1, lag, patches - lag);
    overlap.push_back(product.sum(1) * (lag == 0 ? 1.0 : 2.0));
  }
  const at::Tensor power = at::matmul(at::stack(overlap, 1), prior.lags.narrow(1, 0, patches).t());
  // measured lags need not be those of a process: nothing is quieter than a share of its mean
  const at::Tensor floor = prior.variances.view({1, -1}) * kQuietestShare;
  return {transform, at::maximum(power, floor)};
}

PoseGain poseGain(const MotionPrior& prior, const PoseSpectrum& spectrum, const at::Tensor& logSnr) {
  const at::Tensor level = logSnr.view({-1, 1, 1});
  const at::Tensor signalSquare = at::sigmoid(level), noiseSquare = at::sigmoid(-level);
  const at::Tensor total = signalSquare * spectrum.power + noiseSquare;
  const at::Tensor variances = prior.variances.view({1, 1, -1});
  PoseGain result;
  result.signal = signalSquare.sqrt();
  result.gain = spectrum.power * result.signal / total;
  result.lone = variances * result.signal / (signalSquare * variances + noiseSquare);
  result.deviation = (spectrum.power * noiseSquare / total).mean(1, true).sqrt();
  return result;
}

RootEvidence rootEvidence(const at::Tensor& noisy, const at::Tensor& logSnr, const at::Tensor& exact,
                          const at::Tensor& exactMask, const at::Tensor& valid) {
  // Two independent looks at every frame, each with a precision. Doubles: a path known to millimetres
  // beside one unknown by metres.
  const at::Tensor level = logSnr.to(at::kDouble).view({-1, 1, 1});
  const at::Tensor present = valid.to(at::kDouble);
  const at::Tensor mask = exactMask.to(at::kDouble).clamp(0.0, 1.0) * present;
  const at::Tensor exactPrecision = mask / (kExactDeviation + 1 - mask).square();
  const at::Tensor noisyPrecision = level.exp() * present * (1 - mask);  // signal over noise
  const at::Tensor weighted = exactPrecision * exact.to(at::kDouble) +
                              noisyPrecision * noisy.to(at::kDouble) / at::sigmoid(level).sqrt();
  return {(exactPrecision + noisyPrecision).transpose(1, 2).unsqueeze(-1), weighted.transpose(1, 2).unsqueeze(-1)};
}

RootEstimate estimateRoot(const MotionPrior& prior, const RootEvidence& evidence) {
  const std::int64_t T = evidence.precision.size(2), B = evidence.precision.size(0);
  const at::Tensor mean = prior.rootMean.narrow(1, 0, T).to(at::kDouble).unsqueeze(-1);   // [C][T][1]
  const at::Tensor modes = prior.rootModes.narrow(1, 0, T).to(at::kDouble).unsqueeze(0);  // [1][C][T][M]
  const at::Tensor back = modes.transpose(2, 3);
  const at::Tensor normal = at::matmul(back, modes * evidence.precision) + at::eye(kRootModes, modes.options());
  const at::Tensor factor = at::linalg_cholesky(normal);  // [B][C][M][M]
  const at::Tensor miss = evidence.weighted - evidence.precision * mean;
  const at::Tensor value = at::matmul(modes, at::cholesky_solve(at::matmul(back, miss), factor)) + mean;
  const at::Tensor spread = at::linalg_solve_triangular(factor, back.expand({B, -1, -1, -1}), false);
  return {value.squeeze(-1).transpose(1, 2).to(at::kFloat).contiguous(),
          spread.square().sum(2).sqrt().transpose(1, 2).to(at::kFloat).contiguous()};
}

at::Tensor pullToEvidence(const MotionPrior& prior, const RootEvidence& evidence, const at::Tensor& track) {
  const std::int64_t T = track.size(1), C = track.size(2);
  const at::Tensor modes =
      (prior.rootModes.narrow(0, 0, C).narrow(1, 0, T).to(at::kDouble) * kTrackDeviation).unsqueeze(0);
  const at::Tensor back = modes.transpose(2, 3);
  const at::Tensor precision = evidence.precision.narrow(1, 0, C);
  const at::Tensor normal = at::matmul(back, modes * precision) + at::eye(kRootModes, modes.options());
  const at::Tensor from = track.to(at::kDouble).transpose(1, 2).unsqueeze(-1);  // [B][C][T][1]
  const at::Tensor miss = evidence.weighted.narrow(1, 0, C) - precision * from;
  const at::Tensor pulled =
      from + at::matmul(modes, at::cholesky_solve(at::matmul(back, miss), at::linalg_cholesky(normal)));
  return pulled.squeeze(-1).transpose(1, 2).to(at::kFloat);
}

}  // namespace kinescore
