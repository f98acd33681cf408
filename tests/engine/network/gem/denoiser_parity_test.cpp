// The whole network against the reference, from raw inputs to outputs (denoiser_*.safetensors).
#include <gtest/gtest.h>

#include "engine/network/gem/sampler.h"
#include "engine/network/gem/weights.h"
#include "tests/engine/network/gem/goldens.h"

namespace kinescore::gem {
namespace {

constexpr const char* kPrefix = "golden.";

bool isWeight(const std::string& name) { return !name.starts_with(kPrefix); }

// Everything a run of a batch makes, under the reference's names ("mid.f_cond", "out_cfg.pred_x").
using Produced = std::map<std::string, at::Tensor>;

void addPrediction(Produced& produced, const std::string& name, const Prediction& prediction) {
  produced[name + ".pred_x"] = prediction.motion;
  produced[name + ".pred_cam"] = prediction.camera;
  produced[name + ".static_conf_logits"] = prediction.contacts;
  produced[name + ".pred_context"] = prediction.hidden;
}

Prediction branchOf(const Prediction& both, std::int64_t branch, std::int64_t clips) {
  const auto part = [&](const at::Tensor& rows) { return rows.narrow(0, branch * clips, clips); };
  return {part(both.motion), part(both.camera), part(both.contacts), part(both.hidden)};
}

void addConditions(Produced& produced, const Denoiser& denoiser, const ConditionTensors& inputs) {
  const ConditionEncoder& encoder = denoiser.conditionEncoder();
  const ConditionParts parts = encoder.encode(inputs);
  produced["mid.obs"] = inputs.keypoints;
  produced["mid.f_cliffcam"] = inputs.box;
  produced["mid.f_cam_angvel"] = inputs.cameraVelocity;
  produced["mid.e_obs"] = parts.keypoints;
  produced["mid.e_f_cliffcam"] = parts.box;
  produced["mid.e_f_imgseq"] = parts.image;
  produced["mid.e_f_cam_angvel"] = parts.camera;
  produced["mid.e_encoded_music"] = parts.music;
  produced["mid.e_encoded_audio"] = parts.speech;
  produced["mid.e_audio_cnn"] = parts.speechFeatures;
  produced["mid.f_cond"] = parts.sum();
  produced["mid.f_uncond"] = encoder.withoutGuided(parts).sum();
  produced["mid.f_empty"] = encoder.encodeNothing(inputs.batch, inputs.frames).sum();
}

Produced runBatch(GoldenFile& goldens, const Denoiser& denoiser, const std::string& batch) {
  const std::string in = kPrefix + batch + ".in.";
  const bool hasText = denoiser.config().hasText();
  const at::Tensor texts = hasText ? goldens.input("golden.text_pool") : at::Tensor();
  const std::vector<ClipConditions> clips = clipsOf(goldens, in, texts);
  const ConditionTensors inputs = gatherConditions(clips);
  const at::Tensor timesteps = goldens.input(in + "timesteps"), noisy = goldens.input(in + "x_t");
  Produced produced;
  addConditions(produced, denoiser, inputs);
  produced["mid.tau"] = denoiser.timeEmbedding(timesteps);

  DenoiseOptions options;
  const ClipContext guidedContext = denoiser.prepare(inputs, Branches::Guided);
  EXPECT_EQ(guidedContext.branches, hasText ? 2 : 1);
  options.observer = [&](std::string_view name, const at::Tensor& value) {
    produced["mid." + std::string(name)] = value.narrow(0, 0, std::int64_t(clips.size()));
  };
  const at::Tensor time = denoiser.timeInput(timesteps).repeat({guidedContext.branches, 1, 1});
  const Prediction both = denoiser.denoise(guidedContext, noisy, time, options);
  addPrediction(produced, "out_cond", branchOf(both, 0, std::int64_t(clips.size())));
  if (hasText) {
    addPrediction(produced, "out_uncond", branchOf(both, 1, std::int64_t(clips.size())));
    addPrediction(produced, "out_cfg", guided(both, 2, kGuidanceScale));
  }
  addPrediction(produced, "out_reg", regress(denoiser, denoiser.prepare(inputs, Branches::All)));
  return produced;
}

Tolerance toleranceOf(const std::string& name) {
  const bool isInput = name == "mid.obs" || name == "mid.f_cliffcam";
  return relative(isInput ? 1e-6 : 1e-5);
}

void compareBatch(GoldenFile& goldens, const Denoiser& denoiser, const std::string& batch) {
  const Produced produced = runBatch(goldens, denoiser, batch);
  const std::string prefix = kPrefix + batch + ".";
  for (const std::string& name : goldens.names(prefix)) {
    const std::string ours = name.substr(prefix.size());
    if (ours.starts_with("in.")) continue;
    const auto found = produced.find(ours);
    ASSERT_NE(found, produced.end()) << name << " is not made";
    goldens.compare(name, found->second, toleranceOf(ours));
  }
}

Denoiser denoiserOf(const GoldenFile& goldens) {
  const auto config = configOfWeights(goldens.file());
  EXPECT_TRUE(config) << config.error().message;
  auto weights = readWeights(goldens.file(), *config, kPrefix);
  EXPECT_TRUE(weights) << weights.error().message;
  return Denoiser(*config, *weights);
}

void compareFile(const std::string& name, std::optional<GoldenFile> goldens, const std::vector<std::string>& batches) {
  if (!goldens) GTEST_SKIP() << "KINESCORE_GOLDENS holds no gem/" << name;
  const Denoiser denoiser = denoiserOf(*goldens);
  for (const std::string& batch : batches) compareBatch(*goldens, denoiser, batch);
  goldens->finish(isWeight);
}

TEST(GemDenoiserParity, Tiny) {
  const std::string name = "denoiser_tiny.safetensors";
  compareFile(name, GoldenFile::open(name), {"A", "B", "C"});
}

TEST(GemDenoiserParity, TinyRegression) {
  const std::string name = "denoiser_tiny_regression.safetensors";
  compareFile(name, GoldenFile::open(name), {"A", "B"});
}

// The same file without its table of sinusoids, which is computed.
TEST(GemDenoiserParity, TinyRegressionKeptWithTheTests) {
  const std::string name = "denoiser_tiny_regression.safetensors";
  auto goldens = GoldenFile::openKept(name);
  ASSERT_TRUE(goldens);
  compareFile(name, std::move(goldens), {"A", "B"});
}

TEST(GemDenoiserParity, Mid) {
  const std::string name = "denoiser_mid.safetensors";
  compareFile(name, GoldenFile::open(name), {"B"});
}

TEST(GemDenoiserParity, Long) {
  auto goldens = GoldenFile::open("denoiser_long.safetensors"), tiny = GoldenFile::open("denoiser_tiny.safetensors");
  if (!goldens || !tiny) GTEST_SKIP() << "KINESCORE_GOLDENS holds no gem/denoiser_long.safetensors";
  const at::Tensor pool = tiny->input("golden.text_pool");
  Config config = configOfWeights(tiny->file()).value();
  const ParameterMap weights = readWeights(tiny->file(), config, kPrefix).value();
  for (const std::string run : {"long", "win12", "inpaint"}) {
    config.window = run == "win12" ? 12 : 120;
    const Denoiser denoiser(config, weights);
    const auto in = [&](const std::string& name) { return goldens->input(run + ".in." + name); };
    const at::Tensor length = in("length");
    std::vector<std::int64_t> lengths;
    for (std::int64_t i = 0; i < length.numel(); ++i) lengths.push_back(length[i].item<std::int64_t>());
    ClipContext context = denoiser.prepare(in("f_cond"), textsByIndex(pool, in("text_index")), {}, lengths);
    if (run == "inpaint") {
      context.observed = in("observed_motion_3d");
      context.observedMask = in("motion_mask_3d");
    }
    const Prediction out = denoiser.denoise(context, in("x_t"), denoiser.timeInput(in("timesteps")));
    goldens->compare(run + ".out.pred_x", out.motion, relative(1e-5));
    goldens->compare(run + ".out.pred_cam", out.camera, relative(1e-5));
    goldens->compare(run + ".out.static_conf_logits", out.contacts, relative(1e-5));
  }
  goldens->finish();
}

}  // namespace
}  // namespace kinescore::gem
