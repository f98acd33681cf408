#include "engine/network/gem/weights.h"

#include <gtest/gtest.h>

#include "engine/network/gem/denoiser.h"
#include "engine/network/gem/motion_vector.h"
#include "engine/network/tensor_files.h"
#include "tests/engine/network/gem/goldens.h"

namespace kinescore::gem {
namespace {

const std::string kDenoiser = kDenoiserPrefix;

// A file of small weights as the tests want it: everything by name, changed before it is written.
class GemWeights : public testing::Test {
 protected:
  GemWeights() {
    for (const auto& [name, tensor] : freshWeights(config_, 3)) tensors_[name] = tensor.contiguous();
    tensors_.erase(positionTableName());
  }

  SafetensorsFile file() const {
    SafetensorsWriter writer;
    writer.setMetadata("num_heads", heads_);
    for (const auto& [name, tensor] : tensors_) writer.addFloats(name, tensor.sizes().vec(), floatsOf(tensor));
    return SafetensorsFile::read(writer.write()).value();
  }
  void expectRefused(const std::string& sentencePart) const {
    const auto weights = readWeights(file(), config_);
    ASSERT_FALSE(weights);
    EXPECT_NE(weights.error().message.find(sentencePart), std::string::npos) << weights.error().message;
  }

  Config config_ = smallConfig();
  std::string heads_ = "4";
  std::map<std::string, at::Tensor> tensors_;
};

// gem.md 0 and 3.9
TEST(GemWeightCounts, AreThoseOfThePublishedNetworks) {
  const auto full = trainedParameters(Config::full()), regression = trainedParameters(Config::regression());
  EXPECT_EQ(parameterCount(full), 430'826'272);
  EXPECT_EQ(parameterCount(regression), 43'295'008);
  const auto constants = constantTensors(Config::full());
  std::int64_t buffers = 0;
  for (const ConstantSpec& constant : constants) buffers += constant.shape[0];
  // with a counter for each batch norm, and the table of sinusoids once for the denoiser, once for the time and once
  // a text block
  const std::size_t batchNorms = constants.size() / 2, tables = 18;
  EXPECT_EQ(full.size() + constants.size() + batchNorms + tables, 709u);
  EXPECT_EQ(parameterCount(full) + buffers + std::int64_t(batchNorms) + 18 * kPositionRows * 1024, 522'988'208);
  EXPECT_EQ(regression.size() + constantTensors(Config::regression()).size() + 2, 267u);
}

TEST_F(GemWeights, ComeBackWithTheirSizes) {
  const SafetensorsFile written = file();
  const auto config = configOfWeights(written);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*config, config_);
  const auto weights = readWeights(written, *config);
  ASSERT_TRUE(weights) << weights.error().message;
  for (const auto& [name, tensor] : tensors_) EXPECT_TRUE(at::equal(weights->at(name), tensor)) << name;
  EXPECT_TRUE(at::equal(weights->at(positionTableName()), positionTable(config_.width)));
}

TEST_F(GemWeights, CopiesAndCountersOfCheckpointsArePassedOver) {
  tensors_["audio_encoder.0.bn1.num_batches_tracked"] = at::zeros({1});
  tensors_[kDenoiser + "embed_timestep.sequence_pos_encoder.pe"] = at::zeros({3});
  tensors_[kDenoiser + "text_encoder_layers.1.motion_pos_encoder.pe"] = at::zeros({3});
  EXPECT_TRUE(readWeights(file(), config_));
}

TEST_F(GemWeights, AMissingTensorIsNamed) {
  tensors_.erase("embed_noisyobs.fc1.weight");
  expectRefused("“embed_noisyobs.fc1.weight” is missing");
}

TEST_F(GemWeights, AWrongShapeIsNamed) {
  tensors_["learned_pos_params"] = at::zeros({17, 31});
  expectRefused("“learned_pos_params” is 17 × 31 and not 17 × 32");
}

TEST_F(GemWeights, AnUnknownTensorIsNamed) {
  tensors_["somebody.elses"] = at::zeros({2});
  expectRefused("“somebody.elses” belongs to something else");
}

TEST_F(GemWeights, HeadsThatDoNotDivideTheWidthAreRefused) {
  for (const char* heads : {"5", "0", "many", "-4", "99999"}) {
    heads_ = heads;
    EXPECT_FALSE(configOfWeights(file())) << heads;
  }
  tensors_.clear();
  EXPECT_FALSE(configOfWeights(file()));
}

TEST_F(GemWeights, AFreshNetworkRuns) {
  const Denoiser denoiser(config_, freshWeights(config_, 1));
  const ClipConditions clip = ClipConditions::empty(4);
  const ClipContext context = denoiser.prepare(gatherConditions({&clip, 1}), Branches::Guided);
  EXPECT_EQ(context.branches, 1) << "nothing to guide by";
  const at::Tensor time = denoiser.timeInput(at::full({1}, 10, at::kLong));
  const Prediction seen = denoiser.denoise(context, randomTensor({1, 4, kMotionChannels}, 1), time);
  EXPECT_EQ(seen.motion.size(2), kMotionChannels);
  EXPECT_TRUE(at::isfinite(seen.motion).all().item<bool>());
}

}  // namespace
}  // namespace kinescore::gem
