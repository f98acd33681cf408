#include "engine/text/text_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "engine/core/files.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors.h"
#include "engine/text/minilm.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

TorchRuntime& runtime() {
  static const std::unique_ptr<TorchRuntime> opened = TorchRuntime::open({.wantCuda = false}).value();
  return *opened;
}

fs::path goldenFolder() {
  const char* chosen = std::getenv("KINESCORE_GOLDENS");
  return (chosen ? fs::path(chosen) : fs::path(KINESCORE_SOURCE_DIR) / "../shared/goldens") / "minilm";
}

double worstDifference(std::span<const float> a, std::span<const float> b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) worst = std::max(worst, std::abs(double(a[i]) - b[i]));
  return worst;
}

class TextEncoderTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = findTextModelFolder();
    if (!folder) GTEST_SKIP() << "MiniLM is not installed";
    auto opened = TextEncoder::open(runtime(), *folder);
    ASSERT_TRUE(opened) << opened.error().message;
    encoder_ = std::move(*opened);
    const auto json = parseJson(*readFile(KINESCORE_TEST_DATA_DIR "/minilm/sentences.json"), "goldens").value();
    for (const auto& entry : json.at("sentences")) sentences_.push_back(entry.at("text"));
  }

  std::unique_ptr<TextEncoder> encoder_;
  std::vector<std::string> sentences_;
};

TEST_F(TextEncoderTest, AgreesWithTheCommittedReference) {
  const auto file = SafetensorsFile::load(KINESCORE_TEST_DATA_DIR "/minilm/embeddings.safetensors");
  ASSERT_TRUE(file) << file.error().message;
  const auto pooled = file->require("sentence_embeddings", {12, 384})->toFloats();
  for (int i = 0; i < 12; ++i) {
    const auto got = encoder_->encode(sentences_[i]);
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_LE(worstDifference((*got)->sentence, std::span(pooled).subspan(i * 384, 384)), 1e-5) << sentences_[i];
    if (const TensorView* tokens = file->find("tokens_" + std::to_string(i))) {
      EXPECT_LE(worstDifference((*got)->tokens, tokens->toFloats()), 1e-4) << sentences_[i];
    }
  }
}

TEST_F(TextEncoderTest, AgreesWithTheFullReference) {
  if (!fs::exists(goldenFolder())) GTEST_SKIP() << "the large goldens are not here";
  const auto file = SafetensorsFile::load(goldenFolder() / "minilm.safetensors");
  ASSERT_TRUE(file) << file.error().message;
  const auto tokens = file->require("token_embeddings", {12, 25, 384})->toFloats();
  for (int i = 0; i < 12; ++i) {
    const auto got = encoder_->encode(sentences_[i]).value();
    const std::span expected = std::span(tokens).subspan(std::size_t(i) * 25 * 384, got->tokens.size());
    EXPECT_LE(worstDifference(got->tokens, expected), 1e-4) << sentences_[i];
  }
}

TEST_F(TextEncoderTest, ARepeatIsTheSameObject) {
  const auto first = encoder_->encode("walk forward").value();
  ASSERT_TRUE(encoder_->encode("turn left"));
  EXPECT_EQ(encoder_->encode("walk forward").value(), first);
}

TEST_F(TextEncoderTest, AnEmptyPromptHasOnlyTheMarkers) {
  const auto nothing = encoder_->encode("").value();
  EXPECT_EQ(nothing->ids, (std::vector<int>{101, 102}));
  EXPECT_EQ(nothing->tokens.size(), 2u * 384);
}

TEST(TextEncoder, AFolderWithoutTheModelIsNamed) {
  const auto opened = TextEncoder::open(runtime(), "/nowhere/at/all");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::NotFound);
  EXPECT_NE(opened.error().message.find("/nowhere/at/all"), std::string::npos);
}

TEST(TextEncoder, DamagedWeightsAreOneSentence) {
  const auto folder = findTextModelFolder();
  if (!folder) GTEST_SKIP() << "MiniLM is not installed";
  const fs::path copy = fs::path(testing::TempDir()) / "damaged_minilm";
  fs::create_directories(copy);
  fs::copy_file(*folder / "vocab.txt", copy / "vocab.txt", fs::copy_options::overwrite_existing);
  SafetensorsWriter writer;
  writer.addFloats("embeddings.word_embeddings.weight", {2, 3}, std::vector<float>(6));
  ASSERT_TRUE(saveFileSafely(copy / "model.safetensors", writer.write()));
  auto encoder = TextEncoder::open(runtime(), copy);
  ASSERT_TRUE(encoder);
  const auto wrongShape = (*encoder)->encode("walk");
  ASSERT_FALSE(wrongShape);
  EXPECT_EQ(wrongShape.error().code, ErrorCode::BadInput);

  ASSERT_TRUE(saveFileSafely(copy / "model.safetensors", "not a tensor file"));
  EXPECT_FALSE((*encoder)->encode("walk"));
  fs::remove_all(copy);
}

TEST(TextEncoder, TheEnvironmentNamesTheFolder) {
  const char* before = std::getenv("KINESCORE_TEXT_MODEL");
  const std::string saved = before ? before : "";
  setenv("KINESCORE_TEXT_MODEL", "/nowhere/at/all", 1);
  const auto folder = findTextModelFolder();
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find("/nowhere/at/all"), std::string::npos);
  if (before) setenv("KINESCORE_TEXT_MODEL", saved.c_str(), 1);
  else unsetenv("KINESCORE_TEXT_MODEL");
}

}  // namespace
}  // namespace kinescore
