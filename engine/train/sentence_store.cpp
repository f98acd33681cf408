#include "engine/train/sentence_store.h"

#include "engine/core/files.h"
#include "engine/generation/denoiser.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

// Numbers as they come back from the file, so that a first run and a later one see the same bits.
void roundToHalf(std::vector<float>& values) {
  for (float& value : values) value = floatFromHalf(halfFromFloat(value));
}

}  // namespace

SentenceStore::SentenceStore(std::filesystem::path file, SentenceEncoder encoder)
    : file_(std::move(file)), encoder_(std::move(encoder)) {
  std::error_code ignored;
  if (!std::filesystem::exists(file_, ignored)) return;
  auto stored = SafetensorsFile::load(file_);
  if (!stored) return;
  const auto list = stored->metadata().find("sentences");
  if (list == stored->metadata().end()) return;
  auto json = parseJson(list->second, "embedded captions");
  auto tokens = stored->require("tokens", {-1, kTextWidth});
  auto sentences = stored->require("sentences", {-1, kTextWidth});
  if (!json || !json->is_array() || !tokens || !sentences || sentences->shape[0] != std::int64_t(json->size())) return;
  const std::vector<float> tokenValues = tokens->toFloats(), sentenceValues = sentences->toFloats();
  std::size_t at = 0, number = 0;
  for (const auto& entry : *json) {
    if (!entry.is_object() || !entry.contains("text") || !entry.contains("words") || !entry["text"].is_string()) return;
    auto embedding = std::make_shared<TextEmbedding>();
    for (const auto& word : entry["words"]) {
      if (!word.is_string()) return;
      embedding->words.push_back(word.get<std::string>());
    }
    const std::size_t count = embedding->words.size() * kTextWidth;
    if (at + count > tokenValues.size()) return;
    embedding->ids.assign(embedding->words.size(), 0);
    embedding->tokens.assign(tokenValues.begin() + at, tokenValues.begin() + at + count);
    embedding->sentence.assign(sentenceValues.begin() + number * kTextWidth,
                               sentenceValues.begin() + (number + 1) * kTextWidth);
    at += count;
    ++number;
    known_[entry["text"].get<std::string>()] = std::move(embedding);
  }
}

Result<std::shared_ptr<const TextEmbedding>> SentenceStore::encode(std::string_view sentence) {
  const auto found = known_.find(sentence);
  if (found != known_.end()) return found->second;
  auto fresh = encoder_(sentence);
  if (!fresh) return fresh.error();
  auto kept = std::make_shared<TextEmbedding>(**fresh);
  roundToHalf(kept->tokens);
  changed_ = true;
  return known_[std::string(sentence)] = std::move(kept);
}

Status SentenceStore::save() {
  if (!changed_) return {};
  nlohmann::json list = nlohmann::json::array();
  std::vector<float> tokens, sentences;
  for (const auto& [text, embedding] : known_) {
    list.push_back({{"text", text}, {"words", embedding->words}});
    tokens.insert(tokens.end(), embedding->tokens.begin(), embedding->tokens.end());
    sentences.insert(sentences.end(), embedding->sentence.begin(), embedding->sentence.end());
  }
  SafetensorsWriter writer;
  writer.setMetadata("sentences", list.dump());
  writer.addFloatsAsHalf("tokens", {std::int64_t(tokens.size()) / kTextWidth, kTextWidth}, tokens);
  writer.addFloats("sentences", {std::int64_t(sentences.size()) / kTextWidth, kTextWidth}, sentences);
  changed_ = false;
  return saveFileSafely(file_, writer.write());
}

}  // namespace kinescore
