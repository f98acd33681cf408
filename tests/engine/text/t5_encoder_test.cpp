#include "engine/text/t5_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>

#include "engine/storage/safetensors.h"
#include "engine/text/t5_prompts.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kFolder = KINESCORE_TEST_DATA_DIR "/t5";
constexpr int kTexts = 3;

TorchRuntime& runtime() {
  static const std::unique_ptr<TorchRuntime> opened = TorchRuntime::open({.wantCuda = false}).value();
  return *opened;
}

std::vector<double> doublesOf(const TensorView& view) {
  std::vector<double> values(static_cast<std::size_t>(view.elementCount()));
  std::memcpy(values.data(), view.bytes.data(), view.bytes.size());
  return values;
}

/// Largest difference as a part of the largest number, or of one where all are smaller.
double relativeDifference(const std::vector<float>& got, const std::vector<double>& wanted) {
  EXPECT_EQ(got.size(), wanted.size());
  double largest = 1, difference = 0;
  for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i) {
    largest = std::max(largest, std::abs(wanted[i]));
    difference = std::max(difference, std::abs(double(got[i]) - wanted[i]));
  }
  return difference / largest;
}

/// What tests/data/t5/make_reference.py computed in float64.
class T5EncoderTest : public testing::Test {
 protected:
  T5EncoderTest() {
    for (int i = 0; i < kTexts; ++i) {
      std::vector<int> ids;
      for (const float id : reference_.find("ids." + std::to_string(i))->toFloats()) ids.push_back(int(id));
      texts_.push_back(std::move(ids));
      states_.push_back(doublesOf(*reference_.find("states." + std::to_string(i))));
    }
  }
  std::unique_ptr<T5Encoder> open(const T5Options& options, const fs::path& weights = kFolder) {
    auto encoder = T5Encoder::open(runtime(), weights, options);
    EXPECT_TRUE(encoder) << encoder.error().message;
    return *std::move(encoder);
  }
  /// The model's file with something changed.
  fs::path changed(const std::function<void(std::map<std::string, TensorView>&)>& change) {
    const auto file = SafetensorsFile::load(kFolder / "model.safetensors").value();
    auto tensors = file.tensors();
    change(tensors);
    SafetensorsWriter writer;
    for (const auto& [name, view] : tensors) writer.addBytes(name, view.type, view.shape, std::string(view.bytes));
    putBytes(folder_ / "changed.safetensors", writer.write());
    return folder_ / "changed.safetensors";
  }
  void expectRefused(const fs::path& weights, const std::string& part) {
    const auto encoder = T5Encoder::open(runtime(), weights, {});
    ASSERT_FALSE(encoder) << part;
    EXPECT_THAT(encoder.error().message, HasSubstr(part));
  }

  SafetensorsFile reference_ = SafetensorsFile::load(kFolder / "expected.safetensors").value();
  std::vector<std::vector<int>> texts_;
  std::vector<std::vector<double>> states_;
  TemporaryFolder folder_;
};

TEST_F(T5EncoderTest, AgreesWithTheReference) {
  const auto encoder = open({});
  EXPECT_EQ(encoder->sizes().layers, 2);
  EXPECT_EQ(encoder->sizes().heads, 3);
  EXPECT_EQ(encoder->sizes().headWidth, 4);
  const auto got = encoder->encode(texts_);
  ASSERT_TRUE(got) << got.error().message;
  for (int i = 0; i < kTexts; ++i) {
    const double difference = relativeDifference((*got)[i], states_[i]);
    EXPECT_LE(difference, 1e-5) << texts_[i].size() << " pieces";
    char text[32];
    std::snprintf(text, sizeof text, "%.1e", difference);
    RecordProperty("difference" + std::to_string(i), text);
  }
}

TEST_F(T5EncoderTest, AloneOrTogetherKeptOrReadAnewTheBitsAreTheSame) {
  const auto streamed = open({}), kept = open({.keepsLayers = true});
  const auto together = streamed->encode(texts_).value();
  EXPECT_EQ(kept->encode(texts_).value(), together);
  EXPECT_EQ(kept->encode(texts_).value(), together) << "with the layers of the first call";
  for (int i = 0; i < kTexts; ++i) EXPECT_EQ(streamed->encode(std::span(texts_).subspan(i, 1)).value()[0], together[i]);
  EXPECT_EQ(kept->weightBytes(), 2 * streamed->weightBytes());
  EXPECT_TRUE(streamed->encode({}).value().empty());
}

TEST_F(T5EncoderTest, HalfPrecisionStaysNear) {
  const auto encoder = open({.halfPrecision = true});
  const auto got = encoder->encode(texts_);
  ASSERT_TRUE(got) << got.error().message;
  for (int i = 0; i < kTexts; ++i) {
    const double difference = relativeDifference((*got)[i], states_[i]);
    EXPECT_GT(difference, 1e-6) << "it is another arithmetic";
    EXPECT_LE(difference, 0.03);
  }
}

TEST_F(T5EncoderTest, DistancesFallIntoTheirBuckets) {
  const auto wanted = reference_.find("buckets")->toFloats();
  for (int distance = -200; distance <= 200; ++distance)
    EXPECT_EQ(t5Bucket(distance, 32), int(wanted[distance + 200])) << distance;
  EXPECT_EQ(t5Bucket(0, 32), 0);
  EXPECT_EQ(t5Bucket(1, 32), 17);
  EXPECT_EQ(t5Bucket(-1, 32), 1);
  EXPECT_EQ(t5Bucket(-16, 32), 10);
  EXPECT_EQ(t5Bucket(1000, 32), 31);
}

TEST_F(T5EncoderTest, WeightsInSeveralFilesGiveTheSame) {
  const auto file = SafetensorsFile::load(kFolder / "model.safetensors").value();
  SafetensorsWriter shards[2];
  std::string map;
  int next = 0;
  for (const auto& [name, view] : file.tensors()) {
    const int shard = next++ % 2;
    shards[shard].addBytes(name, view.type, view.shape, std::string(view.bytes));
    map += (map.empty() ? "\"" : ", \"") + name + "\": \"part-" + std::to_string(shard) + ".safetensors\"";
  }
  for (int i = 0; i < 2; ++i) putBytes(folder_ / ("part-" + std::to_string(i) + ".safetensors"), shards[i].write());
  putBytes(folder_ / "model.safetensors.index.json", "{\"weight_map\": {" + map + "}}");
  EXPECT_EQ(open({}, folder_.path())->encode(texts_).value(), open({})->encode(texts_).value());
}

TEST_F(T5EncoderTest, TheEmbeddingGoesByEitherName) {
  const fs::path renamed = changed([](auto& tensors) {
    tensors["encoder.embed_tokens.weight"] = tensors["shared.weight"];
    tensors.erase("shared.weight");
  });
  EXPECT_EQ(open({}, renamed)->encode(texts_).value(), open({})->encode(texts_).value());
}

TEST_F(T5EncoderTest, WrongWeightsAreNamed) {
  expectRefused(folder_ / "none", "does not exist");
  expectRefused(changed([](auto& t) { t.erase("encoder.block.1.layer.1.DenseReluDense.wo.weight"); }),
                "block.1.layer.1.DenseReluDense.wo.weight” is missing");
  expectRefused(changed([](auto& t) {
                  t["encoder.block.1.layer.0.SelfAttention.k.weight"].shape = {10, 12};
                }),
                "another shape");
  expectRefused(changed([](auto& t) {
                  t["encoder.block.0.layer.1.DenseReluDense.wi_0.weight"] = t["decoder.final_layer_norm.weight"];
                }),
                "T5 1.1");
  expectRefused(changed([](auto& t) {
                  t["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"].shape = {3, 32};
                }),
                "a size of theirs cannot be");
  std::string nan(40, '\0');
  nan[2] = '\xc0';
  nan[3] = '\x7f';
  const fs::path broken = changed([&](auto& t) { t["encoder.block.1.layer.1.layer_norm.weight"].bytes = nan; });
  EXPECT_THAT(open({}, broken)->encode(texts_).error().message, HasSubstr("not finite"));
}

TEST_F(T5EncoderTest, StopsBetweenLayers) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(open({})->encode(texts_, stop.get_token()).error().code, ErrorCode::Cancelled);
}

TEST_F(T5EncoderTest, PromptsBecomeFiftyRowsWithZerosBehind) {
  auto encoder = T5PromptEncoder::open(runtime(), kFolder, {});
  ASSERT_TRUE(encoder) << encoder.error().message;
  const std::vector<std::string> prompts = {"walking", "", "walk turns."};
  const auto got = (*encoder)->encode(prompts);
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->size(), 3u);
  const std::vector<std::vector<int>> ids = {{4, 5, 1}, {4, 18, 19, 20, 1}};
  const auto states = open({})->encode(ids).value();
  const auto expectPrompt = [](const T5Prompt& prompt, int pieces, std::vector<float> rows) {
    EXPECT_EQ(prompt.pieces, pieces);
    rows.resize(50 * 10, 0.0f);
    EXPECT_EQ(prompt.values, rows);
  };
  expectPrompt((*got)[0], 3, states[0]);
  expectPrompt((*got)[1], 0, {});
  expectPrompt((*got)[2], 5, states[1]);
  EXPECT_THAT(T5PromptEncoder::open(runtime(), folder_.path(), {}).error().message, HasSubstr("spiece.model"));
}

}  // namespace
}  // namespace kinescore
