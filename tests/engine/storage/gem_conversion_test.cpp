#include "engine/storage/gem_conversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include "engine/core/random.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors_stream.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/torch_files.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr GemSizes kSmall = {GemWiring::Regression, 16, 2};

std::vector<float> sinusoids(int width) {
  std::vector<float> table;
  for (int row = 0; row < kGemPositions; ++row) {
    for (int column = 0; column < width; ++column) {
      const double angle = row * std::pow(10000.0, -double(column - column % 2) / width);
      table.push_back(float(column % 2 == 0 ? std::sin(angle) : std::cos(angle)));
    }
  }
  return table;
}

/// All tensors of a model with random numbers, as the published file has them.
std::vector<FloatTensor> randomModel(const GemSizes& sizes) {
  CounterRandom random(9);
  std::vector<FloatTensor> model;
  for (const GemTensor& tensor : gemTensors(sizes)) {
    FloatTensor t{tensor.name, tensor.shape, {}};
    if (tensor.role == GemRole::PositionTable || tensor.role == GemRole::TableCopy) {
      t.values = sinusoids(sizes.width);
    } else {
      for (std::int64_t i = 0; i < tensor.elementCount(); ++i) t.values.push_back(float(random.below(2001)) / 1000);
    }
    model.push_back(std::move(t));
  }
  return model;
}

FloatTensor& named(std::vector<FloatTensor>& model, const std::string& end) {
  for (FloatTensor& tensor : model) {
    if (tensor.name.ends_with(end)) return tensor;
  }
  throw std::runtime_error(end);
}

void rename(std::vector<FloatTensor>& model, const std::function<std::string(const std::string&)>& change) {
  for (FloatTensor& tensor : model) tensor.name = change(tensor.name);
}

class GemConversionTest : public testing::Test {
 protected:
  Result<GemConversionSummary> convert(const std::vector<FloatTensor>& model, GemConversionOptions options = {}) {
    putBytes(folder_ / "gem.ckpt", torchCheckpoint(model));
    output_ = folder_ / ("gem" + std::to_string(++count_) + ".safetensors");
    return convertGemCheckpoint(folder_ / "gem.ckpt", output_, options, {}, {});
  }
  void expectRefused(const std::vector<FloatTensor>& model, const std::string& part,
                     GemConversionOptions options = {}) {
    const auto summary = convert(model, options);
    ASSERT_FALSE(summary) << part;
    EXPECT_THAT(summary.error().message, HasSubstr(part));
    EXPECT_FALSE(fs::exists(output_)) << "nothing is left behind";
    EXPECT_FALSE(fs::exists(fs::path(output_).replace_extension(".json")));
  }
  void expectSameAs(const std::vector<FloatTensor>& model) {
    const auto file = SafetensorsFile::load(output_);
    ASSERT_TRUE(file) << file.error().message;
    for (const FloatTensor& tensor : model) {
      if (const TensorView* view = file->find(tensor.name)) {
        EXPECT_EQ(view->shape, tensor.shape) << tensor.name;
        EXPECT_EQ(view->toFloats(), tensor.values) << tensor.name;
      }
    }
  }

  TemporaryFolder folder_;
  fs::path output_;
  int count_ = 0;
};

TEST_F(GemConversionTest, EveryNumberArrivesUnderItsName) {
  const std::vector<FloatTensor> model = randomModel(kSmall);
  const auto summary = convert(model);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->sizes, kSmall);
  EXPECT_EQ(summary->namesRead, model.size());
  EXPECT_EQ(summary->tensorsWritten, model.size() - 1) << "all but the copy of the table";
  EXPECT_EQ(summary->parameters, parameterCount(gemTensors(kSmall)));
  EXPECT_THAT(summary->notes, IsEmpty());
  expectSameAs(model);
  EXPECT_EQ(SafetensorsFile::load(output_)->tensors().size(), summary->tensorsWritten);
}

TEST_F(GemConversionTest, TheCardTellsWhatItIs) {
  const auto summary = convert(randomModel(kSmall), {.heads = 4});
  ASSERT_TRUE(summary) << summary.error().message;
  const auto card = parseJson(bytesOf(summary->card), "card").value();
  EXPECT_EQ(card["architecture"], "gem");
  EXPECT_EQ(card["wiring"], "gem_smpl_regression");
  EXPECT_EQ(card["sizes"], nlohmann::json::parse(R"({"width": 16, "layers": 2, "heads": 4})"));
  EXPECT_EQ(card["text"], false);
  EXPECT_EQ(card["parameters"], summary->parameters);
  EXPECT_EQ(card["sha256"], sha256Hex(bytesOf(output_)));
  EXPECT_EQ(card["source"]["file"], "gem.ckpt");
  EXPECT_EQ(card["source"]["sha256"], sha256Hex(bytesOf(folder_ / "gem.ckpt")));
  EXPECT_EQ(card["source"]["global_step"], 500000);
  EXPECT_THAT(card["licence"].get<std::string>(), HasSubstr("research only"));
}

TEST_F(GemConversionTest, TheFullWiringIsToldByItsTextLayers) {
  const GemSizes sizes = {GemWiring::Full, 8, 1};
  const std::vector<FloatTensor> model = randomModel(sizes);
  const auto summary = convert(model, {.heads = 2});
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->sizes, sizes);
  EXPECT_EQ(summary->tensorsWritten, model.size() - 2 - 16) << "without two copies of the table and 16 counters";
  expectSameAs(model);
}

TEST_F(GemConversionTest, NamesMayStandInOtherPlaces) {
  const std::vector<FloatTensor> published = randomModel(kSmall);
  const std::string prefix(kGemDenoiserPrefix);
  std::vector<FloatTensor> model = published;
  rename(model, [](const std::string& name) { return "model." + name; });
  ASSERT_TRUE(convert(model));
  expectSameAs(published);
  model = published;
  rename(model, [&](const std::string& name) { return name.starts_with(prefix) ? name.substr(prefix.size()) : name; });
  ASSERT_TRUE(convert(model));
  expectSameAs(published);
  model = published;
  rename(model, [&](const std::string& name) { return name.starts_with(prefix) ? name : prefix + name; });
  ASSERT_TRUE(convert(model));
  expectSameAs(published);
}

TEST_F(GemConversionTest, OnePositionTableIsEnough) {
  std::vector<FloatTensor> model = randomModel(kSmall);
  std::erase_if(model, [](const FloatTensor& t) { return t.name.ends_with("embed_timestep.sequence_pos_encoder.pe"); });
  ASSERT_TRUE(convert(model));
  named(model, "sequence_pos_encoder.pe").name =
      std::string(kGemDenoiserPrefix) + "embed_timestep.sequence_pos_encoder.pe";
  ASSERT_TRUE(convert(model));
  EXPECT_NE(SafetensorsFile::load(output_)->find(kGemPositionTable), nullptr);
  std::erase_if(model, [](const FloatTensor& t) { return t.name.ends_with(".pe"); });
  expectRefused(model, "table of positions");
}

TEST_F(GemConversionTest, LeftoversOfTrainingAreLeftOut) {
  std::vector<FloatTensor> model = randomModel(kSmall);
  model.push_back({"pipeline.endecoder.mean", {1}, {1}});
  model.push_back({"body_model.faces", {1}, {1}});
  const auto summary = convert(model);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_THAT(summary->notes, Contains(HasSubstr("2 tensors of the training code's")));
}

TEST_F(GemConversionTest, WrongCheckpointsAreRefusedWithTheName) {
  const std::vector<FloatTensor> good = randomModel(kSmall);
  std::vector<FloatTensor> model = good;
  named(model, "blocks.1.attn.key.weight").values[5] = std::numeric_limits<float>::quiet_NaN();
  expectRefused(
      model, "“pipeline.denoiser3d.denoiser.blocks.1.attn.key.weight” holds a number that is not finite, at element 5");
  named(model, "blocks.1.attn.key.weight").values[5] = std::numeric_limits<float>::infinity();
  expectRefused(model, "not finite");
  model = good;
  named(model, "final_layer.fc2.bias") = {
      "pipeline.denoiser3d.denoiser.final_layer.fc2.bias", {150}, std::vector<float>(150)};
  expectRefused(model, "has the shape [150] where [151] was expected");
  model = good;
  std::erase_if(model, [](const FloatTensor& t) { return t.name.find("blocks.0.norm") != std::string::npos; });
  expectRefused(model, "4 tensors are missing");
  model = good;
  std::erase_if(model, [](const FloatTensor& t) {
    return t.name.find("blocks.1.") != std::string::npos && !t.name.ends_with("gate_msa");
  });
  expectRefused(model, "are missing for gem_smpl_regression");
  model = good;
  model.push_back({"pipeline.denoiser3d.denoiser.blocks.400000000000.gate_msa", {1}, {1}});
  expectRefused(model, "1 tensor that gem_smpl_regression does not have");
  model = good;
  model.push_back({"text_encoder.shared.weight", {1}, {1}});
  expectRefused(model, "the first is “text_encoder.shared.weight”; if you know");
  EXPECT_TRUE(convert(model, {.leaveOutExtra = true}));
  expectRefused({{"w", {1}, {1}}}, "it is none of GEM");
  expectRefused({{"add_cond_linear.weight", {4, 4}, std::vector<float>(16)}}, "not [width, width + 151]");
  expectRefused(good, "cannot be shared by 3 heads", {.heads = 3});
}

TEST_F(GemConversionTest, StrangeNumbersAreNoted) {
  std::vector<FloatTensor> model = randomModel(kSmall);
  for (FloatTensor& tensor : model) {
    if (tensor.name.find("gate_") != std::string::npos) std::fill(tensor.values.begin(), tensor.values.end(), 0.0f);
    if (tensor.name.ends_with(".pe")) tensor.values[37 * 16] += 0.1f;
  }
  const auto summary = convert(model);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_THAT(summary->notes, Contains(HasSubstr("never trained")));
  EXPECT_THAT(summary->notes, Contains(HasSubstr("table of positions")));
  std::vector<FloatTensor> full = randomModel({GemWiring::Full, 8, 1});
  named(full, "audio_encoder.2.bn1.running_var").values[3] = -1;
  expectRefused(full, "a variance below zero", {.heads = 2});
}

TEST_F(GemConversionTest, NothingIsEverReplaced) {
  putBytes(folder_ / "gem.ckpt", torchCheckpoint(randomModel(kSmall)));
  const auto convertTo = [&](const char* name) {
    return convertGemCheckpoint(folder_ / "gem.ckpt", folder_ / name, {}, {}, {});
  };
  putBytes(folder_ / "mine.safetensors", "mine");
  EXPECT_THAT(convertTo("mine.safetensors").error().message, HasSubstr("is there already"));
  EXPECT_EQ(bytesOf(folder_ / "mine.safetensors"), "mine");
  putBytes(folder_ / "other.json", "card");
  EXPECT_THAT(convertTo("other.safetensors").error().message, HasSubstr("is there already"));
  EXPECT_THAT(convertTo("gem.bin").error().message, HasSubstr("must end in .safetensors"));
  EXPECT_THAT(convertTo("none/gem.safetensors").error().message, HasSubstr("does not exist"));
}

TEST_F(GemConversionTest, StopsWhenAskedAndLeavesNothing) {
  putBytes(folder_ / "gem.ckpt", torchCheckpoint(randomModel(kSmall)));
  for (const std::string phase : {"Hashing", "Converting", "Checking"}) {
    std::stop_source stop;
    const auto summary = convertGemCheckpoint(
        folder_ / "gem.ckpt", folder_ / "gem.safetensors", {},
        [&](std::string_view doing, double fraction) {
          EXPECT_GE(fraction, 0);
          EXPECT_LE(fraction, 1);
          if (doing == phase) stop.request_stop();
        },
        stop.get_token());
    ASSERT_FALSE(summary) << phase;
    EXPECT_EQ(summary.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1)
        << "only the checkpoint";
  }
}

/// The reference's own small model: what comes out is, bit for bit, what its file says.
TEST_F(GemConversionTest, TheReferencesModelComesThrough) {
  const char* chosen = std::getenv("KINESCORE_GOLDENS");
  const fs::path golden = (chosen ? fs::path(chosen) : fs::path(KINESCORE_SOURCE_DIR) / "../shared/goldens") /
                          "gem/denoiser_tiny.safetensors";
  if (!fs::exists(golden)) GTEST_SKIP() << "no goldens";
  const auto file = SafetensorsFile::load(golden);
  ASSERT_TRUE(file) << file.error().message;
  std::vector<FloatTensor> model;
  for (const auto& [name, view] : file->tensors()) {
    if (!name.starts_with("golden.")) model.push_back({name, view.shape, view.toFloats()});
  }
  const auto summary = convert(model, {.heads = 4});
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->sizes, (GemSizes{GemWiring::Full, 64, 2}));
  EXPECT_EQ(summary->tensorsWritten, 244u - 16u) << "without the counters";
  EXPECT_THAT(summary->notes, IsEmpty());
  expectSameAs(model);
}

}  // namespace
}  // namespace kinescore
