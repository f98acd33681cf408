#include "engine/text/wordpiece.h"

#include <optional>

#include "engine/core/files.h"
#include "engine/text/unicode.h"

namespace kinescore {
namespace {

constexpr std::size_t kMaxWordCharacters = 100;
constexpr std::uint64_t kVocabularyLimitBytes = 16u << 20;

/// Words of the prompt after normalisation; a punctuation mark and an ideograph are words.
std::vector<std::vector<char32_t>> splitWords(std::string_view text) {
  std::vector<std::vector<char32_t>> words(1);
  const auto endWord = [&words] {
    if (!words.back().empty()) words.emplace_back();
  };
  for (char32_t c : decodeUtf8(text)) {
    if (c == 0 || c == 0xFFFD || isControl(c)) continue;
    if (isSpace(c)) {
      endWord();
      continue;
    }
    // Accents first, then case: İ is I with a dot, and loses it before it becomes small.
    c = toLower(withoutAccents(c));
    if (isMark(c)) continue;
    const bool standsAlone = isPunctuation(c) || isIdeograph(c);
    if (standsAlone) endWord();
    words.back().push_back(c);
    if (standsAlone) endWord();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

Result<WordPiece> WordPiece::read(std::string_view vocabulary) {
  WordPiece tokeniser;
  while (!vocabulary.empty()) {
    const std::size_t end = vocabulary.find('\n');
    std::string_view line = vocabulary.substr(0, end);
    vocabulary.remove_prefix(end == std::string_view::npos ? vocabulary.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    tokeniser.idOfPiece_.emplace(line, tokeniser.size());
    tokeniser.pieces_.emplace_back(line);
  }
  const auto idOf = [&](const char* piece, int& id) {
    const auto found = tokeniser.idOfPiece_.find(piece);
    if (found == tokeniser.idOfPiece_.end()) return false;
    id = found->second;
    return true;
  };
  if (!idOf("[CLS]", tokeniser.classId_) || !idOf("[SEP]", tokeniser.separatorId_) ||
      !idOf("[UNK]", tokeniser.unknownId_)) {
    return Error{ErrorCode::BadInput, "This vocabulary is not one of a BERT model: [CLS], [SEP] or [UNK] is missing"};
  }
  return tokeniser;
}

Result<WordPiece> WordPiece::load(const std::filesystem::path& vocabularyFile) {
  Result<std::string> bytes = readFile(vocabularyFile, kVocabularyLimitBytes);
  if (!bytes) return bytes.error();
  Result<WordPiece> tokeniser = read(*bytes);
  if (!tokeniser) return tokeniser.error().withContext("“" + vocabularyFile.string() + "”");
  return tokeniser;
}

TokenisedText WordPiece::tokenise(std::string_view text) const {
  TokenisedText out;
  out.ids.push_back(classId_);
  for (const std::vector<char32_t>& word : splitWords(text)) {
    appendWord(word, out);
    if (out.ids.size() >= kMaxTextPieces) break;
  }
  if (out.ids.size() > kMaxTextPieces - 1) out.ids.resize(kMaxTextPieces - 1);
  out.ids.push_back(separatorId_);
  out.words.reserve(out.ids.size());
  for (int id : out.ids) out.words.push_back(pieces_[id]);
  return out;
}

void WordPiece::appendWord(const std::vector<char32_t>& word, TokenisedText& out) const {
  if (word.size() > kMaxWordCharacters) {
    out.ids.push_back(unknownId_);
    return;
  }
  std::vector<int> ids;
  for (std::size_t start = 0; start < word.size();) {
    std::optional<int> best;
    std::size_t bestEnd = start;
    std::string piece = start > 0 ? "##" : "";
    for (std::size_t end = start; end < word.size(); ++end) {
      appendUtf8(word[end], piece);
      if (const auto found = idOfPiece_.find(piece); found != idOfPiece_.end()) {
        best = found->second;
        bestEnd = end + 1;
      }
    }
    if (!best) {
      out.ids.push_back(unknownId_);
      return;
    }
    ids.push_back(*best);
    start = bestEnd;
  }
  out.ids.insert(out.ids.end(), ids.begin(), ids.end());
}

}  // namespace kinescore
