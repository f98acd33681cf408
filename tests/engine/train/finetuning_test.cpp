#include "engine/train/finetuning.h"

#include <gtest/gtest.h>

#include "engine/network/weights.h"
#include "tests/engine/train/small_run.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

class FinetuningTest : public testing::Test {
 protected:
  TrainOptions options(const std::string& name, std::int64_t steps) const {
    TrainOptions o = smallRun(folder_ / name, steps);
    o.batch = o.validationCrops = 2;
    return o;
  }
  static Result<TrainSummary> train(const TrainOptions& o) { return trainOn(smallLibrary(), madeUpEmbedding, o, {}, {}); }
  static Result<TrainSummary> finetune(const TrainOptions& o, std::stop_token stop = {}) {
    return finetuneBy([&](const TrainOptions& once) { return trainOn(smallLibrary(), madeUpEmbedding, once, {}, stop); }, o);
  }
  // Weights of a pair, and what goes on from them.
  TrainOptions fromPair(const std::string& name, std::int64_t steps) {
    const TrainOptions base = options("base", 1);
    EXPECT_TRUE(train(base));
    TrainOptions coarse = options("pair", 1);
    coarse.coarseFor = base.output / "latest.safetensors";
    coarse.coarseStart = CoarseStart::Copy;
    EXPECT_TRUE(train(coarse));
    return onFrom(coarse.output / "latest.safetensors", name, steps);
  }
  TrainOptions onFrom(const std::filesystem::path& weights, const std::string& name, std::int64_t steps) const {
    TrainOptions o = options(name, steps);
    o.startFrom = weights;
    o.mixedWith = std::make_shared<const Library>(smallLibrary());
    return o;
  }
  TemporaryFolder folder_;
};

TEST_F(FinetuningTest, BothNetworksOfAPairLearn) {
  const TrainOptions o = fromPair("tuned", 5);
  const auto summary = finetune(o);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->steps, 5);
  EXPECT_EQ(summary->weights, o.output / "latest.safetensors");
  const auto before = loadModel(o.startFrom), after = loadModel(summary->weights);
  ASSERT_TRUE(before && after && after->parts.coarse);
  EXPECT_FALSE(at::equal(after->parts.values, before->parts.values));
  EXPECT_FALSE(at::equal(after->parts.coarse->values, before->parts.coarse->values));
  EXPECT_EQ(after->card["name"], "kinescore-finetuned");
  EXPECT_EQ(after->card["finetuned_from"], "kinescore-base");
  EXPECT_EQ(after->card["steps"], 2);
  EXPECT_EQ(after->card["coarse"]["steps"], 3);
  EXPECT_EQ(after->card["coarse"]["name"], "kinescore-finetuned");
}

TEST_F(FinetuningTest, StartingAgainGoesOnWithBoth) {
  TrainOptions o = fromPair("again", 2);
  ASSERT_TRUE(finetune(o));
  o.steps = 6;
  const auto summary = finetune(o);
  ASSERT_TRUE(summary) << summary.error().message;
  const auto after = loadModel(summary->weights);
  EXPECT_EQ(after->card["steps"], 3);
  EXPECT_EQ(after->card["coarse"]["steps"], 3);
}

TEST_F(FinetuningTest, AStopLeavesWeightsThatCanBeUsed) {
  std::stop_source stop;
  stop.request_stop();
  const auto summary = finetune(fromPair("stopped", 4), stop.get_token());
  if (!summary) {
    EXPECT_EQ(summary.error().code, ErrorCode::Cancelled);
    return;
  }
  EXPECT_TRUE(summary->stopped);
  const auto left = loadModel(summary->weights);
  EXPECT_TRUE(left && left->parts.coarse);
}

TEST_F(FinetuningTest, ALoneNetworkLearnsByItself) {
  const TrainOptions base = options("lone", 1);
  ASSERT_TRUE(train(base));
  const TrainOptions o = onFrom(base.output / "latest.safetensors", "tuned", 2);
  const auto summary = finetune(o);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->steps, 2);
  EXPECT_FALSE(std::filesystem::exists(o.output / kLoudFolder));
  EXPECT_FALSE(loadModel(summary->weights)->parts.coarse);
}

TEST_F(FinetuningTest, WeightsThatAreNotThereAreRefused) {
  EXPECT_FALSE(finetune(onFrom(folder_ / "absent.safetensors", "tuned", 2)));
}

}  // namespace
}  // namespace kinescore
