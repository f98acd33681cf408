#include "engine/network/kinescore_network.h"

#include <gtest/gtest.h>

#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

double largestDifference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

class KinescoreNetworkTest : public testing::Test {
 protected:
  static const ModelParts& parts() {
    static const ModelParts made = smallModel();
    return made;
  }
  const KinescoreNetwork network_ = networkOf(parts());
};

// 21 MiB in half precision, whatever the default becomes.
TEST(NetworkConfig, TheDefaultStaysWithinItsBudget) {
  EXPECT_LE(parameterCount(networkParameters(NetworkConfig{})), 11'200'000);
}

TEST(NetworkConfig, ComesBackFromItsCardAndRefusesNonsense) {
  NetworkConfig config = smallConfig();
  auto back = configFromJson(jsonFromConfig(config));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, config);
  for (const auto& [key, value] : std::vector<std::pair<std::string, nlohmann::json>>{
           {"width", 100000}, {"layers", 0}, {"heads", 3}, {"width", "wide"}, {"layers", 2.5}}) {
    nlohmann::json json = jsonFromConfig(config);
    json[key] = value;
    EXPECT_FALSE(configFromJson(json)) << key << " " << value;
  }
  EXPECT_FALSE(configFromJson(nlohmann::json::array()));
}

TEST_F(KinescoreNetworkTest, LetsAlmostCleanMotionThroughBeforeAnyTraining) {
  const ModelParts fresh = smallModel(false);
  const KinescoreNetwork untrained = networkOf(fresh);
  const at::Tensor clean = cleanWindow(fresh, 64, 7);
  const at::Tensor seen = denoiseOne(untrained, WindowConditions::empty(64), noisyWindow(clean, 6, 1), 6);
  EXPECT_LT((seen - clean).square().mean().sqrt().item<double>(), 0.03);
  // and at every level it is nearer than the noisy input scaled back
  for (const double level : {2.0, 0.0, -2.0}) {
    const at::Tensor noisy = noisyWindow(clean, level, 2);
    const double signal = 1 / (1 + std::exp(-level));
    const double before = (noisy / std::sqrt(signal) - clean).square().mean().item<double>();
    const at::Tensor after = denoiseOne(untrained, WindowConditions::empty(64), noisy, level);
    EXPECT_LT((after - clean).square().mean().item<double>(), 0.5 * before) << level;
  }
}

TEST_F(KinescoreNetworkTest, TheGateHoldsTheEstimateBack) {
  ModelParts quiet = smallModel(false);
  const auto bias = [&](double value) {
    return viewsOf(quiet.specs, quiet.values).at("gate.bias").fill_(value);
  };
  const at::Tensor noisy = noisyWindow(cleanWindow(quiet, 64, 7), 0, 2);
  const auto spread = [&](double gate) {
    bias(gate);
    const at::Tensor seen = denoiseOne(networkOf(quiet), WindowConditions::empty(64), noisy, 0);
    const at::Tensor pose = seen.narrow(2, kRootChannels, kPoseChannels).reshape({-1, kPosePatch});
    return (pose - quiet.prior.mean).square().mean().sqrt().item<double>();
  };
  const double whole = spread(0);
  EXPECT_GT(whole, 0.1);
  EXPECT_NEAR(spread(-0.5), 0.5 * whole, 1e-4 * whole);
  EXPECT_LT(spread(-1), 1e-5);
}

TEST_F(KinescoreNetworkTest, ATextReachesOnlyTheFramesItCovers) {
  const at::Tensor noisy = noisyWindow(cleanWindow(parts(), 64, 3), -2, 4);
  WindowConditions without = WindowConditions::empty(64), with = without;
  with.texts = {smallText(1, 20, 40)};
  WindowConditions outside = without;
  outside.texts = {smallText(1, 100, 140)};
  const at::Tensor plain = denoiseOne(network_, without, noisy, -2);
  EXPECT_GT(largestDifference(denoiseOne(network_, with, noisy, -2), plain), 1e-3);
  EXPECT_LT(largestDifference(denoiseOne(network_, outside, noisy, -2), plain), 1e-5);
}

TEST_F(KinescoreNetworkTest, ATextKnowsHowFarItIs) {
  const at::Tensor noisy = noisyWindow(cleanWindow(parts(), 64, 3), -2, 4);
  WindowConditions early = WindowConditions::empty(64), late = early;
  early.texts = {smallText(1, 0, 64)};
  late.texts = {smallText(1, -60, 64)};
  EXPECT_GT(largestDifference(denoiseOne(network_, early, noisy, -2), denoiseOne(network_, late, noisy, -2)), 1e-3);
}

TEST_F(KinescoreNetworkTest, SidesAreToldApart) {
  const at::Tensor noisy = noisyWindow(cleanWindow(parts(), 64, 3), -2, 4);
  WindowConditions left = WindowConditions::empty(64), right = left;
  left.texts = {smallText(1, 0, 64)};
  right.texts = left.texts;
  right.texts[0].sides[1] = Side::Right;
  EXPECT_GT(largestDifference(denoiseOne(network_, left, noisy, -2), denoiseOne(network_, right, noisy, -2)), 1e-3);
}

TEST_F(KinescoreNetworkTest, AStrengthOfNothingIsNoText) {
  const at::Tensor noisy = noisyWindow(cleanWindow(parts(), 64, 3), -2, 4);
  WindowConditions none = WindowConditions::empty(64), silent = none, faint = none, full = none;
  silent.texts = faint.texts = full.texts = {smallText(1, 0, 64)};
  silent.texts[0].strength.assign(64, 0.0f);
  faint.texts[0].strength.assign(64, 0.2f);
  const at::Tensor nothing = denoiseOne(network_, none, noisy, -2);
  EXPECT_LT(largestDifference(denoiseOne(network_, silent, noisy, -2), nothing), 1e-5);
  EXPECT_LT((denoiseOne(network_, faint, noisy, -2) - nothing).square().mean().item<double>(),
            (denoiseOne(network_, full, noisy, -2) - nothing).square().mean().item<double>());
}

TEST_F(KinescoreNetworkTest, KnownFramesComeBack) {
  const at::Tensor clean = cleanWindow(parts(), 64, 3);
  WindowConditions conditions = WindowConditions::empty(64);
  const float* values = clean.data_ptr<float>();
  std::copy_n(values, 16 * kFeatureCount, conditions.known.begin());
  std::fill_n(conditions.knownMask.begin(), 16, 1.0f);
  const at::Tensor noise = noisyWindow(at::zeros_like(clean), -7, 8);
  const at::Tensor told = denoiseOne(network_, conditions, noise, -7);
  const at::Tensor untold = denoiseOne(network_, WindowConditions::empty(64), noise, -7);
  const auto error = [&](const at::Tensor& x) {
    return (x - clean).narrow(1, 0, 16).square().mean().sqrt().item<double>();
  };
  EXPECT_LT(error(told), 0.25 * error(untold));
  // whatever noise stands in their place
  at::Tensor other = noise.clone();
  other.narrow(1, 0, 16).copy_(clean.narrow(1, 0, 16));
  EXPECT_LT(largestDifference(denoiseOne(network_, conditions, other, -7), told), 1e-5);
}

TEST_F(KinescoreNetworkTest, APathIsMetByAnUntrainedNetwork) {
  const ModelParts fresh = smallModel(false);
  WindowConditions conditions = WindowConditions::empty(96);
  const MotionFeatures walked = smallWindow(96, 900);  // not among those the prior has seen
  for (int f = 0; f < 96; ++f) {
    conditions.path[2 * f] = walked.values[f * kFeatureCount];
    conditions.path[2 * f + 1] = walked.values[f * kFeatureCount + 2];
    conditions.pathMask[f] = 1;
  }
  const at::Tensor noise = noisyWindow(at::zeros({1, 96, kFeatureCount}), -7, 2);
  const at::Tensor said = denoiseOne(networkOf(fresh), conditions, noise, -7).contiguous();
  std::vector<float> values(said.data_ptr<float>(), said.data_ptr<float>() + said.numel());
  fresh.statistics.denormalise(values);
  double worst = 0;
  for (int f = 0; f < 96; ++f) {
    const float* v = values.data() + f * kFeatureCount;
    worst = std::max<double>(worst, std::hypot(v[0] - conditions.path[2 * f], v[2] - conditions.path[2 * f + 1]));
  }
  EXPECT_LT(worst, 0.03);
}

// Joints of a normalised window in its own space, metres.
std::vector<glm::vec3> jointsOf(const ModelParts& parts, const at::Tensor& window) {
  const at::Tensor flat = window.contiguous();
  std::vector<float> values(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  parts.statistics.denormalise(values);
  return jointsOfFeatures(values);
}

double meanGap(std::span<const glm::vec3> a, std::span<const glm::vec3> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += glm::distance(a[i], b[i]);
  return sum / double(a.size());
}

TEST_F(KinescoreNetworkTest, PoseKeysAreMetByAnUntrainedNetworkAndJoinedByMotion) {
  constexpr int kFrames = 96;
  const ModelParts fresh = smallModel(false);
  const MotionFeatures walked = smallWindow(kFrames, 900);  // not among those the prior has seen
  const std::vector<glm::vec3> truth = jointsOfFeatures(walked.values);
  WindowConditions conditions = WindowConditions::empty(kFrames);
  for (const int f : {0, 31, 62, 93}) {
    const float* v = walked.values.data() + f * kFeatureCount;
    const float c = v[kHeadingChannel], s = v[kHeadingChannel + 1];
    for (int j = 0; j < kJointCount22; ++j) {
      const std::size_t at = std::size_t(f) * kJointCount22 + std::size_t(j);
      for (int a = 0; a < 3; ++a) conditions.jointPosition[at * 3 + a] = truth[at][a];
      conditions.jointMask[at] = conditions.rotationMask[at] = 1;
      for (int column = 0; column < 6; column += 3) {
        const float* six = v + kRotationChannel + 6 * j + column;
        conditions.jointRotation[at * 6 + column] = c * six[0] + s * six[2];
        conditions.jointRotation[at * 6 + column + 1] = six[1];
        conditions.jointRotation[at * 6 + column + 2] = c * six[2] - s * six[0];
      }
    }
    conditions.heading[2 * f] = c;
    conditions.heading[2 * f + 1] = s;
    conditions.headingMask[f] = 1;
  }
  const at::Tensor noise = noisyWindow(at::zeros({1, kFrames, kFeatureCount}), -10, 2);
  const std::vector<glm::vec3> free = jointsOf(fresh, denoiseOne(networkOf(fresh), WindowConditions::empty(kFrames), noise, -10));
  const std::vector<glm::vec3> kept = jointsOf(fresh, denoiseOne(networkOf(fresh), conditions, noise, -10));
  const auto at = [](const std::vector<glm::vec3>& joints, int f) {
    return std::span(joints).subspan(std::size_t(f) * kJointCount22, kJointCount22);
  };
  for (const int f : {0, 31, 62, 93}) EXPECT_LT(meanGap(at(kept, f), at(truth, f)), 0.04) << f;
  EXPECT_LT(meanGap(kept, truth), 0.4 * meanGap(free, truth));
}

TEST_F(KinescoreNetworkTest, TargetsAndReferencesAreHeard) {
  const at::Tensor noisy = noisyWindow(cleanWindow(parts(), 64, 3), -2, 4);
  const WindowConditions none = WindowConditions::empty(64);
  const at::Tensor plain = denoiseOne(network_, none, noisy, -2);
  WindowConditions target = none;
  target.jointMask[30 * kJointCount22 + kLeftHand] = 1;
  target.jointPosition[(30 * kJointCount22 + kLeftHand) * 3 + 1] = 1.8f;
  EXPECT_GT(largestDifference(denoiseOne(network_, target, noisy, -2), plain), 1e-4);
  WindowConditions turned = none;
  turned.rotationMask[30 * kJointCount22 + kHead] = 1;
  turned.jointRotation[(30 * kJointCount22 + kHead) * 6] = 1;
  EXPECT_GT(largestDifference(denoiseOne(network_, turned, noisy, -2), plain), 1e-4);
  WindowConditions reference = none;
  ReferenceTokens clip;
  clip.frames = 20;
  for (int i = 0; i < 20 * kReferenceChannels; ++i) clip.values.push_back(0.01f * (i % 97));
  reference.references = {clip};
  const at::Tensor followed = denoiseOne(network_, reference, noisy, -2);
  EXPECT_GT(largestDifference(followed, plain), 1e-4);
  reference.references[0].strength = 0;
  EXPECT_EQ(largestDifference(denoiseOne(network_, reference, noisy, -2), plain), 0);
}

TEST_F(KinescoreNetworkTest, RhythmAndViewAreHeardAndSeenWhereTheyAre) {
  const at::Tensor noisy = noisyWindow(cleanWindow(parts(), 64, 3), -2, 4);
  const WindowConditions none = WindowConditions::empty(64);
  WindowConditions heard = none, seen = none, masked = none;
  heard.rhythm.assign(64 * kRhythmChannels, 0.5f);
  heard.rhythmMask.assign(64, 1.0f);
  seen.view.assign(64 * kViewChannels, 0.3f);
  seen.viewMask.assign(64, 1.0f);
  masked.view = seen.view;
  masked.viewMask.assign(64, 0.0f);
  const at::Tensor plain = denoiseOne(network_, none, noisy, -2);
  EXPECT_GT(largestDifference(denoiseOne(network_, heard, noisy, -2), plain), 1e-4);
  EXPECT_GT(largestDifference(denoiseOne(network_, seen, noisy, -2), plain), 1e-4);
  EXPECT_EQ(largestDifference(denoiseOne(network_, masked, noisy, -2), plain), 0);
}

TEST_F(KinescoreNetworkTest, FollowsADraftWhereThereIsOne) {
  const at::Tensor noisy = noisyWindow(cleanWindow(parts(), 64, 3), -2, 4);
  const WindowConditions none = WindowConditions::empty(64);
  WindowConditions drawn = none, masked = none;
  drawn.draft.assign(64 * kDraftChannels, 0.4f);
  drawn.draftMask.assign(64, 1.0f);
  masked.draft = drawn.draft;
  masked.draftMask.assign(64, 0.0f);
  const at::Tensor plain = denoiseOne(network_, none, noisy, -2);
  EXPECT_GT(largestDifference(denoiseOne(network_, drawn, noisy, -2), plain), 1e-4);
  EXPECT_EQ(largestDifference(denoiseOne(network_, masked, noisy, -2), plain), 0);
  // one without that part passes over it
  ModelParts without = smallModel();
  without.config.draft = 0;
  without.specs = networkParameters(without.config);
  without.values = startingParameters(without.specs, 3);
  EXPECT_EQ(largestDifference(denoiseOne(networkOf(without), drawn, noisy, -2), denoiseOne(networkOf(without), none, noisy, -2)), 0);
}

TEST_F(KinescoreNetworkTest, SensesAreAddedToATrainedNetworkWithoutChangingIt) {
  // a fresh network's part for the senses is zero: what they say changes nothing until it is trained
  const ModelParts fresh = smallModel(false);
  const at::Tensor noisy = noisyWindow(cleanWindow(fresh, 64, 3), -2, 4);
  WindowConditions seen = WindowConditions::empty(64);
  const at::Tensor plain = denoiseOne(networkOf(fresh), seen, noisy, -2);
  seen.view.assign(64 * kViewChannels, 0.3f);
  seen.viewMask.assign(64, 1.0f);
  EXPECT_EQ(largestDifference(denoiseOne(networkOf(fresh), seen, noisy, -2), plain), 0);
  // and one without that part passes over them
  ModelParts deaf = smallModel();
  deaf.config.senses = 0;
  deaf.specs = networkParameters(deaf.config);
  deaf.values = startingParameters(deaf.specs, 3);
  WindowConditions none = WindowConditions::empty(64);
  EXPECT_EQ(largestDifference(denoiseOne(networkOf(deaf), seen, noisy, -2), denoiseOne(networkOf(deaf), none, noisy, -2)), 0);
}

TEST_F(KinescoreNetworkTest, PaddingAndNeighboursInABatchDoNotShow) {
  at::NoGradGuard noGradients;
  const at::Tensor shortOne = noisyWindow(cleanWindow(parts(), 48, 3), -1, 4);
  const at::Tensor longOne = noisyWindow(cleanWindow(parts(), 80, 5), 1, 6);
  WindowConditions a = WindowConditions::empty(48), b = WindowConditions::empty(80);
  a.texts = {smallText(1, 0, 30), smallText(2, 30, 48)};
  b.texts = {smallText(3, 0, 80)};
  const WindowConditions* windows[] = {&a, &b};
  at::Tensor together = at::full({2, 80, kFeatureCount}, 3.0);  // rubbish in the padding
  together.select(0, 0).narrow(0, 0, 48).copy_(shortOne[0]);
  together.select(0, 1).copy_(longOne[0]);
  at::Tensor levels = at::empty({2});
  levels[0] = -1;
  levels[1] = 1;
  const at::Tensor both = network_.denoise(network_.prepare(gatherInputs(windows)), together, levels);
  // A sample of full length is what it is alone. (A padded one is seen through the spectrum of the longer
  // window, its last patch held: near to, but not what it is alone.)
  EXPECT_LT(largestDifference(both[1], denoiseOne(network_, b, longOne, 1)[0]), 2e-4);
  // What leaked would show here: other rubbish in the same padding.
  together.select(0, 0).narrow(0, 48, 32).fill_(-40.0);
  const at::Tensor again = network_.denoise(network_.prepare(gatherInputs(windows)), together, levels);
  EXPECT_LT(largestDifference(both[0].narrow(0, 0, 48), again[0].narrow(0, 0, 48)), 2e-4);
}

TEST_F(KinescoreNetworkTest, TokensOfSeveralPatchesSeeTheSame) {
  at::NoGradGuard noGradients;
  const ModelParts coarse = smallCoarse(parts());
  const KinescoreNetwork network = networkOf(coarse);
  const int frames = tokenFrames(coarse.config);
  EXPECT_EQ(frames, 8);
  // 42 and 80 frames: the last token of the first one is not full
  const at::Tensor shortOne = noisyWindow(cleanWindow(parts(), 42, 3), -5, 4), longOne = noisyWindow(cleanWindow(parts(), 80, 5), -4, 6);
  WindowConditions a = WindowConditions::empty(42), b = WindowConditions::empty(80);
  a.texts = {smallText(1, 0, 30), smallText(2, 30, 42)};
  b.texts = {smallText(3, 0, 80)};
  const auto alone = [&](const WindowConditions& window, const at::Tensor& noisy, double logSnr) {
    const WindowConditions* one[] = {&window};
    return network.denoise(network.prepare(gatherInputs(one, GuidanceBranch::All, frames)), noisy, at::full({1}, logSnr));
  };
  const at::Tensor answer = alone(a, shortOne, -5);
  EXPECT_EQ(answer.size(1), 42);
  EXPECT_TRUE(answer.isfinite().all().item<bool>());
  const WindowConditions* windows[] = {&a, &b};
  at::Tensor together = at::full({2, 80, kFeatureCount}, 3.0), levels = at::tensor({-5.0f, -4.0f});
  together.select(0, 0).narrow(0, 0, 42).copy_(shortOne[0]);
  together.select(0, 1).copy_(longOne[0]);
  const at::Tensor both = network.denoise(network.prepare(gatherInputs(windows, GuidanceBranch::All, frames)), together, levels);
  EXPECT_LT(largestDifference(both[1], alone(b, longOne, -4)[0]), 2e-4);
  together.select(0, 0).narrow(0, 42, 38).fill_(-40.0);
  const at::Tensor again = network.denoise(network.prepare(gatherInputs(windows, GuidanceBranch::All, frames)), together, levels);
  EXPECT_LT(largestDifference(both[0].narrow(0, 0, 42), again[0].narrow(0, 0, 42)), 2e-4);
  // other words, another motion
  WindowConditions other = WindowConditions::empty(42);
  other.texts = {smallText(7, 0, 42)};
  EXPECT_GT(largestDifference(answer, alone(other, shortOne, -5)), 1e-3);
}

TEST_F(KinescoreNetworkTest, StopsBetweenBlocks) {
  at::NoGradGuard noGradients;
  const WindowConditions conditions = WindowConditions::empty(48);
  const WindowConditions* windows[] = {&conditions};
  int asked = 0;
  const at::Tensor answer = network_.denoise(network_.prepare(gatherInputs(windows)), cleanWindow(parts(), 48, 3),
                                             at::zeros({1}), nullptr, [&] { return ++asked == 2; });
  EXPECT_FALSE(answer.defined());
  EXPECT_EQ(asked, 2);
}

TEST_F(KinescoreNetworkTest, EveryParameterHasAGradient) {
  const at::Tensor gradients = at::zeros_like(parts().values);
  const KinescoreNetwork trainable(parts().config, parts().prior,
                                   trainableViews(parts().specs, parts().values.clone(), gradients));
  WindowConditions conditions = WindowConditions::empty(64);
  conditions.texts = {smallText(1, 0, 30)};
  ReferenceTokens clip;
  clip.frames = 20;
  for (int i = 0; i < 20 * kReferenceChannels; ++i) clip.values.push_back(0.01f * (i % 97));
  conditions.references = {clip};
  conditions.rhythm.assign(64 * kRhythmChannels, 0.5f);
  conditions.rhythmMask.assign(64, 1.0f);
  conditions.draft.assign(64 * kDraftChannels, 0.5f);
  conditions.draftMask.assign(64, 1.0f);
  const WindowConditions* windows[] = {&conditions};
  const at::Tensor clean = cleanWindow(parts(), 64, 3);
  const at::Tensor answer =
      trainable.denoise(trainable.prepare(gatherInputs(windows)), noisyWindow(clean, -1, 2), at::full({1}, -1.0));
  (answer - clean).square().mean().backward();
  for (const ParameterSpec& spec : parts().specs) {
    const at::Tensor slope = gradients.narrow(0, spec.offset, spec.count());
    EXPECT_TRUE(at::isfinite(slope).all().item<bool>()) << spec.name;
    EXPECT_GT(slope.abs().max().item<double>(), 0) << spec.name;
  }
}

}  // namespace
}  // namespace kinescore
