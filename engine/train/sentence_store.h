// Embeddings of a data set's captions on disk: embedding thousands of sentences takes minutes, and every
// start of a run needs all of them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/train/caption_texts.h"

namespace kinescore {

class SentenceStore {
 public:
  /// Starts with what the file holds; a missing or damaged file starts empty.
  SentenceStore(std::filesystem::path file, SentenceEncoder encoder);

  [[nodiscard]] Result<std::shared_ptr<const TextEmbedding>> encode(std::string_view sentence);
  /// Writes the file when something was added. Tokens are kept as float16.
  [[nodiscard]] Status save();

 private:
  std::filesystem::path file_;
  SentenceEncoder encoder_;
  std::map<std::string, std::shared_ptr<const TextEmbedding>, std::less<>> known_;
  bool changed_ = false;
};

}  // namespace kinescore
