#include "engine/text/sentence_piece.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "engine/core/files.h"
#include "engine/core/printable.h"
#include "engine/text/protobuf.h"

namespace kinescore {
namespace {

constexpr std::uint64_t kModelLimitBytes = 64u << 20;
constexpr std::size_t kMaxPieces = 1'000'000;
constexpr double kUnknownPenalty = 10;  // below the lowest score of a piece
constexpr double kUserDefinedScore = 0.1;
constexpr std::string_view kSpaceMark = "\xe2\x96\x81";  // “▁”
constexpr std::string_view kBrokenMark = "\xef\xbf\xbd";  // what stands for bytes that are no UTF-8
constexpr std::string_view kEndPiece = "</s>";

Error damaged(const std::string& why) {
  return {ErrorCode::BadInput, "This SentencePiece model is damaged: " + why + "."};
}

/// Bytes of the character at the beginning; 0 when it is none.
std::size_t characterBytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // overlong forms, surrogates, beyond U+10FFFF
  if (length > 2) {
    const unsigned second = byte(1);
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
        (lead == 0xf4 && second > 0x8f))
      return 0;
  }
  return length;
}

// The fields of a unit of the trie, as Darts-clone packs them into 32 bits.
bool hasLeaf(std::uint32_t unit) { return unit >> 8 & 1; }
std::uint32_t valueOf(std::uint32_t unit) { return unit & 0x7fffffffu; }
std::uint32_t labelOf(std::uint32_t unit) { return unit & 0x800000ffu; }
std::uint32_t offsetOf(std::uint32_t unit) { return unit >> 10 << ((unit & 1u << 9) >> 6); }

}  // namespace

std::optional<ReplacementTable> ReplacementTable::read(std::string_view packed) {
  ReplacementTable table;
  if (packed.empty()) return table;
  std::uint32_t trieBytes = 0;
  if (packed.size() < sizeof trieBytes) return std::nullopt;
  std::memcpy(&trieBytes, packed.data(), sizeof trieBytes);
  packed.remove_prefix(sizeof trieBytes);
  if (trieBytes == 0 || trieBytes % 4 != 0 || trieBytes > packed.size()) return std::nullopt;
  table.units_.resize(trieBytes / 4);
  std::memcpy(table.units_.data(), packed.data(), trieBytes);
  packed.remove_prefix(trieBytes);
  if (packed.empty() || packed.back() != '\0') return std::nullopt;  // then every place in it begins a text that ends
  table.texts_.assign(packed.begin(), packed.end());
  return table;
}

ReplacementTable::Match ReplacementTable::longestMatch(std::string_view text) const {
  Match match;
  if (units_.empty()) return match;
  std::size_t node = offsetOf(units_[0]);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    node ^= byte;
    if (node >= units_.size() || labelOf(units_[node]) != byte) break;
    const std::uint32_t unit = units_[node];
    node ^= offsetOf(unit);
    if (!hasLeaf(unit)) continue;
    if (node >= units_.size() || valueOf(units_[node]) >= texts_.size()) break;
    match = {i + 1, std::string_view(texts_.data() + valueOf(units_[node]))};
  }
  return match;
}

std::optional<SentencePiece::Piece> SentencePiece::readPiece(std::string_view message) {
  Piece piece;
  ProtobufReader reader(message);
  while (const auto field = reader.next()) {
    if (field->number == 1) piece.text = field->bytes;
    if (field->number == 2) piece.score = field->asFloat();
    if (field->number != 3) continue;
    if (field->value < 1 || field->value > 6) return std::nullopt;
    piece.kind = static_cast<Kind>(field->value);
  }
  if (reader.isDamaged() || piece.text.empty() || !std::isfinite(piece.score)) return std::nullopt;
  return piece;
}

Status SentencePiece::readTrainer(std::string_view message) {
  constexpr std::uint64_t kUnigram = 1;
  ProtobufReader reader(message);
  while (const auto field = reader.next()) {
    if (field->number == 3 && field->value != kUnigram) {
      return Error{ErrorCode::Unsupported,
                   "This SentencePiece model is not of the unigram kind, which T5 uses; take the spiece.model of T5."};
    }
    if (field->number == 24) settings_.spaceEndsWord = field->value != 0;
    if (field->number == 35) spellsBytes_ = field->value != 0;
  }
  if (reader.isDamaged()) return damaged("its settings end too early");
  return {};
}

Status SentencePiece::readNormaliser(std::string_view message) {
  ProtobufReader reader(message);
  while (const auto field = reader.next()) {
    if (field->number == 2) {
      table_ = ReplacementTable::read(field->bytes);
      if (!table_) return damaged("its table of replacements cannot be read");
    }
    if (field->number == 3) settings_.addsSpaceBefore = field->value != 0;
    if (field->number == 4) settings_.gathersSpaces = field->value != 0;
    if (field->number == 5) settings_.marksSpaces = field->value != 0;
  }
  if (reader.isDamaged()) return damaged("its settings end too early");
  return {};
}

Status SentencePiece::indexPieces() {
  float lowest = FLT_MAX;
  highestScore_ = FLT_MIN;
  byteIds_.assign(256, -1);
  for (int id = 0; id < size(); ++id) {
    const Piece& piece = pieces_[static_cast<std::size_t>(id)];
    const std::string who = "the piece “" + printable(piece.text) + "” ";
    if (piece.kind == Kind::Unknown) {
      if (unknownId_ >= 0) return damaged("it has two pieces for what is unknown");
      unknownId_ = id;
      continue;
    }
    if (piece.kind == Kind::Control) {
      if (piece.text == kEndPiece) endId_ = id;
      continue;
    }
    if (piece.kind == Kind::Byte) {
      unsigned byte = 0;
      if (std::sscanf(piece.text.c_str(), "<0x%2x>", &byte) != 1) return damaged(who + "is no byte");
      byteIds_[byte] = id;
      continue;
    }
    if (!idOfPiece_.emplace(piece.text, id).second) return damaged(who + "is there twice");
    longestPieceBytes_ = std::max(longestPieceBytes_, piece.text.size());
    if (piece.kind == Kind::UserDefined) userDefined_.push_back(piece.text);
    if (piece.kind != Kind::Normal) continue;
    lowest = std::min(lowest, piece.score);
    highestScore_ = std::max(highestScore_, piece.score);
  }
  if (unknownId_ < 0) return damaged("it has no piece for what is unknown");
  spellsBytes_ = spellsBytes_ && std::find(byteIds_.begin(), byteIds_.end(), -1) == byteIds_.end();
  unknownScore_ = static_cast<float>(lowest - kUnknownPenalty);
  return {};
}

Result<SentencePiece> SentencePiece::read(std::string_view model) {
  SentencePiece result;
  ProtobufReader reader(model);
  while (const auto field = reader.next()) {
    Status part;
    if (field->number == 1) {
      std::optional<Piece> piece = readPiece(field->bytes);
      if (!piece || result.pieces_.size() >= kMaxPieces)
        return damaged("its piece " + std::to_string(result.pieces_.size()) + " cannot be read");
      result.pieces_.push_back(std::move(*piece));
    }
    if (field->number == 2) part = result.readTrainer(field->bytes);
    if (field->number == 3) part = result.readNormaliser(field->bytes);
    if (!part) return part.error();
  }
  if (reader.isDamaged()) return damaged("it ends too early");
  if (Status indexed = result.indexPieces(); !indexed) return indexed.error();
  return result;
}

Result<SentencePiece> SentencePiece::load(const std::filesystem::path& file) {
  const Result<std::string> bytes = readFile(file, kModelLimitBytes);
  if (!bytes) return bytes.error();
  Result<SentencePiece> model = read(*bytes);
  if (!model) return model.error().withContext("“" + file.filename().string() + "”");
  return model;
}

ReplacementTable::Match SentencePiece::nextReplacement(std::string_view text) const {
  std::size_t kept = 0;
  for (const std::string& symbol : userDefined_) {
    if (text.starts_with(symbol)) kept = std::max(kept, symbol.size());
  }
  if (kept > 0) return {kept, text.substr(0, kept)};
  if (table_) {
    const ReplacementTable::Match match = table_->longestMatch(text);
    if (match.length > 0) return match;
  }
  const std::size_t length = characterBytes(text);
  if (length == 0) return {1, kBrokenMark};
  return {length, text.substr(0, length)};
}

std::string SentencePiece::normalise(std::string_view text) const {
  const std::string_view space = settings_.marksSpaces ? kSpaceMark : " ";
  while (settings_.gathersSpaces && !text.empty()) {
    const auto [length, replacement] = nextReplacement(text);
    if (replacement != " ") break;
    text.remove_prefix(length);
  }
  if (text.empty()) return {};
  std::string out;
  if (settings_.addsSpaceBefore && !settings_.spaceEndsWord) out += space;
  bool afterSpace = settings_.gathersSpaces;
  while (!text.empty()) {
    auto [length, replacement] = nextReplacement(text);
    text.remove_prefix(length);
    while (afterSpace && replacement.starts_with(' ')) replacement.remove_prefix(1);
    if (replacement.empty()) continue;
    for (const char c : replacement) {
      if (c == ' ')
        out += space;
      else
        out += c;
    }
    afterSpace = settings_.gathersSpaces && replacement.ends_with(' ');
  }
  while (settings_.gathersSpaces && out.ends_with(space)) out.resize(out.size() - space.size());
  if (settings_.addsSpaceBefore && settings_.spaceEndsWord) out += space;
  return out;
}

/// Viterbi's algorithm over the places in the text: the best way to each is the best way to where its last piece
/// begins, plus that piece. Of equal ways the one found first stays. Sums are rounded to float at each place, as
/// the original does, so that near ties fall the same way.
std::vector<SentencePiece::Cut> SentencePiece::bestCuts(std::string_view text) const {
  struct Way {
    int id = -1;
    std::size_t from = 0;
    float score = 0;
  };
  std::vector<Way> ways(text.size() + 1);
  const auto offer = [&](std::size_t from, std::size_t to, int id, double score) {
    const auto sum = static_cast<float>(score + ways[from].score);
    if (ways[to].id < 0 || sum > ways[to].score) ways[to] = {id, from, sum};
  };
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t character = std::max<std::size_t>(characterBytes(text.substr(from)), 1);
    bool standsAlone = false;
    const std::size_t longest = std::min(longestPieceBytes_, text.size() - from);
    for (std::size_t length = 1; length <= longest; ++length) {
      const auto found = idOfPiece_.find(text.substr(from, length));
      if (found == idOfPiece_.end()) continue;
      const Piece& piece = pieces_[static_cast<std::size_t>(found->second)];
      if (piece.kind == Kind::Unused) continue;
      const bool isUserDefined = piece.kind == Kind::UserDefined;
      offer(from, from + length, found->second,
            isUserDefined ? double(length) * highestScore_ - kUserDefinedScore : double(piece.score));
      standsAlone = standsAlone || length == character;
    }
    if (!standsAlone) offer(from, from + character, unknownId_, unknownScore_);
    from += character;
  }
  std::vector<Cut> cuts;
  for (std::size_t end = text.size(); end > 0; end = ways[end].from)
    cuts.push_back({ways[end].id, text.substr(ways[end].from, end - ways[end].from)});
  std::reverse(cuts.begin(), cuts.end());
  return cuts;
}

std::vector<SentencePiece::Token> SentencePiece::tokenise(std::string_view text) const {
  const std::string normal = normalise(text);
  std::vector<Token> tokens;
  bool afterUnknown = false;
  for (const Cut& cut : bestCuts(normal)) {
    const bool isUnknown = cut.id == unknownId_;
    if (isUnknown && spellsBytes_) {
      for (const char c : cut.text) tokens.push_back({byteIds_[static_cast<unsigned char>(c)], std::string(1, c)});
    } else if (isUnknown && afterUnknown) {
      tokens.back().text += cut.text;
    } else {
      tokens.push_back({cut.id, std::string(cut.text)});
    }
    afterUnknown = isUnknown;
  }
  return tokens;
}

}  // namespace kinescore
