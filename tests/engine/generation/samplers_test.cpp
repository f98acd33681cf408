#include "engine/generation/samplers.h"

#include <gtest/gtest.h>

#include "engine/generation/blocked_window.h"
#include "engine/generation/part_mix.h"

#include <cmath>
#include <numeric>
#include <set>
#include <thread>

#include "tests/support/analytic_denoiser.h"

namespace kinescore {
namespace {

// --- schedule ---------------------------------------------------------------------------------

TEST(Schedule, FallsEvenlyFromCleanToNoise) {
  EXPECT_DOUBLE_EQ(logSnrOfTime(0.5), 0.5 * (kHighestLogSnr + kLowestLogSnr));
  EXPECT_EQ(logSnrOfTime(0.0), kHighestLogSnr);
  EXPECT_EQ(logSnrOfTime(1.0), kLowestLogSnr);
  for (double t = 0.1; t < 0.95; t += 0.1) EXPECT_NEAR(timeOfLogSnr(logSnrOfTime(t)), t, 1e-12);
}

TEST(Schedule, SignalAndNoiseShareTheVariance) {
  for (double l = kLowestLogSnr; l <= kHighestLogSnr; l += 0.5) {
    const NoiseLevel level = noiseLevel(l);
    EXPECT_NEAR(level.alpha * level.alpha + level.sigma * level.sigma, 1, 1e-14);
    EXPECT_NEAR(2 * std::log(level.alpha / level.sigma), l, 1e-12);
  }
}

TEST(Schedule, LevelsRiseFromPureNoise) {
  for (const SamplingGrid grid : {SamplingGrid::UniformTime, SamplingGrid::UniformLogSnr}) {
    for (int steps : {1, 2, 5, 6, 16, 30, 100, 400}) {
      const auto levels = samplingLevels(grid, steps);
      ASSERT_EQ(int(levels.size()), steps);
      EXPECT_DOUBLE_EQ(levels.front().logSnr, kLowestLogSnr);
      for (int i = 1; i < steps; ++i) EXPECT_GT(levels[i].logSnr, levels[i - 1].logSnr) << steps << " " << i;
      EXPECT_LE(levels.back().logSnr, kHighestLogSnr);
    }
  }
}

TEST(Schedule, TheUniformGridTrails) {
  const auto levels = samplingLevels(SamplingGrid::UniformTime, 4);
  EXPECT_NEAR(levels[0].logSnr, -12, 1e-12);
  EXPECT_NEAR(levels[1].logSnr, -8, 1e-12);
  EXPECT_NEAR(levels[3].logSnr, 0, 1e-12);
}

// --- samplers on a denoiser that is known in closed form ----------------------------------------

WindowConditions plainWindow(int frames = 4) { return WindowConditions::empty(frames); }

std::vector<float> sampleFrom(AnalyticDenoiser& denoiser, const WindowConditions& window, Sampler sampler, int steps,
                              SamplingGrid grid = SamplingGrid::UniformLogSnr) {
  const auto noise = windowNoise(7, 0, window.frames);
  auto result = sampleWindow(denoiser, window, noise, {sampler, grid, steps, {.textScale = 1.0}}, {}, {});
  EXPECT_TRUE(result);
  return result->values;
}

double rootMeanSquareDifference(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
  return std::sqrt(sum / double(a.size()));
}

TEST(Samplers, AreExactForASinglePoint) {
  AnalyticDenoiser point({{.weight = 1, .mean = 1.5, .deviation = 0}});
  for (const Sampler sampler : {Sampler::Ddim, Sampler::DpmSolver2M}) {
    for (float value : sampleFrom(point, plainWindow(), sampler, 3)) EXPECT_NEAR(value, 1.5f, 1e-6);
  }
}

// The flow of a Gaussian is known: a noisy value keeps its number of deviations from the mean.
TEST(Samplers, FollowTheFlowOfAGaussian) {
  const double mean = 0.7, deviation = 0.5;
  AnalyticDenoiser gaussian({{.weight = 1, .mean = mean, .deviation = deviation}});
  const auto noise = windowNoise(7, 0, 4);
  const NoiseLevel start = noiseLevel(kLowestLogSnr), end = noiseLevel(kHighestLogSnr);
  std::vector<float> exact(noise.size());
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const double spread = std::sqrt(start.alpha * start.alpha * deviation * deviation + start.sigma * start.sigma);
    const double along = (noise[i] - start.alpha * mean) / spread;
    const double spreadEnd = std::sqrt(end.alpha * end.alpha * deviation * deviation + end.sigma * end.sigma);
    // the last call predicts the mean of what is left
    exact[i] = float(gaussian.clean(end.alpha * mean + spreadEnd * along, end.logSnr));
  }
  const double coarse = rootMeanSquareDifference(sampleFrom(gaussian, plainWindow(), Sampler::DpmSolver2M, 16), exact);
  const double fine = rootMeanSquareDifference(sampleFrom(gaussian, plainWindow(), Sampler::DpmSolver2M, 64), exact);
  EXPECT_LT(coarse, 0.02);
  EXPECT_LT(fine, coarse / 8);
  EXPECT_LT(rootMeanSquareDifference(sampleFrom(gaussian, plainWindow(), Sampler::Ddim, 1000), exact), 2e-3);
}

TEST(Samplers, ConvergeWithTheirOrderOnAMixture) {
  AnalyticDenoiser mixture({{0.4, -1.2, 0.3}, {0.6, 0.9, 0.4}});
  const auto errorAt = [&](Sampler sampler, int steps) {
    static const std::vector<float> reference = [&] {
      return sampleFrom(mixture, plainWindow(), Sampler::DpmSolver2M, 2001);
    }();
    return rootMeanSquareDifference(sampleFrom(mixture, plainWindow(), sampler, steps), reference);
  };
  // one more than a power of two: the steps then halve exactly
  const double first = std::log2(errorAt(Sampler::Ddim, 65) / errorAt(Sampler::Ddim, 129));
  const double second = std::log2(errorAt(Sampler::DpmSolver2M, 65) / errorAt(Sampler::DpmSolver2M, 129));
  EXPECT_NEAR(first, 1.0, 0.25);
  EXPECT_NEAR(second, 2.0, 0.35);
  EXPECT_LT(errorAt(Sampler::DpmSolver2M, 17), errorAt(Sampler::Ddim, 17) / 2);
}

TEST(Samplers, AgreeWithEachOtherAfterAThousandSteps) {
  AnalyticDenoiser mixture({{0.5, -1.0, 0.3}, {0.5, 1.0, 0.3}});
  EXPECT_LT(rootMeanSquareDifference(sampleFrom(mixture, plainWindow(), Sampler::Ddim, 1000),
                                     sampleFrom(mixture, plainWindow(), Sampler::DpmSolver2M, 1000)),
            5e-3);
}

TEST(Samplers, GiveAMixtureItsModes) {
  AnalyticDenoiser mixture({{0.25, -2.0, 0.05}, {0.75, 2.0, 0.05}});
  const auto values = sampleFrom(mixture, plainWindow(64), Sampler::DpmSolver2M, 30);
  const auto high = std::count_if(values.begin(), values.end(), [](float v) { return v > 0; });
  EXPECT_NEAR(double(high) / double(values.size()), 0.75, 0.02);
}

// --- guidance and known frames ------------------------------------------------------------------

TEST(Guidance, IsEvaluatedOnlyInsideItsInterval) {
  AnalyticDenoiser denoiser({{1, 0.0, 1.0}});
  WindowConditions window = plainWindow();
  window.texts.emplace_back();
  const SamplerOptions options{Sampler::Ddim, SamplingGrid::UniformLogSnr, 19, {.fineScale = 2.0}};  // -12, -11 … 6
  const auto result = sampleWindow(denoiser, window, windowNoise(1, 0, 4), options, {}, {});
  ASSERT_TRUE(result);
  for (const auto& call : denoiser.calls()) {
    EXPECT_EQ(call.branches, call.logSnr >= -10 && call.logSnr <= 1 ? 2u : 1u) << call.logSnr;
  }
  EXPECT_EQ(result->evaluations, 19 + 12);
}

TEST(Guidance, PushesEarlyAndLetsTheRestAlone) {
  const Guidance guidance{.textScale = 4, .fineScale = 1};
  EXPECT_EQ(guidance.scaleAt(-8), 4);
  EXPECT_EQ(guidance.scaleAt(guidance.fineLogSnr), 1);
  AnalyticDenoiser denoiser({{1, 0.0, 1.0}});
  WindowConditions window = plainWindow();
  window.texts.emplace_back();
  const auto result = sampleWindow(denoiser, window, windowNoise(1, 0, 4), {Sampler::Ddim, SamplingGrid::UniformLogSnr, 19, guidance}, {}, {});
  ASSERT_TRUE(result);
  for (const auto& call : denoiser.calls()) EXPECT_EQ(call.branches, call.logSnr >= -10 && call.logSnr < -4 ? 2u : 1u) << call.logSnr;
}

TEST(Guidance, WithoutATextThereIsOneBranch) {
  AnalyticDenoiser denoiser({{1, 0.0, 1.0}});
  const auto result = sampleWindow(denoiser, plainWindow(), windowNoise(1, 0, 4), {}, {}, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->evaluations, 16);
}

TEST(Guidance, PushesAwayFromTheAnswerWithoutText) {
  AnalyticDenoiser denoiser({{1, 1.0, 0.0}});
  denoiser.setMeanWithoutText(0.5);
  WindowConditions window = plainWindow();
  window.texts.emplace_back();
  SamplerOptions options{Sampler::Ddim, SamplingGrid::UniformLogSnr, 1, {.textScale = 3.0, .lowestLogSnr = -13}};
  const auto guided = sampleWindow(denoiser, window, windowNoise(1, 0, 4), options, {}, {}).value();
  for (float v : guided.values) EXPECT_NEAR(v, 0.5 + 3.0 * 0.5, 1e-6);
}

// --- auditions ------------------------------------------------------------------------------------

TEST(Auditions, TheBeginningThatIsJudgedBestGoesOnAsIfItWereAlone) {
  AnalyticDenoiser mixture({{0.5, -2.0, 0.05}, {0.5, 2.0, 0.05}});
  const WindowConditions window = plainWindow();
  SamplerOptions options{Sampler::DpmSolver2M, SamplingGrid::UniformLogSnr, 19, {.textScale = 1.0}, {.beginnings = 5}};
  const auto noise = windowNoise(3, 0, 4, 5);
  const auto sumOf = [](std::span<const float> values) { return std::accumulate(values.begin(), values.end(), 0.0); };
  int judged = 0, told = 0;
  std::vector<double> scores;
  const auto best = sampleWindow(mixture, window, noise, options, [&](int done) { told = done; }, {}, [&](std::span<const float> clean) {
    ++judged;
    scores.push_back(sumOf(clean));
    return scores.back();
  });
  ASSERT_TRUE(best);
  EXPECT_EQ(judged, 5);
  EXPECT_EQ(auditionSteps(options), 9);  // -12 … -4
  EXPECT_EQ(best->evaluations, 19 + 4 * 9);
  EXPECT_EQ(told, stepsOfWindow(options));
  EXPECT_EQ(told, 19 + 4 * 9);
  const auto which = std::size_t(std::max_element(scores.begin(), scores.end()) - scores.begin());
  options.audition.beginnings = 1;
  const auto alone = sampleWindow(mixture, window, std::span(noise).subspan(which * 4 * kFeatureCount, 4 * kFeatureCount), options, {}, {});
  ASSERT_TRUE(alone);
  EXPECT_EQ(best->values, alone->values);
  EXPECT_EQ(alone->evaluations, 19);
}

TEST(Auditions, EachBeginningHasItsOwnNoiseAndTheFirstIsTheUsualOne) {
  const auto one = windowNoise(3, 16, 4), several = windowNoise(3, 16, 4, 3);
  ASSERT_EQ(several.size(), 3 * one.size());
  EXPECT_TRUE(std::equal(one.begin(), one.end(), several.begin()));
  EXPECT_FALSE(std::equal(one.begin(), one.end(), several.begin() + std::ptrdiff_t(one.size())));
}

TEST(KnownFrames, AreCleanInEveryNoisyInput) {
  AnalyticDenoiser denoiser({{1, 0.0, 1.0}});
  WindowConditions window = plainWindow();
  window.knownMask[1] = 1;
  for (int c = 0; c < kFeatureCount; ++c) window.known[kFeatureCount + c] = float(c);
  denoiser.watchFrame(1);
  ASSERT_TRUE(sampleWindow(denoiser, window, windowNoise(1, 0, 4), {}, {}, {}));
  ASSERT_EQ(denoiser.calls().size(), 16u);
  for (const auto& call : denoiser.calls()) {
    ASSERT_EQ(call.watched.size(), std::size_t(kFeatureCount));
    for (int c = 0; c < kFeatureCount; ++c) ASSERT_EQ(call.watched[c], float(c));
  }
}

// --- blocked windows -------------------------------------------------------------------------------

void askForPose(WindowConditions& window, int frame, float strength = 1) {
  std::fill_n(window.jointMask.begin() + frame * kJointCount22, kJointCount22, strength);
  std::fill_n(window.rotationMask.begin() + frame * kJointCount22, kJointCount22, strength);
}

TEST(Blocked, BeginAtOneLook) {
  AnalyticDenoiser denoiser({{1, 0.5, 0.1}});
  WindowConditions window = plainWindow(60);
  for (int frame = 0; frame < 60; frame += 20) askForPose(window, frame);
  std::vector<int> seen;
  const SamplerOptions options;
  const auto result = sampleWindow(denoiser, window, windowNoise(1, 0, 60), options, [&](int done) { seen.push_back(done); }, {});
  ASSERT_TRUE(result);
  ASSERT_GT(denoiser.calls().size(), 2u);
  EXPECT_EQ(denoiser.calls()[0].logSnr, kLowestLogSnr);
  EXPECT_GE(denoiser.calls()[1].logSnr, kBlockedFrom);
  EXPECT_EQ(seen.size() + 1, denoiser.calls().size());
  EXPECT_EQ(seen.back(), stepsOfWindow(options)) << "progress ends where it was said to";
  EXPECT_EQ(result->evaluations, int(denoiser.calls().size()));
}

// --- noise, progress, stop, damage ----------------------------------------------------------------

TEST(Noise, DependsOnTheAbsoluteFrameAlone) {
  const auto whole = windowNoise(42, 0, 64);
  const auto late = windowNoise(42, 50, 14);
  EXPECT_TRUE(std::equal(late.begin(), late.end(), whole.begin() + 50 * kFeatureCount));
  EXPECT_NE(windowNoise(43, 50, 14), late);
}

TEST(Noise, IsTheSameFromAnyThread) {
  const auto here = windowNoise(42, 10, 32);
  std::vector<float> there;
  std::thread([&] { there = windowNoise(42, 10, 32); }).join();
  EXPECT_EQ(here, there);
}

TEST(Noise, IsStandardNormal) {
  const auto noise = windowNoise(9, 0, 192);
  double sum = 0, squares = 0;
  for (float v : noise) sum += v, squares += double(v) * v;
  EXPECT_NEAR(sum / double(noise.size()), 0, 0.02);
  EXPECT_NEAR(squares / double(noise.size()), 1, 0.02);
}

TEST(SampleWindow, CountsItsSteps) {
  AnalyticDenoiser denoiser({{1, 0.0, 1.0}});
  std::vector<int> seen;
  ASSERT_TRUE(sampleWindow(denoiser, plainWindow(), windowNoise(1, 0, 4), {Sampler::Ddim, SamplingGrid::UniformTime, 5, {}},
                           [&](int done) { seen.push_back(done); }, {}));
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4, 5}));
}

TEST(SampleWindow, StopsWhenAsked) {
  AnalyticDenoiser denoiser({{1, 0.0, 1.0}});
  std::stop_source stop;
  const auto result = sampleWindow(denoiser, plainWindow(), windowNoise(1, 0, 4), {},
                                   [&](int done) { if (done == 3) stop.request_stop(); }, stop.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  EXPECT_EQ(denoiser.calls().size(), 3u);
}

TEST(SampleWindow, RefusesNumbersThatAreNotFinite) {
  AnalyticDenoiser denoiser({{1, std::nan(""), 1.0}});
  const auto result = sampleWindow(denoiser, plainWindow(), windowNoise(1, 0, 4), {}, {}, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::EngineFailed);
}

// --- parts of the body --------------------------------------------------------------------------

TEST(PartTexts, AreAskedForBesideTheRestAndTakenForTheirPart) {
  AnalyticDenoiser denoiser({{1, 1.0, 0}});
  denoiser.setMeanOf(GuidanceBranch::LeftArm, 5);
  WindowConditions window = plainWindow();
  TextTokens arm;
  arm.part = BodyPart::LeftArm;
  arm.startFrame = -20;
  arm.endFrame = window.frames + 20;
  window.texts = {arm};
  SamplerOptions options;
  options.steps = 4;
  options.guidance.textScale = 1;
  const auto sampled = sampleWindow(denoiser, window, windowNoise(1, 0, window.frames), options, {}, {});
  ASSERT_TRUE(sampled);
  EXPECT_EQ(sampled->evaluations, 8);
  const auto& channels = channelsOf(BodyPart::LeftArm);
  for (int c = 0; c < kFeatureCount; ++c) EXPECT_NEAR(sampled->values[c], channels[c] ? 5 : 1, 1e-5) << c;
}

}  // namespace
}  // namespace kinescore
