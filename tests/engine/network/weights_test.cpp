#include "engine/network/weights.h"

#include <gtest/gtest.h>

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
