#include "engine/network/motion_prior.h"

#include <gtest/gtest.h>

#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

class MotionPriorTest : public testing::Test {
 protected:
  static const ModelParts& parts() {
    static const ModelParts made = smallModel();
    return made;
  }
  static at::Tensor rootOf(const at::Tensor& window) { return window.narrow(2, 0, kRootChannels); }
};

TEST_F(MotionPriorTest, DirectionsAreOrthonormalAndSorted) {
  const at::Tensor d = parts().prior.directions;
  const at::Tensor product = at::matmul(d.t(), d);
  EXPECT_LT((product - at::eye(kPosePatch)).abs().max().item<double>(), 1e-4);
  const at::Tensor v = parts().prior.variances;
  EXPECT_TRUE((v.narrow(0, 0, kPosePatch - 1) >= v.narrow(0, 1, kPosePatch - 1)).all().item<bool>());
}

TEST_F(MotionPriorTest, APatchAloneGainsFromNothingToAll) {
  const PoseSpectrum spectrum = poseSpectrum(parts().prior, 24);
  for (const double level : {-7.0, -1.0, 2.0, 6.0}) {
    const PoseGain gain = poseGain(parts().prior, spectrum, at::full({1}, level));
    const double signal = 1 / (1 + std::exp(-level)), noise = 1 - signal;
    EXPECT_NEAR(gain.signal.item<double>(), std::sqrt(signal), 1e-5);
    for (const int k : {0, 10, 100, kPosePatch - 1}) {
      const double variance = parts().prior.variances[k].item<double>();
      // what is left after the best linear look: the precisions of prior and observation add up
      const double left = 1 / (1 / variance + signal / noise);
      EXPECT_NEAR(gain.lone[0][0][k].item<double>() / (left * std::sqrt(signal) / noise), 1, 1e-3);
      // and a whole window leaves no more than that, but for the floor
      EXPECT_LT(gain.deviation[0][0][k].item<double>(), 1.1 * std::sqrt(left) + 1e-3);
    }
  }
}

TEST_F(MotionPriorTest, TheTransformIsOrthonormalAndKeepsThePower) {
  for (const int patches : {1, 8, 37, kMaxPatches}) {
    const PoseSpectrum spectrum = poseSpectrum(parts().prior, patches);
    const at::Tensor product = at::matmul(spectrum.transform, spectrum.transform.t());
    EXPECT_LT((product - at::eye(patches)).abs().max().item<double>(), 1e-4) << patches;
    EXPECT_GT(spectrum.power.min().item<double>(), 0);
    // over all frequencies, on the average, a direction is as loud as it is anywhere
    const at::Tensor share = spectrum.power.mean(0).narrow(0, 0, 6) / parts().prior.lags.select(1, 0).narrow(0, 0, 6);
    EXPECT_LT((share - 1).abs().max().item<double>(), 0.1) << patches;
  }
}

// The whole window tells more than its patches one by one: the error of the estimate falls.
TEST_F(MotionPriorTest, LookingOverTheWindowIsBetterThanAtPatches) {
  const MotionPrior& prior = parts().prior;
  const at::Tensor clean = cleanWindow(parts(), 96, 60), noisy = noisyWindow(clean, -1, 1);
  const auto looks = [&](const at::Tensor& x, const at::Tensor& signal) {
    const at::Tensor patches = x.narrow(2, kRootChannels, kPoseChannels).reshape({1, 48, kPosePatch});
    return at::matmul(patches - prior.mean * signal, prior.directions);
  };
  const PoseSpectrum spectrum = poseSpectrum(prior, 48);
  const PoseGain gain = poseGain(prior, spectrum, at::full({1}, -1.0));
  const at::Tensor truth = looks(clean, at::ones({1})), seen = looks(noisy, gain.signal);
  const at::Tensor whole = at::matmul(spectrum.transform.t(), at::matmul(spectrum.transform, seen) * gain.gain);
  const double alone = (seen * gain.lone - truth).square().mean().item<double>();
  const double together = (whole - truth).square().mean().item<double>();
  EXPECT_LT(together, 0.7 * alone);
  // and is as unsure as it says, within a factor of two
  const double said = gain.deviation.square().mean().item<double>();
  EXPECT_LT(together, 2 * said);
  EXPECT_GT(together, said / 2);
}

TEST_F(MotionPriorTest, ManyNoisyFramesMakeASureRoot) {
  const at::Tensor clean = rootOf(cleanWindow(parts(), 96, 50));
  const at::Tensor noisy = rootOf(noisyWindow(cleanWindow(parts(), 96, 50), 2, 1));
  const at::Tensor level = at::full({1}, 2.0), valid = at::ones({1, 96, 1});
  const RootEstimate estimate = estimateRoot(
      parts().prior, rootEvidence(noisy, level, at::zeros_like(clean), at::zeros_like(clean), valid));
  const double noise = std::exp(-1.0);
  EXPECT_LT((estimate.value - clean).square().mean().sqrt().item<double>(), 0.35 * noise);
  EXPECT_LT(estimate.deviation.max().item<double>(), noise);
}

TEST_F(MotionPriorTest, WhatIsGivenIsMetAndTheRestFollows) {
  const at::Tensor clean = rootOf(cleanWindow(parts(), 96, 51));
  at::Tensor mask = at::zeros_like(clean);
  mask.narrow(1, 0, 30).fill_(1);
  const at::Tensor noisy = at::zeros_like(clean), level = at::full({1}, -7.0), valid = at::ones({1, 96, 1});
  const RootEstimate estimate = estimateRoot(parts().prior, rootEvidence(noisy, level, clean, mask, valid));
  EXPECT_LT((estimate.value - clean).narrow(1, 0, 30).abs().max().item<double>(), 0.02);
  EXPECT_LT(estimate.deviation.select(1, 15).max().item<double>(), 0.02);
  EXPECT_GT(estimate.deviation.select(1, 95).max().item<double>(), 0.02);
}

TEST_F(MotionPriorTest, PaddingIsNoEvidence) {
  const at::Tensor window = rootOf(noisyWindow(cleanWindow(parts(), 96, 52), 0, 1));
  at::Tensor valid = at::ones({1, 96, 1});
  valid.narrow(1, 60, 36).fill_(0);
  at::Tensor rubbish = window.clone();
  rubbish.narrow(1, 60, 36).fill_(50);
  const at::Tensor level = at::zeros({1}), none = at::zeros_like(window);
  const auto value = [&](const at::Tensor& x) {
    return estimateRoot(parts().prior, rootEvidence(x, level, none, none, valid)).value;
  };
  EXPECT_EQ((value(window) - value(rubbish)).abs().max().item<double>(), 0);
}

TEST_F(MotionPriorTest, ATrackGivesWayToEvidenceAndGradientsFlow) {
  const at::Tensor clean = rootOf(cleanWindow(parts(), 96, 53));
  const at::Tensor valid = at::ones({1, 96, 1}), none = at::zeros_like(clean);
  at::Tensor track = (clean.narrow(2, 0, 3) + 0.5).detach().requires_grad_(true);
  const RootEvidence sure = rootEvidence(clean, at::full({1}, 6.0), none, none, valid);
  const RootEvidence unsure = rootEvidence(clean, at::full({1}, -7.0), none, none, valid);
  const auto x = [](const at::Tensor& t) { return t.select(2, 2); };  // z, where the walk goes
  const at::Tensor pulled = pullToEvidence(parts().prior, sure, track);
  EXPECT_LT((x(pulled) - x(clean)).abs().mean().item<double>(), 0.2);
  EXPECT_GT((x(pullToEvidence(parts().prior, unsure, track)) - x(clean)).abs().mean().item<double>(), 0.3);
  pulled.sum().backward();
  EXPECT_TRUE(at::isfinite(track.grad()).all().item<bool>());
}

}  // namespace
}  // namespace kinescore
