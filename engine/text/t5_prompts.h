// Prompts as GEM takes them: SentencePiece and T5, 50 rows a prompt whatever its length.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/sentence_piece.h"
#include "engine/text/t5_encoder.h"

namespace kinescore {

inline constexpr int kT5PromptRows = 50;

struct T5Prompt {
  int pieces = 0;  // rows that stand for something, “</s>” included; the others are zero
  std::vector<float> values;  // [50][width]
};

/// The ids of a prompt: its pieces, cut to 49, then “</s>”. A prompt without any (no text at all, or nothing but
/// spaces) has no ids, and no “</s>” either: for GEM no text is rows of zeros, not T5's idea of an empty one.
[[nodiscard]] std::vector<int> t5Ids(const SentencePiece& pieces, std::string_view prompt);

/// Ok when every file of t5-3b is in a folder, else which one is not. Damage in them shows when they are opened.
[[nodiscard]] Status checkT5Files(const std::filesystem::path& folder);

class T5PromptEncoder {
 public:
  /// The folder holds spiece.model and the weights, as t5-3b is published (see T5Encoder::open).
  [[nodiscard]] static Result<std::unique_ptr<T5PromptEncoder>> open(TorchRuntime& runtime,
                                                                     const std::filesystem::path& folder,
                                                                     const T5Options& options);
  /// All at once, so that a layer is read once for all of them.
  [[nodiscard]] Result<std::vector<T5Prompt>> encode(std::span<const std::string> prompts, std::stop_token stop = {});

  [[nodiscard]] const T5Encoder& network() const { return *network_; }

 private:
  T5PromptEncoder(SentencePiece pieces, std::unique_ptr<T5Encoder> network)
      : pieces_(std::move(pieces)), network_(std::move(network)) {}
  SentencePiece pieces_;
  std::unique_ptr<T5Encoder> network_;
};

}  // namespace kinescore
