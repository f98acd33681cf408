// BERT's uncased tokenizer: prompt to pieces of words to numbers. Needs vocab.txt alone.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

constexpr int kMaxTextPieces = 256;  // with [CLS] and [SEP]; MiniLM was trained on no more

struct TokenisedText {
  std::vector<int> ids;            // [CLS] … [SEP]
  std::vector<std::string> words;  // the piece of each id, "##ner" inside a word
};

class WordPiece {
 public:
  /// One piece a line; the line's number is its id. Must hold [CLS], [SEP] and [UNK].
  [[nodiscard]] static Result<WordPiece> read(std::string_view vocabulary);
  [[nodiscard]] static Result<WordPiece> load(const std::filesystem::path& vocabularyFile);

  /// Lower case, accents off, punctuation and ideographs split off, then the longest known piece
  /// from the left. A word of more than 100 characters, or with an unknown part, is [UNK].
  [[nodiscard]] TokenisedText tokenise(std::string_view text) const;

  [[nodiscard]] int size() const { return static_cast<int>(pieces_.size()); }

 private:
  WordPiece() = default;
  void appendWord(const std::vector<char32_t>& word, TokenisedText& out) const;

  std::vector<std::string> pieces_;
  std::unordered_map<std::string, int> idOfPiece_;
  int classId_ = 0, separatorId_ = 0, unknownId_ = 0;
};

}  // namespace kinescore
