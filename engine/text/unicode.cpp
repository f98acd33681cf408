#include "engine/text/unicode.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>

#include "engine/text/unicode_tables.h"

namespace kinescore {
namespace {

using unicode_tables::CaseRun;
using unicode_tables::CodeRange;

constexpr char32_t kReplacement = 0xFFFD;

bool contains(std::span<const CodeRange> ranges, char32_t c) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                      [](char32_t value, const CodeRange& r) { return value < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

}  // namespace

std::vector<char32_t> decodeUtf8(std::string_view text) {
  std::vector<char32_t> out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int extra = lead < 0x80 ? 0 : lead < 0xC2 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : -1;
    char32_t c = extra <= 0 ? lead : lead & (0x3Fu >> extra);
    ++i;
    bool whole = extra >= 0;
    for (int k = 0; whole && k < extra; ++k) {
      const auto next = i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
      // the first continuation byte also rules out overlong forms, surrogates and too large values
      const unsigned low = k > 0 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      const unsigned high = k > 0 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      whole = next >= low && next <= high;
      if (whole) {
        c = c << 6 | (next & 0x3F);
        ++i;
      }
    }
    out.push_back(whole ? c : kReplacement);
  }
  return out;
}

void appendUtf8(char32_t c, std::string& text) {
  if (c < 0x80) {
    text += char(c);
  } else if (c < 0x800) {
    text += char(0xC0 | c >> 6);
    text += char(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    text += char(0xE0 | c >> 12);
    text += char(0x80 | (c >> 6 & 0x3F));
    text += char(0x80 | (c & 0x3F));
  } else {
    text += char(0xF0 | c >> 18);
    text += char(0x80 | (c >> 12 & 0x3F));
    text += char(0x80 | (c >> 6 & 0x3F));
    text += char(0x80 | (c & 0x3F));
  }
}

bool isSpace(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || contains(unicode_tables::kSpaces, c);
}
bool isControl(char32_t c) { return contains(unicode_tables::kControls, c) && !isSpace(c); }
bool isPunctuation(char32_t c) { return contains(unicode_tables::kPunctuation, c); }
bool isMark(char32_t c) { return contains(unicode_tables::kMarks, c); }

bool isIdeograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

char32_t withoutAccents(char32_t c) {
  using unicode_tables::kBaseLetters;
  constexpr std::size_t pairs = (std::size(kBaseLetters) - 1) / 2;
  std::size_t low = 0, high = pairs;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (kBaseLetters[2 * middle] < c) low = middle + 1;
    else high = middle;
  }
  return low < pairs && kBaseLetters[2 * low] == c ? kBaseLetters[2 * low + 1] : c;
}

char32_t toLower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  const std::span<const CaseRun> runs(unicode_tables::kLowerCase);
  const auto after = std::upper_bound(runs.begin(), runs.end(), c,
                                      [](char32_t value, const CaseRun& r) { return value < r.first; });
  if (after == runs.begin()) return c;
  const CaseRun& run = *std::prev(after);
  if (c > run.last || (c - run.first) % char32_t(run.stride) != 0) return c;
  return static_cast<char32_t>(static_cast<std::int64_t>(c) + run.delta);
}

}  // namespace kinescore
