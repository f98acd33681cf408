#include "engine/network/target_pull.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "engine/network/bone_kinematics.h"

namespace kinescore {
namespace {

constexpr int kPositions = 3 * kJointCount22;
/// Directions that are corrected: those after them hold less than a hundredth of the variance.
constexpr int kPulledDirections = 160;
// Where the guess is far off, more is to be solved.
constexpr int kIterations = 6, kFirstIterations = 12;
constexpr double kFirstLogSnr = -5;
/// What the network says of quieter noise is off by more than the linear look would be: it is corrected as at this level.
/// Measured (docs/quality.md): of targets met before the solver, 10.5 → 5.8 cm.
constexpr double kSurestLogSnr = -3;
/// Said of louder noise, a figure is a mean of many, whose bones point nowhere.
constexpr double kBonesAbove = -6;

// How near what is asked for is come to, at full strength and at none: metres, entries of a rotation matrix. The
// solver does the rest. Drafts are held poses more often than motion, wrong for many frames in a row.
struct Nearness {
  double place, turn;
};
constexpr Nearness kAtFullStrength{0.03, 0.12}, kAtNone{0.3, 0.9}, kOfDraft{0.1, 0.35}, kOfDraftAtNone{0.6, 2.0};

at::Tensor weightOf(const at::Tensor& mask, double full, double none) {
  return (mask > 0).to(at::kFloat) / (full + (none - full) * (1 - mask));
}

// [batch][T][kTargetChannels] from [batch][T][22 or 1] each.
at::Tensor weightsOf(const at::Tensor& place, const at::Tensor& turn, const Nearness& full, const Nearness& none) {
  const auto every = [&](const at::Tensor& weight, int values) {
    return weight.unsqueeze(-1)
        .expand({-1, -1, kJointCount22, values})
        .reshape({weight.size(0), weight.size(1), kJointCount22 * values});
  };
  const auto byJoint = [](const at::Tensor& mask) { return mask.expand({-1, -1, kJointCount22}); };
  return at::cat({every(byJoint(weightOf(place, full.place, none.place)), 3),
                  every(byJoint(weightOf(turn, full.turn, none.turn)), 6)},
                 2);
}

/// What a change of pose and root does to what is asked for, and back.
class Reach {
 public:
  Reach(const MotionPrior& prior, const PoseSpectrum& spectrum, const at::Tensor& logSnr,
        const at::Tensor& rootPrecision, double rootShare, const at::Tensor& unitHeading, const at::Tensor& isPlaced)
      : B_(unitHeading.size(0)),
        T_(unitHeading.size(1)),
        cosine_(unitHeading.narrow(2, 0, 1)),
        sine_(unitHeading.narrow(2, 1, 1)),
        transform_(spectrum.transform),
        isPlaced_(isPlaced) {
    const at::Tensor level = logSnr.view({-1, 1, 1});
    const at::Tensor signal = at::sigmoid(level), noise = at::sigmoid(-level);
    const at::Tensor power = spectrum.power.narrow(1, 0, kPulledDirections);
    spread_ = (power * noise / (signal * power + noise)).sqrt();
    seenDirections_ = (prior.directions.narrow(1, 0, kPulledDirections)
                           .t()
                           .reshape({kPulledDirections, kPatchFrames, kPoseChannels})
                           .narrow(2, 0, kTargetChannels) *
                       prior.poseScale.narrow(0, 0, kTargetChannels))
                          .reshape({kPulledDirections, kPatchFrames * kTargetChannels});
    rootScale_ = at::stack({prior.rootScale[0], prior.rootScale[2]});
    std::vector<at::Tensor> modes;
    for (const int channel : {0, 2}) {
      modes.push_back(rootModes(prior, rootPrecision.select(1, channel), channel, rootShare));
    }
    rootModes_ = at::stack(modes, 1);  // [B][2][M][T]
  }

  struct Latent {
    at::Tensor pose;  // [B][N][kPulledDirections] by frequency
    at::Tensor root;  // [B][2][M][1]
  };

  [[nodiscard]] Latent back(const at::Tensor& force) const {
    const at::Tensor directions =
        at::matmul(force.reshape({B_, T_ / kPatchFrames, kPatchFrames * kTargetChannels}), seenDirections_.t());
    return {at::matmul(transform_, directions) * spread_, rootBack(force)};
  }
  [[nodiscard]] at::Tensor forward(const Latent& latent) const {
    const at::Tensor pose = at::matmul(directionsOf(latent), seenDirections_).view({B_, T_, kTargetChannels});
    return pose + rootForward(latent.root);
  }
  /// [B][N][kPulledDirections] of the pose's change.
  [[nodiscard]] at::Tensor directionsOf(const Latent& latent) const {
    return at::matmul(transform_.t(), latent.pose * spread_);
  }
  /// [B][T][2] normalised x, z of the root's change.
  [[nodiscard]] at::Tensor rootOf(const at::Tensor& root) const {
    return at::matmul(rootModes_.transpose(2, 3), root).squeeze(-1).transpose(1, 2);
  }
  [[nodiscard]] at::Tensor rootForward(const at::Tensor& latent) const {
    const at::Tensor root = rootOf(latent) * rootScale_;
    const at::Tensor x = root.narrow(2, 0, 1), z = root.narrow(2, 1, 1);
    const at::Tensor seen = at::cat({cosine_ * x - sine_ * z, at::zeros_like(x), sine_ * x + cosine_ * z}, 2);
    return at::constant_pad_nd(seen.repeat({1, 1, kJointCount22}), {0, kTargetChannels - kPositions}) * isPlaced_;
  }
  [[nodiscard]] at::Tensor rootBack(const at::Tensor& force) const {
    const at::Tensor places = (force * isPlaced_).narrow(2, 0, kPositions).reshape({B_, T_, kJointCount22, 3}).sum(2);
    const at::Tensor x = places.narrow(2, 0, 1), z = places.narrow(2, 2, 1);
    const at::Tensor world = at::cat({cosine_ * x + sine_ * z, cosine_ * z - sine_ * x}, 2) * rootScale_;
    return at::matmul(rootModes_, world.transpose(1, 2).unsqueeze(-1));
  }
  /// What a metre of the root along x and along z does to what is asked for at every frame, [B][T][kTargetChannels][2].
  [[nodiscard]] at::Tensor rootReach() const {
    const at::Tensor none = at::zeros_like(cosine_);
    const at::Tensor x = at::cat({cosine_, none, sine_}, 2), z = at::cat({-sine_, none, cosine_}, 2);
    const at::Tensor both = at::stack({x.repeat({1, 1, kJointCount22}), z.repeat({1, 1, kJointCount22})}, 3);
    return at::constant_pad_nd(both, {0, 0, 0, kTargetChannels - kPositions}) * isPlaced_.unsqueeze(3);
  }
  /// Covariance of what is asked for at one frame, by the place of the frame in its patch:
  /// [B][kPatchFrames][kTargetChannels][kTargetChannels].
  [[nodiscard]] at::Tensor poseCovariance() const {
    const at::Tensor seen =
        seenDirections_.view({kPulledDirections, kPatchFrames, kTargetChannels}).permute({1, 2, 0}).unsqueeze(0);
    return at::matmul(seen * spread_.square().mean(1).view({B_, 1, 1, kPulledDirections}), seen.transpose(2, 3));
  }
  /// Factor of I + what the root does to what is asked for, there and back, where `met` [B][T][2][2] is what of a metre
  /// comes back; [B][2 M][2 M].
  [[nodiscard]] at::Tensor rootFactor(const at::Tensor& met) const {
    const at::Tensor scaled = rootModes_ * rootScale_.view({1, 2, 1, 1});
    const auto product = [&](int a, int b) {
      return at::matmul(scaled.select(1, a) * met.select(2, a).select(2, b).unsqueeze(1),
                        scaled.select(1, b).transpose(1, 2));
    };
    const at::Tensor normal =
        at::cat({at::cat({product(0, 0), product(0, 1)}, 2), at::cat({product(1, 0), product(1, 1)}, 2)}, 1);
    return at::linalg_cholesky(normal + at::eye(2 * kRootModes, normal.options()));
  }

 private:
  // Rows whose products are the covariance of the root's error, [B][M][T].
  at::Tensor rootModes(const MotionPrior& prior, const at::Tensor& precision, int channel, double share) const {
    const at::Tensor modes = (prior.rootModes[channel].narrow(0, 0, T_).to(at::kDouble) * share).unsqueeze(0);
    const at::Tensor normal =
        at::matmul(modes.transpose(1, 2), modes * precision) + at::eye(kRootModes, modes.options());
    return at::linalg_solve_triangular(at::linalg_cholesky(normal), modes.transpose(1, 2).expand({B_, -1, -1}), false)
        .to(at::kFloat);
  }

  std::int64_t B_, T_;
  at::Tensor cosine_, sine_, transform_, spread_, isPlaced_, seenDirections_, rootScale_, rootModes_;
};

// Where the joints are by the turns of their bones, [B][T][kPositions] metres in the heading's space, of a pose in metres.
at::Tensor placedByBones(const at::Tensor& pose) {
  const std::int64_t B = pose.size(0), T = pose.size(1);
  const auto byAxis = [&](std::int64_t first, std::int64_t values) {
    return pose.narrow(2, first, values * kJointCount22).reshape({B, T, kJointCount22, values}).transpose(2, 3);
  };
  const at::Tensor placed = BoneKinematics().placed(byAxis(kPositions, 6), byAxis(0, 3).narrow(3, kHips, 1));
  return placed.transpose(2, 3).reshape({B, T, kPositions});
}

// What is asked for less what is seen, in the heading's space, where `byBones` [B][1][1] is 1 by the turns of the bones,
// which are what is performed. [B][T][kTargetChannels] metres and matrix entries.
at::Tensor missing(const MotionPrior& prior, const JointTargets& targets, const at::Tensor& place,
                   const at::Tensor& pose, const at::Tensor& unitHeading, const at::Tensor& byBones) {
  const std::int64_t B = pose.size(0), T = pose.size(1);
  const at::Tensor c = unitHeading.narrow(2, 0, 1), s = unitHeading.narrow(2, 1, 1);
  const auto turned = [&](const at::Tensor& x, const at::Tensor& y, const at::Tensor& z) {
    return at::stack({c * x - s * z, y, s * x + c * z}, -1);
  };
  const at::Tensor& p = targets.positions;
  const at::Tensor places =
      turned(p.select(3, 0) - place.narrow(2, 0, 1), p.select(3, 1), p.select(3, 2) - place.narrow(2, 2, 1));
  const at::Tensor columns = targets.rotations.reshape({B, T, 2 * kJointCount22, 3});
  const at::Tensor turns = turned(columns.select(3, 0), columns.select(3, 1), columns.select(3, 2));
  const at::Tensor scale = prior.poseScale.narrow(0, 0, kTargetChannels);
  const at::Tensor centre = prior.poseCentre.narrow(0, 0, kTargetChannels);
  const at::Tensor placed = at::cat({places.reshape({B, T, -1}), turns.reshape({B, T, -1})}, 2);
  at::Tensor seen = pose.narrow(2, 0, kTargetChannels) * scale + centre;
  if (byBones.any().item<bool>()) {
    const at::Tensor turnsSeen = seen.narrow(2, kPositions, kTargetChannels - kPositions);
    seen = at::where(byBones * targets.isPlaced > 0, at::cat({placedByBones(seen), turnsSeen}, 2), seen);
  }
  const at::Tensor meant = placed * targets.isPlaced + (targets.draft * scale + centre) * (1 - targets.isPlaced);
  return meant - seen;
}

// Nearly the inverse of I + W H C Hᵀ W, to solve with it in few steps: whole poses exactly, each by itself, and exactly
// what the root does to all frames together. It may be off by metres where a pose is off by centimetres.
class Conditioner {
 public:
  Conditioner(const Reach& reach, const at::Tensor& weights) : reach_(reach), weights_(weights) {
    const std::int64_t B = weights.size(0), T = weights.size(1);
    const at::Tensor root = reach.rootReach() * weights.unsqueeze(3);
    at::Tensor met = at::matmul(root.transpose(2, 3), root).view({B * T, 2, 2});
    const at::Tensor poses = ((weights > 0).sum(2) >= kWholePose).nonzero();  // [n][2]
    if (poses.size(0) > 0 && poses.size(0) <= kMostPoses * B) {
      const at::Tensor window = poses.select(1, 0), frame = poses.select(1, 1);
      rows_ = window * T + frame;
      const at::Tensor weight = weights.reshape({B * T, kTargetChannels}).index_select(0, rows_);
      const at::Tensor covariance =
          reach.poseCovariance()
              .view({B * kPatchFrames, kTargetChannels, kTargetChannels})
              .index_select(0, window * kPatchFrames + at::remainder(frame, kPatchFrames));
      factor_ = at::linalg_cholesky(covariance * weight.unsqueeze(2) * weight.unsqueeze(1) +
                                    at::eye(kTargetChannels, weight.options()));
      const at::Tensor there = root.view({B * T, kTargetChannels, 2}).index_select(0, rows_);
      met.index_copy_(0, rows_, at::matmul(there.transpose(1, 2), at::cholesky_solve(there, factor_)));
    }
    rootFactor_ = reach.rootFactor(met.view({B, T, 2, 2}));
  }

  [[nodiscard]] at::Tensor operator()(const at::Tensor& rest) const {
    const at::Tensor alone = poseByPose(rest);
    const at::Tensor asked = reach_.rootBack(alone * weights_);  // [B][2][M][1]
    const at::Tensor root = at::cholesky_solve(asked.flatten(1, 2), rootFactor_).view(asked.sizes());
    return alone - poseByPose(reach_.rootForward(root) * weights_);
  }

 private:
  static constexpr int kWholePose = 60;  // values that are asked for
  static constexpr int kMostPoses = 16;  // a window; more are a draft, whose poses hang together

  [[nodiscard]] at::Tensor poseByPose(const at::Tensor& rest) const {
    if (!factor_.defined()) return rest;
    at::Tensor solved = rest.reshape({-1, kTargetChannels}).clone();
    const at::Tensor poses = solved.index_select(0, rows_).unsqueeze(2);
    solved.index_copy_(0, rows_, at::cholesky_solve(poses, factor_).squeeze(2));
    return solved.view(rest.sizes());
  }

  const Reach& reach_;
  const at::Tensor& weights_;
  at::Tensor rows_, factor_, rootFactor_;
};

// Force with (I + W H C Hᵀ W) force = asked, by conjugate gradients, every window by itself.
// logSnr [batch].
at::Tensor forceOf(const Reach& reach, const at::Tensor& weights, const at::Tensor& asked, const at::Tensor& logSnr) {
  const at::Tensor isFarOff = (logSnr < kFirstLogSnr).view({-1, 1, 1});
  const int iterations = isFarOff.any().item<bool>() ? kFirstIterations : kIterations;
  const Conditioner conditioned(reach, weights);
  const auto applied = [&](const at::Tensor& force) {
    return force + reach.forward(reach.back(force * weights)) * weights;
  };
  const auto dot = [](const at::Tensor& a, const at::Tensor& b) { return (a * b).sum({1, 2}, true); };
  at::Tensor force = at::zeros_like(asked), rest = asked;
  at::Tensor toward = conditioned(rest), direction = toward, size = dot(rest, toward);
  for (int i = 0; i < iterations; ++i) {
    const at::Tensor along = applied(direction);
    at::Tensor step = size / dot(direction, along).clamp_min(1e-12);
    if (i >= kIterations) step = step * isFarOff;  // what the others in the batch need plays no part
    force = force + direction * step;
    rest = rest - along * step;
    toward = conditioned(rest);
    const at::Tensor next = dot(rest, toward);
    direction = toward + direction * (next / size.clamp_min(1e-12));
    size = next;
  }
  return force;
}

}  // namespace

JointTargets jointTargets(const AskedOfJoints& asked) {
  const std::int64_t B = asked.positions.size(0), T = asked.positions.size(1);
  const at::Tensor isFree = 1 - asked.knownMask;
  const at::Tensor draftMask = asked.draftMask.defined() ? asked.draftMask * isFree : at::zeros_like(isFree);
  const at::Tensor anything = (asked.positionMask + asked.rotationMask) * isFree + draftMask;
  JointTargets targets;
  targets.windows = anything.amax({1, 2}).nonzero().squeeze(1);
  if (targets.windows.size(0) == 0) return targets;
  const auto ofThese = [&](const at::Tensor& t) { return t.index_select(0, targets.windows); };
  targets.positions = ofThese(asked.positions.reshape({B, T, kJointCount22, 3}));
  targets.rotations = ofThese(asked.rotations.reshape({B, T, kJointCount22, 2, 3}));
  targets.isFree = ofThese(isFree);
  const at::Tensor placed =
      ofThese(weightsOf(asked.positionMask * isFree + asked.knownMask, asked.rotationMask * isFree + asked.knownMask,
                        kAtFullStrength, kAtNone));
  const auto isInFull = [](const at::Tensor& mask) { return ((mask <= 0) | (mask > 0.999)).flatten(1).all(1); };
  targets.isInFull = ofThese(isInFull(asked.positionMask) & isInFull(asked.rotationMask) & (draftMask <= 0).flatten(1).all(1));
  targets.isPlaced = (placed > 0).to(at::kFloat);
  const at::Tensor drafted = ofThese(weightsOf(draftMask, draftMask, kOfDraft, kOfDraftAtNone));
  targets.weights = placed + drafted * (1 - targets.isPlaced);
  targets.draft = asked.draftMask.defined() ? ofThese(asked.draft) : at::zeros_like(drafted);
  return targets;
}

TargetPull pullToTargets(const MotionPrior& prior, const PoseSpectrum& spectrum, const at::Tensor& logSnr,
                         const RootEvidence& evidence, const JointTargets& targets, const SeenMotion& seen) {
  at::NoGradGuard noGradients;
  const std::int64_t B = seen.pose.size(0), T = seen.pose.size(1);
  const auto asked = [&](const at::Tensor& t) { return t.index_select(0, targets.windows); };
  const at::Tensor root = asked(seen.root) * prior.rootScale + prior.rootCentre;
  const at::Tensor heading = root.narrow(2, 3, 2);
  const at::Tensor unit = heading / heading.square().sum(2, true).clamp_min(1e-4).sqrt();
  const at::Tensor level = asked(logSnr);
  const at::Tensor sureness = at::where(targets.isInFull, level.clamp_max(kSurestLogSnr), level);
  const Reach reach(prior, spectrum, sureness, asked(evidence.precision), seen.rootShare, unit,
                    targets.isPlaced);
  const at::Tensor byBones = seen.isSaid ? level > kBonesAbove : at::zeros_like(level, at::kBool);
  const at::Tensor rest =
      missing(prior, targets, root.narrow(2, 0, 3), asked(seen.pose), unit, byBones.view({-1, 1, 1})) * targets.weights * targets.isFree;
  const at::Tensor force = forceOf(reach, targets.weights, rest, level);
  const Reach::Latent change = reach.back(force * targets.weights);
  const at::Tensor path = reach.rootOf(change.root);
  TargetPull pull{at::zeros({B, T / kPatchFrames, kPosePatch}, seen.pose.options()),
                  at::zeros({B, T, 3}, seen.pose.options())};
  pull.directions.narrow(2, 0, kPulledDirections).index_copy_(0, targets.windows, reach.directionsOf(change));
  pull.place.select(2, 0).index_copy_(0, targets.windows, path.select(2, 0));
  pull.place.select(2, 2).index_copy_(0, targets.windows, path.select(2, 1));
  return pull;
}

}  // namespace kinescore
