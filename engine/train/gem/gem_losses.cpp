#include "engine/train/gem/gem_losses.h"

#include <ATen/ATen.h>

#include "engine/network/gem/schedule.h"

namespace kinescore::gem {
namespace {

constexpr double kJointWeight = 500, kPointWeight = 1000;
// Of the camera's numbers that are believed.
constexpr double kSmallestScale = 0.3, kLargestScale = 5, kMostOffset = 3;
constexpr int kLeftHip = 1, kRightHip = 2;

at::Tensor meanSquare(const at::Tensor& difference, const at::Tensor& mask) {
  return (difference.square() * mask).mean();
}

at::Tensor middleOfHips(const at::Tensor& joints) {
  return 0.5 * (joints.narrow(2, kLeftHip, 1) + joints.narrow(2, kRightHip, 1));
}

/// 1 where a point of the truth lies in the box and in front of the camera: [B][L][P][1].
at::Tensor isInside(const at::Tensor& inBox, const at::Tensor& inCamera) {
  const at::Tensor inside = ((inBox >= 0) & (inBox <= 1)).all(-1, true);
  return (inside & (inCamera.narrow(-1, 2, 1) > kNearestDepth)).to(at::kFloat);
}

/// Where the truth can be told by s, tx, ty: [B][L][1].
at::Tensor isTellable(const TrainTargets& targets, const at::Tensor& joints) {
  const at::Tensor scale = targets.camera.narrow(-1, 0, 1), offset = targets.camera.narrow(-1, 1, 2).abs();
  const at::Tensor nearest = std::get<0>(joints.select(-1, 2).min(-1, true));
  return ((nearest > kNearestDepth) & (scale > kSmallestScale) & (scale < kLargestScale) &
          (offset < kMostOffset).all(-1, true) & (targets.view.box.narrow(-1, 2, 1) > 0))
      .to(at::kFloat);
}

at::Tensor pathLoss(const at::Tensor& steps, const TrainTargets& targets, const at::Tensor& mask) {
  const std::int64_t L = steps.size(1);
  if (L < 2) return at::zeros({}, steps.options());
  const at::Tensor moved = (targets.turn * steps.unsqueeze(-2)).sum(-1).narrow(1, 0, L - 1).cumsum(1);
  const at::Tensor led = at::cat({targets.path.narrow(1, 0, 1), targets.path.narrow(1, 0, 1) + moved}, 1);
  return ((led - targets.path).abs() * mask).mean();
}

}  // namespace

at::Tensor TrainLosses::total(double simpleWeight) const {
  return simpleWeight * simple + kJointWeight * joints + camera + kPointWeight * joints2d + kJointWeight * surface +
         kPointWeight * surface2d + path + contacts + kPointWeight * seen2d;
}

std::vector<std::pair<std::string, double>> TrainLosses::named() const {
  const auto number = [](const at::Tensor& t) { return t.item<double>(); };
  return {{"simple", number(simple)},   {"joints", number(joints)},       {"camera", number(camera)},
          {"joints2d", number(joints2d)}, {"surface", number(surface)},   {"surface2d", number(surface2d)},
          {"path", number(path)},       {"contacts", number(contacts)},   {"seen2d", number(seen2d)}};
}

TrainLosses trainLosses(const BodyKinematics& kinematics, const Prediction& predicted, const TrainTargets& targets) {
  const at::Tensor known = targets.valid * (1 - targets.isFlat);     // [B][L][1] in 3D
  const at::Tensor flat = targets.valid * targets.isFlat;
  const at::Tensor knownPoints = known.unsqueeze(-1);
  const BatchBody is = kinematics(predicted.motion), should = kinematics(targets.motion);
  const at::Tensor pelvis = pelvisOfCameraHead(predicted.camera, targets.view).unsqueeze(2);
  const at::Tensor truePelvis = targets.pelvis.unsqueeze(2);
  const auto inView = [&](const at::Tensor& points, const at::Tensor& truePoints) {
    const at::Tensor there = truePoints + truePelvis, inBox = pointsInBox(there, targets.view);
    return meanSquare(pointsInBox(points + pelvis, targets.view) - inBox, knownPoints * isInside(inBox, there));
  };

  TrainLosses losses;
  losses.simple = meanSquare(predicted.motion - targets.motion, known);
  losses.joints = meanSquare(is.joints - should.joints, knownPoints);
  losses.camera =
      meanSquare(predicted.camera - targets.camera, known * isTellable(targets, should.joints + truePelvis));
  losses.joints2d = inView(is.joints, should.joints);
  losses.surface = meanSquare((is.surface - middleOfHips(is.joints)) - (should.surface - middleOfHips(should.joints)),
                              knownPoints);
  losses.surface2d = inView(is.surface, should.surface);
  losses.path = pathLoss(kinematics.localSteps(predicted.motion), targets, known);
  losses.contacts = (at::binary_cross_entropy_with_logits(predicted.contacts, targets.contacts, {}, {},
                                                          at::Reduction::None) *
                     known)
                        .mean();
  losses.seen2d = meanSquare(pointsInBox(is.keypoints + pelvis, targets.view) - targets.seen,
                             (flat * targets.seenMask).unsqueeze(-1));
  return losses;
}

at::Tensor cleanMotion(const TrainTargets& targets, const at::Tensor& regressed) {
  return at::where(targets.isFlat > 0, regressed.detach(), targets.motion) * targets.valid;
}

at::Tensor noisedMotion(const at::Tensor& clean, const at::Tensor& noise, const at::Tensor& timesteps) {
  const NoiseTables tables = cosineSchedule();
  std::vector<float> signals, noises;
  for (std::int64_t b = 0; b < timesteps.size(0); ++b) {
    const ForwardNoise level = forwardNoise(tables, int(timesteps[b].item<std::int64_t>()));
    signals.push_back(level.signal);
    noises.push_back(level.noise);
  }
  const auto column = [](const std::vector<float>& values) {
    return at::tensor(at::ArrayRef<float>(values)).view({-1, 1, 1});
  };
  return clean * column(signals) + noise * column(noises);
}

}  // namespace kinescore::gem
