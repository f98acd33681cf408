// SentencePiece's unigram tokeniser, as T5 was trained with it: reads a `spiece.model` file and cuts a text into
// the pieces whose scores add up to the most (Kudo 2018, "Subword Regularization", arXiv 1804.10959).
//
// Normalisation is what the file itself brings, whatever its name (T5: nmt_nfkc): a table of replacements that is
// searched for the longest match, then spaces are gathered and written as “▁”. A file without a table leaves the
// letters as they are. Other kinds of models (BPE, words, characters) are refused. Marks of the file that are no
// text, as “</s>”, are never found in a prompt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

/// The table of replacements of a SentencePiece model: a trie in two arrays (Aoe's double array, as Darts-clone
/// lays it out) from what stands in the text to a place in a list of texts.
class ReplacementTable {
 public:
  /// `packed`: bytes of the trie as uint32, the trie, texts each ending in a zero byte. Empty: no replacements.
  [[nodiscard]] static std::optional<ReplacementTable> read(std::string_view packed);

  struct Match {
    std::size_t length = 0;  // bytes of the text; 0: nothing matches
    std::string_view replacement;
  };
  /// The longest match at the beginning of `text`.
  [[nodiscard]] Match longestMatch(std::string_view text) const;

 private:
  ReplacementTable() = default;
  std::vector<std::uint32_t> units_;
  std::vector<char> texts_;  // not a string: a move must not change addresses
};

class SentencePiece {
 public:
  [[nodiscard]] static Result<SentencePiece> read(std::string_view model);
  [[nodiscard]] static Result<SentencePiece> load(const std::filesystem::path& file);
  SentencePiece(SentencePiece&&) = default;  // no copies: the index looks into the pieces
  SentencePiece& operator=(SentencePiece&&) = default;

  struct Token {
    int id = 0;
    std::string text;  // what of the normalised text it stands for
    bool operator==(const Token&) const = default;
  };
  /// The pieces of a text, none for an empty one. Neighbouring pieces that are unknown become one.
  [[nodiscard]] std::vector<Token> tokenise(std::string_view text) const;
  /// The text as it is cut up: replacements made, spaces as “▁”.
  [[nodiscard]] std::string normalise(std::string_view text) const;

  [[nodiscard]] int size() const { return static_cast<int>(pieces_.size()); }
  [[nodiscard]] const std::string& piece(int id) const { return pieces_[static_cast<std::size_t>(id)].text; }
  /// “</s>”, if the file has it.
  [[nodiscard]] std::optional<int> endId() const { return endId_; }

 private:
  enum class Kind { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };
  struct Piece {
    std::string text;
    float score = 0;
    Kind kind = Kind::Normal;
  };
  struct Settings {
    bool addsSpaceBefore = true;  // so that a first word looks like any other
    bool gathersSpaces = true;  // several become one, none at the ends
    bool marksSpaces = true;  // as “▁”
    bool spaceEndsWord = false;  // “▁” belongs to the word before it
  };

  SentencePiece() = default;
  [[nodiscard]] static std::optional<Piece> readPiece(std::string_view message);
  [[nodiscard]] Status readTrainer(std::string_view message);
  [[nodiscard]] Status readNormaliser(std::string_view message);
  [[nodiscard]] Status indexPieces();
  /// The replacement of what stands at the beginning and how much of the text that is.
  [[nodiscard]] ReplacementTable::Match nextReplacement(std::string_view text) const;
  struct Cut {
    int id;
    std::string_view text;
  };
  [[nodiscard]] std::vector<Cut> bestCuts(std::string_view text) const;

  std::vector<Piece> pieces_;
  std::unordered_map<std::string_view, int> idOfPiece_;  // of those that can stand in a text; views of pieces_
  std::vector<std::string> userDefined_;  // kept as they are by the normaliser
  std::vector<int> byteIds_;  // of “<0x00>”… where unknown letters are spelt in bytes
  bool spellsBytes_ = false;
  std::optional<ReplacementTable> table_;
  Settings settings_;
  std::size_t longestPieceBytes_ = 0;
  float unknownScore_ = 0, highestScore_ = 0;
  int unknownId_ = -1;
  std::optional<int> endId_;
};

}  // namespace kinescore
