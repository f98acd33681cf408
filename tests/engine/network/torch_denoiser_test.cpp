#include "engine/network/torch_denoiser.h"

#include <array>

#include <gtest/gtest.h>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "engine/generation/blocked_window.h"
#include "engine/generation/schedule.h"
#include "tests/engine/network/small_model.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

constexpr int kFrames = 64;

class TorchDenoiserTest : public testing::Test {
 protected:
  TorchDenoiserTest() : runtime_(std::move(*TorchRuntime::open({.wantCuda = false}))) {
    static const ModelParts made = smallModel();
    parts_ = &made;
    denoiser_ = makeKinescoreDenoiser(*runtime_, made, "hash");
    conditions_.texts = {smallText(1, 0, kFrames)};
    noisy_ = noisyWindow(cleanWindow(made, kFrames, 3), -1, 4);
  }

  std::vector<float> run(GuidanceBranch branch) {
    std::vector<float> out(kFrames * kFeatureCount);
    const std::array branches = {branch};
    const std::array outputs = {std::span<float>(out)};
    EXPECT_TRUE(denoiser_->denoise(noisy(), -1, branches, outputs, {}));
    return out;
  }
  std::span<const float> noisy() const { return {noisy_.data_ptr<float>(), std::size_t(noisy_.numel())}; }

  std::unique_ptr<TorchRuntime> runtime_;
  const ModelParts* parts_;
  std::unique_ptr<Denoiser> denoiser_;
  WindowConditions conditions_ = WindowConditions::empty(kFrames);
  at::Tensor noisy_;
};

TEST_F(TorchDenoiserTest, LoudNoiseIsLeftToTheCoarseNetwork) {
  ModelParts both = *parts_;
  both.coarse = std::make_shared<const ModelParts>(smallCoarse(*parts_));
  const auto pair = makeKinescoreDenoiser(*runtime_, both, "hash");
  const auto answer = [&](Denoiser& denoiser, double logSnr) {
    EXPECT_TRUE(denoiser.begin(conditions_));
    std::vector<float> out(kFrames * kFeatureCount);
    const std::array branches = {GuidanceBranch::All};
    const std::array outputs = {std::span<float>(out)};
    EXPECT_TRUE(denoiser.denoise(noisy(), logSnr, branches, outputs, {}));
    return out;
  };
  EXPECT_EQ(answer(*pair, kCoarseBelow), answer(*denoiser_, kCoarseBelow));
  EXPECT_NE(answer(*pair, kCoarseBelow - 0.1), answer(*denoiser_, kCoarseBelow - 0.1));
}

// Of the look at a window blocked in poses a share is the linear one, and between near poses it is drawn to a curve; of
// quieter looks nothing changes.
TEST_F(TorchDenoiserTest, BlockedWindowsAreLookedAtByHalves) {
  WindowConditions blocked = conditions_;
  for (const int f : {0, 30, 60}) {
    std::fill_n(blocked.jointMask.begin() + f * kJointCount22, kJointCount22, 1.0f);
    std::fill_n(blocked.rotationMask.begin() + f * kJointCount22, kJointCount22, 1.0f);
    for (int j = 0; j < kJointCount22; ++j) {
      float* turn = blocked.jointRotation.data() + (f * kJointCount22 + j) * 6;
      turn[0] = turn[4] = 1;
    }
  }
  ASSERT_TRUE(isBlocked(blocked));
  const KinescoreNetwork network(parts_->config, parts_->prior, viewsOf(parts_->specs, parts_->values));
  const WindowConditions* windows[] = {&blocked};
  const auto alone = [&](double logSnr, double share) {
    at::NoGradGuard noGradients;
    NetworkContext context = network.prepare(gatherInputs(windows));
    context.lookShare = share;
    return network.denoise(context, noisy_, at::full({1}, logSnr));
  };
  const auto answer = [&](double logSnr) {
    at::Tensor out = at::empty({1, kFrames, kFeatureCount});
    const std::array branches = {GuidanceBranch::All};
    const std::array outputs = {std::span<float>(out.data_ptr<float>(), std::size_t(out.numel()))};
    EXPECT_TRUE(denoiser_->denoise(noisy(), logSnr, branches, outputs, {}));
    return out;
  };
  const auto far = [](const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().mean().item<double>(); };
  const auto trusted = [&](at::Tensor look) {
    const std::vector<int> poses = posesOf(blocked);
    trustNearPoses(poses, parts_->statistics, {look.data_ptr<float>(), std::size_t(look.numel())});
    return look;
  };
  ASSERT_TRUE(denoiser_->begin(blocked));
  const at::Tensor looked = answer(kLowestLogSnr);
  EXPECT_LT(far(looked, trusted(alone(kLowestLogSnr, kBlockedLookShare))), 0.02 * far(looked, trusted(alone(kLowestLogSnr, 1))));
  EXPECT_GT(far(looked, alone(kLowestLogSnr, kBlockedLookShare)), 0.1 * far(looked, alone(kLowestLogSnr, 1))) << "not drawn";
  EXPECT_LT(far(answer(-5), alone(-5, 1)), 1e-3);
  ASSERT_TRUE(denoiser_->begin(conditions_));
  windows[0] = &conditions_;
  EXPECT_LT(far(answer(kLowestLogSnr), alone(kLowestLogSnr, 1)), 1e-5);
}

TEST_F(TorchDenoiserTest, BranchesTogetherGiveTheBitsOfEachAlone) {
  ASSERT_TRUE(denoiser_->begin(conditions_));
  const auto all = run(GuidanceBranch::All), without = run(GuidanceBranch::WithoutText);
  EXPECT_NE(all, without);
  std::vector<float> a(all.size()), b(all.size());
  const std::array branches = {GuidanceBranch::WithoutText, GuidanceBranch::All};
  const std::array outputs = {std::span<float>(b), std::span<float>(a)};
  ASSERT_TRUE(denoiser_->denoise(noisy(), -1, branches, outputs, {}));
  EXPECT_EQ(a, all);
  EXPECT_EQ(b, without);
}

TEST_F(TorchDenoiserTest, TheBitsDoNotDependOnTheThreadCount) {
  ASSERT_TRUE(denoiser_->begin(conditions_));
  const auto before = run(GuidanceBranch::All);
  for (const int threads : {1, 2, 4}) {
    at::set_num_threads(threads);
    const auto other = makeKinescoreDenoiser(*runtime_, *parts_, "hash");
    ASSERT_TRUE(other->begin(conditions_));
    std::vector<float> out(before.size());
    const std::array branches = {GuidanceBranch::All};
    const std::array outputs = {std::span<float>(out)};
    ASSERT_TRUE(other->denoise(noisy(), -1, branches, outputs, {}));
    EXPECT_EQ(out, before) << threads;
  }
}

TEST_F(TorchDenoiserTest, WhatIsAvoidedStandsInPlaceOfNoText) {
  ASSERT_TRUE(denoiser_->begin(conditions_));
  const auto all = run(GuidanceBranch::All), without = run(GuidanceBranch::WithoutText);
  WindowConditions avoiding = conditions_;
  avoiding.avoided = {conditions_.texts.front()};
  avoiding.avoided.front().isTimed = false;
  ASSERT_TRUE(denoiser_->begin(avoiding));
  EXPECT_EQ(run(GuidanceBranch::All), all);
  EXPECT_NE(run(GuidanceBranch::WithoutText), without);
  WindowConditions only = WindowConditions::empty(kFrames);
  only.texts = avoiding.avoided;
  const auto branch = run(GuidanceBranch::WithoutText);
  ASSERT_TRUE(denoiser_->begin(only));
  EXPECT_EQ(run(GuidanceBranch::All), branch);
}

TEST_F(TorchDenoiserTest, WithoutTextIsAWindowWithoutTexts) {
  ASSERT_TRUE(denoiser_->begin(conditions_));
  const auto branch = run(GuidanceBranch::WithoutText);
  ASSERT_TRUE(denoiser_->begin(WindowConditions::empty(kFrames)));
  EXPECT_EQ(run(GuidanceBranch::All), branch);
}

TEST_F(TorchDenoiserTest, AStopIsAnswered) {
  ASSERT_TRUE(denoiser_->begin(conditions_));
  std::stop_source stop;
  stop.request_stop();
  std::vector<float> out(kFrames * kFeatureCount);
  const std::array branches = {GuidanceBranch::All};
  const std::array outputs = {std::span<float>(out)};
  const Status status = denoiser_->denoise(noisy(), -1, branches, outputs, stop.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::Cancelled);
}

TEST_F(TorchDenoiserTest, AWindowThatDoesNotFitIsRefused) {
  WindowConditions odd = conditions_;
  odd.frames = 63;
  EXPECT_FALSE(denoiser_->begin(odd));
  odd.frames = kWindowFrames + 2;
  EXPECT_FALSE(denoiser_->begin(odd));
}

TEST_F(TorchDenoiserTest, OpensWeightsFromDisk) {
  TemporaryFolder folder;
  ASSERT_TRUE(saveModel(*parts_, folder / "small.safetensors", {}));
  auto opened = openKinescoreDenoiser(*runtime_, folder / "small.safetensors");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->modelHash().size(), 64u);
  EXPECT_EQ((*opened)->statistics().mean, parts_->statistics.mean);
  EXPECT_FALSE(openKinescoreDenoiser(*runtime_, folder / "other.safetensors"));
}

}  // namespace
}  // namespace kinescore
