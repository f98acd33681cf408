// The little of Unicode that a tokenizer for prompts needs: reading UTF-8 that may be damaged, and
// what BERT's "uncased" models do to letters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kinescore {

/// Code points of a UTF-8 text. Each damaged piece (stray or missing continuation bytes, overlong
/// forms, surrogates, beyond U+10FFFF) becomes one U+FFFD.
[[nodiscard]] std::vector<char32_t> decodeUtf8(std::string_view text);
void appendUtf8(char32_t codePoint, std::string& text);

[[nodiscard]] bool isSpace(char32_t c);
/// Control, format and private-use characters; tab and line ends are spaces instead.
[[nodiscard]] bool isControl(char32_t c);
/// General categories P*, and all ASCII symbols.
[[nodiscard]] bool isPunctuation(char32_t c);
/// Non-spacing marks: what is left of an accent once it is taken apart from its letter.
[[nodiscard]] bool isMark(char32_t c);
/// Chinese, Japanese and Korean ideographs, each a word of its own.
[[nodiscard]] bool isIdeograph(char32_t c);

/// The letter without its accents (Latin, Greek, Cyrillic, kana), else itself.
[[nodiscard]] char32_t withoutAccents(char32_t c);
[[nodiscard]] char32_t toLower(char32_t c);

}  // namespace kinescore
