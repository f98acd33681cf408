#include "engine/train/gem/gem_trainer.h"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "engine/core/hash.h"
#include "engine/network/gem/network_file.h"
#include "engine/train/gem/gem_learner.h"
#include "engine/train/run_checkpoint.h"
#include "tests/engine/train/small_library.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

class GemTrainerTest : public testing::Test {
 protected:
  GemTrainOptions options(const std::string& name, std::int64_t steps) const {
    GemTrainOptions o;
    o.run.output = folder_ / name;
    o.run.steps = steps;
    o.run.batch = 4;
    o.run.frames = 48;
    o.run.shards = 2;
    o.run.warmUp = 5;
    o.run.learningRate = 3e-3;
    o.run.averageDecay = 0.9;
    o.run.validationCrops = 8;
    o.network = {gem::Wiring::Full, 32, 2, 4, 2, 120};
    o.seenClips = 0.5;
    o.seenSamples = 0.3;
    return o;
  }
  static Result<TrainSummary> train(const GemTrainOptions& o, std::stop_token stop = {},
                                    const TrainProgress& progress = {}) {
    return trainGemOn(smallLibrary(8), madeUpEmbedding, o, progress, stop);
  }
  static RunCheckpoint newest(const GemTrainOptions& o) {
    auto open = openRunCheckpoint(*newestCheckpoint(o.run.output), "gem-checkpoint-1");
    EXPECT_TRUE(open) << open.error().message;
    EXPECT_TRUE(readRunArrays(*open, parameterCount(gem::gemParameters(o.network))));
    return std::move(open->run);
  }
  TemporaryFolder folder_;
};

TEST_F(GemTrainerTest, AStopAndAResumeChangeNoBit) {
  const GemTrainOptions whole = options("whole", 30);
  auto all = train(whole);
  ASSERT_TRUE(all) << all.error().message;
  const GemTrainOptions parts = options("parts", 30);
  std::stop_source stop;
  auto first = train(parts, stop.get_token(), [&](const TrainStatus& status) {
    if (status.step == 25) stop.request_stop();
  });
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->stopped);
  EXPECT_EQ(first->steps, 25);
  auto second = train(parts);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->steps, 30);
  EXPECT_FALSE(second->stopped);
  const RunCheckpoint a = newest(whole), b = newest(parts);
  for (const auto& [name, tensor] : a.arrays) EXPECT_TRUE(at::equal(tensor, b.arrays.at(name))) << name;
  EXPECT_EQ(a.progress.gradients, b.progress.gradients);
  EXPECT_EQ(bytesOf(all->weights), bytesOf(second->weights));
}

TEST_F(GemTrainerTest, LearnsAndLeavesEverythingBehind) {
  GemTrainOptions o = options("learns", 1);
  std::vector<GemReading> readings;
  const auto watch = [&](const TrainStatus& status) {
    if (status.gem) readings.push_back(*status.gem);
  };
  ASSERT_TRUE(train(o, {}, watch));
  o.run.steps = 120;
  auto summary = train(o, {}, watch);
  ASSERT_TRUE(summary) << summary.error().message;
  ASSERT_EQ(readings.size(), 2u);
  // clips it does not learn from
  EXPECT_LT(readings[1].regressionLoss, 0.7 * readings[0].regressionLoss);
  EXPECT_LT(readings[1].diffusionLoss, 0.7 * readings[0].diffusionLoss);
  EXPECT_LT(readings[1].jointErrorCm, readings[0].jointErrorCm);
  EXPECT_LT(readings[1].pointErrorPercent, 0.7 * readings[0].pointErrorPercent);
  for (const char* file : {"losses.csv", "losses.png", "latest.safetensors", "latest.json"}) {
    EXPECT_TRUE(std::filesystem::exists(o.run.output / file)) << file;
  }
  const auto card = nlohmann::json::parse(bytesOf(o.run.output / "latest.json"));
  EXPECT_EQ(card["steps"], 120);
  EXPECT_GT(card["minutes_seen_in_2d_alone"].get<double>(), 0);
  // the engine takes it for a GEM, numbers and all
  auto file = gem::NetworkFile::open(summary->weights);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->config(), o.network);
  auto hash = file->hash({});
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_EQ(*hash, card["sha256"].get<std::string>());
  auto loaded = file->load(at::kCPU, at::kFloat, {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_TRUE(exportTrainedGem(o.run.output, folder_ / "export.safetensors"));
  EXPECT_EQ(bytesOf(folder_ / "export.safetensors"), bytesOf(summary->weights));
  EXPECT_TRUE(gem::NetworkFile::open(folder_ / "export.safetensors")->hash({}));
}

TEST_F(GemTrainerTest, OfSeenClipsNothingButPointsIsUsed) {
  // The same seed with other 3D data in the clips that are only seen would give the same numbers if their truth
  // entered nowhere; here: flat examples alone move neither contacts nor steps, which no point tells of.
  Library library = smallLibrary(8);
  auto built = TrainingData::build(library, Split::Train, true, madeUpEmbedding);
  ASSERT_TRUE(built);
  const gem::Config config = options("", 1).network;
  const auto specs = gem::gemParameters(config);
  gem::GemLearnerOptions o;
  o.batch = 2;
  o.frames = 48;
  o.flatShare = 1;  // of two samples
  gem::GemLearner learner(config, startingParameters(specs, 1), o);
  const auto before = learner.flat().values().clone();
  const StepReport report = learner.step(*built, &*built, 0);
  EXPECT_GT(report.loss, 0);
  EXPECT_EQ(report.featureLoss, 0);
  EXPECT_FALSE(report.skipped);
  const auto had = viewsOf(specs, before), has = viewsOf(specs, learner.flat().values());
  const auto moved = [&](const std::string& name, std::int64_t from, std::int64_t count) {
    // weight decay alone would shrink it: measured against that
    const at::Tensor bias = has.at(name).narrow(0, from, count) - had.at(name).narrow(0, from, count);
    return bias.abs().max().item<double>() > 0;
  };
  const std::string at = gem::kDenoiserPrefix;
  EXPECT_FALSE(moved(at + "static_conf_head.fc2.bias", 0, gem::kContacts));
  EXPECT_FALSE(moved(at + "final_layer.fc2.bias", gem::kStepChannel, 3));
  EXPECT_FALSE(moved(at + "final_layer.fc2.bias", gem::kGravityOrientChannel, 6));
  EXPECT_TRUE(moved(at + "final_layer.fc2.bias", gem::kCameraOrientChannel, 6));
  EXPECT_TRUE(moved(at + "pred_cam_head.fc2.bias", 0, 3));
}


TEST_F(GemTrainerTest, RefusesWhatMakesNoSense) {
  const auto refused = [&](const std::function<void(GemTrainOptions&)>& change, const std::string& part) {
    GemTrainOptions o = options("refused", 1);
    change(o);
    const auto summary = train(o);
    EXPECT_FALSE(summary);
    if (!summary) { EXPECT_NE(summary.error().message.find(part), std::string::npos) << summary.error().message; }
  };
  refused([](auto& o) { o.run.steps = 0; }, "how long");
  refused([](auto& o) { o.run.frames = 121; }, "at most 120 frames");
  refused([](auto& o) { o.network.width = 36; }, "a multiple of 8");
  refused([](auto& o) { o.seenClips = 1; }, "known in 3D");
  EXPECT_FALSE(exportTrainedGem(folder_ / "nowhere", folder_ / "x.safetensors"));
  // another kind of network's run
  const GemTrainOptions own = options("other", 1);
  std::filesystem::create_directories(own.run.output);
  FlatLearner learner(gem::gemParameters(own.network), startingParameters(gem::gemParameters(own.network), 1), {}, 1);
  ASSERT_TRUE(saveRunCheckpoint(own.run.output, "kinescore-checkpoint-1", {}, learner, "", {}));
  const auto other = train(own);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("another kind of network"), std::string::npos);
}

}  // namespace
}  // namespace kinescore
