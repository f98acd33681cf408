#include "engine/train/losses.h"

#include <gtest/gtest.h>

#include "engine/motion/kinematics.h"
#include "engine/train/condition_draws.h"
#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

class LossesTest : public testing::Test {
 protected:
  static const ModelParts& parts() {
    static const ModelParts made = smallModel();
    return made;
  }
  LossInputs inputsFor(const at::Tensor& clean) const {
    LossInputs inputs;
    const std::int64_t T = clean.size(1);
    inputs.clean = clean;
    inputs.valid = at::ones({1, T, 1});
    inputs.weight = at::ones({1});
    inputs.flatFloor = at::ones({1});
    inputs.footWeight = at::ones({1});
    inputs.isLoud = at::zeros({1});
    inputs.jointTarget = at::zeros({1, T, kJointCount22, 3});
    inputs.jointMask = at::zeros({1, T, kJointCount22});
    inputs.pathTarget = at::zeros({1, T, 2});
    inputs.pathMask = at::zeros({1, T, 1});
    return inputs;
  }
  const BatchKinematics kinematics_{parts().statistics};
};

TEST_F(LossesTest, KinematicsAgreeWithTheMotionLibrary) {
  const Motion motion = smallWalk(40, 5);
  const auto positions = worldPositions(motion);
  MotionFeatures features = featuresFromMotion(motion);
  const auto rotated = windowPositions(features.values);
  for (std::size_t i = 0; i < positions.size(); ++i) ASSERT_LT(glm::length(rotated[i] - positions[i]), 1e-4f);
  parts().statistics.normalise(features.values);
  const auto figure =
      kinematics_.figure(at::tensor(at::ArrayRef<float>(features.values)).view({1, 40, kFeatureCount}));
  const at::Tensor window = figure.window.contiguous();
  double worst = 0;
  for (int f = 0; f < 40; ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      for (int a = 0; a < 3; ++a) {
        const float got = window.data_ptr<float>()[(f * 3 + a) * kJointCount22 + j];
        worst = std::max<double>(worst, std::abs(got - positions[f * kJointCount22 + j][a]));
      }
    }
  }
  EXPECT_LT(worst, 1e-3);
  EXPECT_LT((figure.placed - figure.said).abs().max().item<double>(), 1e-3);
}

TEST_F(LossesTest, TheTruthCostsNextToNothing) {
  const at::Tensor clean = cleanWindow(parts(), 48, 4);
  LossInputs inputs = inputsFor(clean);
  inputs.footWeight.zero_();  // made-up feet slide
  EXPECT_LT(motionLosses(kinematics_, clean, inputs).total.item<double>(), 1e-4);
}

TEST_F(LossesTest, EveryPartBlamesWhatItShould) {
  const at::Tensor clean = cleanWindow(parts(), 48, 4);
  LossInputs plain = inputsFor(clean);
  plain.footWeight.zero_();
  const auto cost = [&](const at::Tensor& x, const LossInputs& inputs) {
    return motionLosses(kinematics_, x, inputs).total.item<double>();
  };
  LossInputs target = plain;
  target.jointMask = target.jointMask.clone();
  target.jointMask[0][10][kLeftHand] = 1;  // at the origin, where the hand is not
  EXPECT_GT(cost(clean, target), cost(clean, plain) + 0.1);
  LossInputs path = plain;
  path.pathMask = at::ones({1, 48, 1});
  path.pathTarget = at::full({1, 48, 2}, 3.0);
  EXPECT_GT(cost(clean, path), cost(clean, plain) + 1);
  at::Tensor wrong = clean.clone();
  wrong.narrow(2, kContactChannel, 4).add_(2);
  LossInputs rough = plain;
  rough.flatFloor = at::zeros({1});
  EXPECT_GT(cost(wrong, plain), cost(wrong, rough) + 0.05);

  // standing feet a hand above the floor cost more than the same miss of a figure in the air
  at::Tensor hanging = clean.clone();
  for (int j = 0; j < kJointCount22; ++j) {
    const int height = kPositionChannel + 3 * j + 1;
    hanging.select(2, height).add_(0.08f / parts().statistics.deviation[height]);
  }
  LossInputs standing = plain;
  standing.footWeight = at::ones({1});
  standing.clean = clean.clone();
  standing.clean.narrow(2, kContactChannel, 4).fill_(1);
  LossInputs flying = standing;
  flying.footWeight = at::zeros({1});
  const double ofSpeed = cost(clean, standing) - cost(clean, flying);
  EXPECT_GT(cost(hanging, standing) - cost(hanging, flying), ofSpeed + 0.1);
}

// Three captures stay and a fourth leaps: what costs least of all is a quarter of the leap, not none of it.
TEST_F(LossesTest, WhileTheNoiseIsLoudTheMeanCostsLeast) {
  const at::Tensor stays = cleanWindow(parts(), 48, 4);
  const at::Tensor leaps = stays.clone();
  leaps.narrow(2, kPositionChannel, 66).add_(6);
  LossInputs inputs = inputsFor(at::cat({stays, stays, stays, leaps}));
  inputs.isLoud = at::ones({4});
  inputs.weight = inputs.flatFloor = inputs.footWeight = at::ones({4});
  const auto cost = [&](double share) {
    const at::Tensor said = stays + (leaps - stays) * share;
    return motionLosses(kinematics_, said.expand({4, -1, -1}), inputs).total.item<double>();
  };
  EXPECT_LT(cost(0.25), cost(0.15));
  EXPECT_LT(cost(0.25), cost(0.35));
  const at::Tensor said = leaps.expand({4, -1, -1});
  EXPECT_NEAR(cost(1), numberLosses(said, inputs).total.item<double>(), 1e-5);
}

TEST_F(LossesTest, PaddingCostsNothing) {
  const at::Tensor clean = cleanWindow(parts(), 48, 4);
  LossInputs inputs = inputsFor(clean);
  inputs.valid.narrow(1, 40, 8).zero_();
  at::Tensor wrong = clean.clone();
  wrong.narrow(1, 40, 8).add_(1);
  EXPECT_NEAR(motionLosses(kinematics_, wrong, inputs).total.item<double>(),
              motionLosses(kinematics_, clean, inputs).total.item<double>(), 1e-6);
}

TEST_F(LossesTest, GradientsAreFiniteEvenForRotationsThatAreNone) {
  at::Tensor predicted = at::zeros({1, 24, kFeatureCount});
  for (int c = 0; c < kFeatureCount; ++c) {  // denormalises to zero vectors
    predicted.select(2, c).fill_(-parts().statistics.mean[c] / parts().statistics.deviation[c]);
  }
  predicted.requires_grad_(true);
  motionLosses(kinematics_, predicted, inputsFor(cleanWindow(parts(), 24, 4))).total.backward();
  EXPECT_TRUE(at::isfinite(predicted.grad()).all().item<bool>());
}

}  // namespace
}  // namespace kinescore
