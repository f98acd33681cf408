#include "engine/network/weights.h"

#include <gtest/gtest.h>

#include "engine/network/model_mean.h"
#include "engine/storage/json.h"
#include "engine/network/torch_denoiser.h"
#include "tests/engine/network/small_model.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

class WeightsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(saveModel(parts(), file_, {{"licence", "Apache-2.0"}})); }
  static const ModelParts& parts() {
    static const ModelParts made = smallModel();
    return made;
  }
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "small.safetensors";
};

TEST_F(WeightsTest, ComeBackInHalfPrecisionWithTheirCard) {
  auto model = loadModel(file_);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->parts.config, parts().config);
  EXPECT_EQ(model->parts.statistics.mean, parts().statistics.mean);
  EXPECT_TRUE(at::equal(model->parts.prior.rootModes, parts().prior.rootModes));
  EXPECT_LT((model->parts.values - parts().values).abs().max().item<double>(), 2e-3);
  EXPECT_EQ(model->card["licence"], "Apache-2.0");
  EXPECT_EQ(model->hash.size(), 64u);
}

TEST_F(WeightsTest, ACoarseNetworkComesAlong) {
  ModelParts both = parts();
  both.coarse = std::make_shared<const ModelParts>(smallCoarse(parts()));
  const std::filesystem::path file = folder_ / "both.safetensors";
  ASSERT_TRUE(saveModel(both, file, {{"licence", "Apache-2.0"}, {"coarse", {{"steps", 7}}}}));
  auto model = loadModel(file);
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_TRUE(model->parts.coarse);
  EXPECT_EQ(model->parts.coarse->config, both.coarse->config);
  EXPECT_LT((model->parts.coarse->values - both.coarse->values).abs().max().item<double>(), 2e-3);
  EXPECT_TRUE(at::equal(model->parts.coarse->prior.rootModes, parts().prior.rootModes));
  EXPECT_EQ(model->card["coarse"]["steps"], 7);
  // written without it, nothing of it stays
  model->parts.coarse = nullptr;
  ASSERT_TRUE(saveModel(model->parts, file, model->card));
  EXPECT_FALSE(loadModel(file)->parts.coarse);
  // a card that promises one which the file does not hold
  auto card = nlohmann::json::parse(bytesOf(cardPath(file)));
  card["coarse"]["sizes"] = jsonFromConfig(both.coarse->config);
  putBytes(cardPath(file), card.dump());
  auto missing = loadModel(file);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::BadInput) << missing.error().message;
}

TEST_F(WeightsTest, TheMeanOfTwoLiesBetweenThem) {
  ModelParts both = parts(), other = parts();
  both.coarse = std::make_shared<const ModelParts>(smallCoarse(parts()));
  ModelParts otherCoarse = *both.coarse;
  other.values = parts().values + 0.5;
  otherCoarse.values = both.coarse->values + 1;
  other.coarse = std::make_shared<const ModelParts>(otherCoarse);
  const std::filesystem::path first = folder_ / "first.safetensors", second = folder_ / "second.safetensors";
  const nlohmann::json about = {{"steps", 9}, {"x0_loss", 0.1}, {"coarse", {{"steps", 7}, {"validation", 1}}}};
  ASSERT_TRUE(saveModel(both, first, about));
  ASSERT_TRUE(saveModel(other, second, about));
  const std::filesystem::path mean = folder_ / "mean.safetensors";
  ASSERT_TRUE(writeMeanOfModels(first, second, 0.25, mean));
  const auto model = loadModel(mean);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_LT((model->parts.values - parts().values - 0.125).abs().max().item<double>(), 4e-3);
  EXPECT_LT((model->parts.coarse->values - both.coarse->values - 0.25).abs().max().item<double>(), 4e-3);
  EXPECT_EQ(model->card["steps"], 9);
  EXPECT_EQ(model->card["coarse"]["steps"], 7);
  EXPECT_FALSE(model->card.contains("x0_loss") || model->card["coarse"].contains("validation")) << "nobody measured the mean";
  EXPECT_EQ(model->card["mean_of"][0]["sha256"], loadModel(first)->hash);
  EXPECT_EQ(model->card["mean_of"][1]["share"], 0.25);
}

TEST_F(WeightsTest, ModelsThatDifferHaveNoMean) {
  ModelParts both = parts();
  both.coarse = std::make_shared<const ModelParts>(smallCoarse(parts()));
  const std::filesystem::path pair = folder_ / "pair.safetensors", moved = folder_ / "moved.safetensors";
  ASSERT_TRUE(saveModel(both, pair, {}));
  ModelParts other = parts();
  other.statistics.mean[7] += 1;
  ASSERT_TRUE(saveModel(other, moved, {}));
  const auto refusal = [&](const std::filesystem::path& second) {
    const Status written = writeMeanOfModels(file_, second, 0.5, folder_ / "none.safetensors");
    return written ? std::string() : written.error().message;
  };
  EXPECT_EQ(refusal(pair), "The two models have no mean: their sizes differ.");
  EXPECT_EQ(refusal(moved), "The two models have no mean: their statistics differ.");
  EXPECT_NE(refusal(folder_ / "nowhere.safetensors"), "");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.safetensors"));
}

TEST_F(WeightsTest, AChangedByteIsNoticed) {
  std::string bytes = bytesOf(file_);
  bytes[bytes.size() / 2] ^= 1;
  putBytes(file_, bytes);
  auto model = loadModel(file_);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::BadInput);
  EXPECT_NE(model.error().message.find("small.safetensors"), std::string::npos);
}

TEST_F(WeightsTest, AMissingOrForeignCardIsOneSentence) {
  const std::string card = bytesOf(cardPath(file_));
  for (const char* text : {"", "[]", "{}", R"({"architecture": "other"})", "not json"}) {
    putBytes(cardPath(file_), text);
    auto model = loadModel(file_);
    EXPECT_FALSE(model) << text;
  }
  auto json = nlohmann::json::parse(card);
  json["sizes"]["layers"] = 3;  // the file holds two
  putBytes(cardPath(file_), json.dump());
  EXPECT_FALSE(loadModel(file_));
  std::filesystem::remove(cardPath(file_));
  auto model = loadModel(file_);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::NotFound);
}

TEST_F(WeightsTest, MissingWeightsAreNotFound) {
  std::filesystem::remove(file_);
  auto model = loadModel(file_);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace kinescore
