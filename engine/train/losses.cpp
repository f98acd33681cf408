#include "engine/train/losses.h"

#include <ATen/ATen.h>

namespace kinescore {
namespace {

struct GroupWeight {
  int first, width;
  double weight;
};
constexpr GroupWeight kGroupWeights[] = {{kRootChannel, 3, 4},       {kHeadingChannel, 2, 4},
                                         {kPositionChannel, 66, 1},  {kRotationChannel, 132, 1},
                                         {kVelocityChannel, 66, 1},  {kContactChannel, 4, 0.3}};
constexpr double kPlacedWeight = 5, kSpeedWeight = 1, kTargetWeight = 3, kFootWeight = 2,
                 kStandWeight = 2, kAgreeWeight = 0.5, kAccelerationWeight = 0.02;
constexpr double kFootJointWeight = 2.5, kHandJointWeight = 1.5;
constexpr double kFps = 30;

// Quadratic below `knee`, linear above; slope 1 there.
at::Tensor softAbs(const at::Tensor& difference, double knee) {
  return at::smooth_l1_loss(difference, at::zeros({}, difference.options()).expand_as(difference), at::Reduction::None,
                            knee);
}

at::Tensor channelWeights(const at::TensorOptions& options) {
  at::Tensor weights = at::zeros({kFeatureCount}, options);
  for (const GroupWeight& g : kGroupWeights) weights.narrow(0, g.first, g.width).fill_(g.weight / g.width);
  return weights;
}

// Mean over the valid frames of something [B][frames][...]; answers [B].
at::Tensor frameMean(const at::Tensor& values, const at::Tensor& valid) {
  const at::Tensor flat = values.flatten(2).mean(-1);
  const at::Tensor mask = valid.select(-1, 0);
  return (flat * mask).sum(1) / mask.sum(1).clamp_min(1.0);
}

// Mean over what a mask picks; 0 where it picks nothing.
at::Tensor maskedMean(const at::Tensor& values, const at::Tensor& mask) {
  const at::Tensor sum = (values * mask).flatten(1).sum(1);
  return sum / mask.expand_as(values).flatten(1).sum(1).clamp_min(1.0);
}

// x, z turned by the heading into the window, root added; p [B][T][3][22], cosine, sine [B][T][1].
at::Tensor intoWindow(const at::Tensor& p, const at::Tensor& cosine, const at::Tensor& sine, const at::Tensor& root) {
  const at::Tensor x = p.select(2, 0), y = p.select(2, 1), z = p.select(2, 2);
  return at::stack({x * cosine + z * sine + root.narrow(2, 0, 1), y, z * cosine - x * sine + root.narrow(2, 2, 1)}, 2);
}

// Feet and hands lie at the end of every joint's error, and they are what one looks at: [22], mean 1.
at::Tensor jointWeights(const at::TensorOptions& options) {
  at::Tensor weights = at::ones({kJointCount22}, options);
  for (const int joint : {kLeftFoot, kLeftToeBase, kRightFoot, kRightToeBase}) weights[joint].fill_(kFootJointWeight);
  for (const int joint : {kLeftHand, kRightHand}) weights[joint].fill_(kHandJointWeight);
  return weights / weights.mean();
}

// Errors of the single numbers, [B][T][273], as one of each sample: by group, mean over the valid frames.
at::Tensor byGroup(const at::Tensor& errors, const LossInputs& inputs) {
  at::Tensor weights = channelWeights(errors.options().requires_grad(false)).view({1, 1, -1});
  const at::Tensor isContact = at::zeros({kFeatureCount}, weights.options());
  isContact.narrow(0, kContactChannel, 4).fill_(1);
  weights = weights * (1 - isContact * (1 - inputs.flatFloor.view({-1, 1, 1})));
  const at::Tensor mask = inputs.valid.select(-1, 0);
  return ((errors * weights).sum(-1) * mask).sum(1) / mask.sum(1).clamp_min(1.0);
}

}  // namespace

at::Tensor feetOf(const at::Tensor& joints) {
  std::vector<at::Tensor> feet;
  for (const int joint : kContactJoints) feet.push_back(joints.select(3, joint));
  return at::stack(feet, 3);
}

BatchKinematics::BatchKinematics(const FeatureStatistics& statistics) {
  mean_ = at::tensor(at::ArrayRef<float>(statistics.mean));
  deviation_ = at::tensor(at::ArrayRef<float>(statistics.deviation));
}

BatchKinematics::Figure BatchKinematics::figure(const at::Tensor& normalised) const {
  const at::Tensor values = normalised * deviation_ + mean_;
  const std::int64_t B = values.size(0), T = values.size(1);
  Figure figure;
  figure.root = values.narrow(2, kRootChannel, 3);
  figure.said = values.narrow(2, kPositionChannel, 66).view({B, T, kJointCount22, 3}).transpose(2, 3);
  // the joint is the last index
  const at::Tensor turns =
      values.narrow(2, kRotationChannel, 132).view({B, T, kJointCount22, 6}).transpose(2, 3).contiguous();
  figure.placed = bones_.placed(turns, figure.said.narrow(3, kHips, 1));
  const at::Tensor heading = unitAlong(values.narrow(2, kHeadingChannel, 2), 2);
  figure.window = intoWindow(figure.placed, heading.narrow(2, 0, 1), heading.narrow(2, 1, 1), figure.root);
  return figure;
}

at::Tensor featureLoss(const at::Tensor& predicted, const LossInputs& inputs) {
  return byGroup(at::smooth_l1_loss(predicted, inputs.clean, at::Reduction::None, 1.0), inputs);
}

at::Tensor squaredLoss(const at::Tensor& predicted, const LossInputs& inputs) {
  return byGroup(0.5 * (predicted - inputs.clean).square(), inputs);
}

Losses numberLosses(const at::Tensor& predicted, const LossInputs& inputs) {
  const at::Tensor squares = squaredLoss(predicted, inputs);
  return {(squares * inputs.weight).mean(), squares.detach()};
}

Losses motionLosses(const BatchKinematics& kinematics, const at::Tensor& predicted, const LossInputs& inputs) {
  const auto is = kinematics.figure(predicted), should = kinematics.figure(inputs.clean);
  const at::Tensor features = featureLoss(predicted, inputs);
  at::Tensor sum = features;
  const at::Tensor each = jointWeights(predicted.options().requires_grad(false));
  sum = sum + kPlacedWeight * frameMean(softAbs(is.placed - should.said, 0.1) * each, inputs.valid);
  sum = sum + kAgreeWeight * frameMean(softAbs(is.placed - is.said, 0.1), inputs.valid);

  const std::int64_t T = predicted.size(1);
  const at::Tensor stepValid = inputs.valid.narrow(1, 1, T - 1);
  const auto steps = [](const at::Tensor& p) {
    return (p.narrow(1, 1, p.size(1) - 1) - p.narrow(1, 0, p.size(1) - 1)) * kFps;
  };
  const at::Tensor speed = steps(is.window), trueSpeed = steps(should.window);
  sum = sum + kSpeedWeight * frameMean(softAbs(speed - trueSpeed, 0.5) * each, stepValid);
  const at::Tensor change = steps(speed) - steps(trueSpeed);
  sum = sum + kAccelerationWeight * frameMean(softAbs(change, 10.0), inputs.valid.narrow(1, 2, T - 2));

  const at::Tensor reached = is.window.transpose(2, 3);
  sum = sum + kTargetWeight * maskedMean(softAbs(reached - inputs.jointTarget, 0.05), inputs.jointMask.unsqueeze(-1));
  const at::Tensor rootXz = at::stack({is.root.select(2, 0), is.root.select(2, 2)}, 2);
  sum = sum + kTargetWeight * maskedMean(softAbs(rootXz - inputs.pathTarget, 0.05), inputs.pathMask);

  const at::Tensor contact = (inputs.clean.narrow(2, kContactChannel, 4) > 0).to(at::kFloat);  // mean lies between
  const at::Tensor both = contact.narrow(1, 1, T - 1) * contact.narrow(1, 0, T - 1) * stepValid;
  const at::Tensor slide = softAbs(feetOf(speed), 0.1).sum(2);  // [B][T-1][4]
  sum = sum + kFootWeight * inputs.footWeight * maskedMean(slide, both);
  // a figure whose joints are all nearly right may still hang a hand above the floor
  const at::Tensor height = softAbs((feetOf(is.window) - feetOf(should.window)).select(2, 1), 0.02);  // [B][T][4]
  sum = sum + kStandWeight * inputs.footWeight * maskedMean(height, contact * inputs.valid);

  if (inputs.isLoud.any().item<bool>()) sum = at::where(inputs.isLoud > 0, squaredLoss(predicted, inputs), sum);
  return {(sum * inputs.weight).mean(), features};
}

}  // namespace kinescore
