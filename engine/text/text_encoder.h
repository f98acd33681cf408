// Sentences to vectors: WordPiece and MiniLM (all-MiniLM-L6-v2), in C++ on LibTorch.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

class TorchRuntime;

/// One sentence. Values are float32; see goldens: tokens within 1e-4, sentence within 1e-5.
struct TextEmbedding {
  std::vector<int> ids;               // with [CLS] and [SEP]
  std::vector<std::string> words;     // the piece of each id ("##ner")
  std::vector<float> tokens;          // [ids][384] last hidden state
  std::vector<float> sentence;        // [384] masked mean, L2-normalised
};

class TextEncoder {
 public:
  /// The folder holds model.safetensors and vocab.txt. Loads the weights at the first sentence.
  [[nodiscard]] static Result<std::unique_ptr<TextEncoder>> open(TorchRuntime& runtime,
                                                                 const std::filesystem::path& modelFolder);
  virtual ~TextEncoder() = default;
  /// Cached by content in memory; a repeat costs a look-up. Longer than 256 pieces: cut.
  [[nodiscard]] virtual Result<std::shared_ptr<const TextEmbedding>> encode(std::string_view sentence) = 0;
};

/// Where the MiniLM files lie: KINESCORE_TEXT_MODEL, beside the program, or the user's cache.
[[nodiscard]] Result<std::filesystem::path> findTextModelFolder();

}  // namespace kinescore
