// The words a trainer needs: every caption embedded once, for the clip as it is and for its mirror
// image.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/generation/denoiser.h"
#include "engine/text/text_encoder.h"

namespace kinescore {

/// The sentence for a mirrored motion: left and right (and clockwise and counterclockwise) swapped
/// as whole words, capitals kept.
[[nodiscard]] std::string mirroredCaption(std::string_view caption);

/// Answers with the embedding of one sentence; TextEncoder::encode, or a stand-in in tests.
using SentenceEncoder = std::function<Result<std::shared_ptr<const TextEmbedding>>(std::string_view)>;

/// Embeddings of all sentences in use, by number.
class CaptionTexts {
 public:
  /// The number of a sentence; equal sentences share one.
  [[nodiscard]] Result<int> add(std::string_view sentence, const SentenceEncoder& encoder);
  /// A text over the whole window; the caller sets its frames.
  [[nodiscard]] const TextTokens& text(int number) const { return texts_[number]; }
  [[nodiscard]] int count() const { return int(texts_.size()); }

 private:
  std::map<std::string, int, std::less<>> numbers_;
  std::vector<TextTokens> texts_;
};

}  // namespace kinescore
