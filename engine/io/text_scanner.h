// Walks over the bytes of a text file: words and numbers, no copies, line numbers for messages.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kinescore {

/// A double that is the whole word, or nothing. Independent of the locale; a leading '+' is fine.
[[nodiscard]] inline std::optional<double> parseNumber(std::string_view word) {
  if (!word.empty() && word.front() == '+') word.remove_prefix(1);
  double value = 0;
  const char* end = word.data() + word.size();
  const auto [stop, code] = std::from_chars(word.data(), end, value);
  if (stop != end || word.empty()) return std::nullopt;
  if (code == std::errc::result_out_of_range) return std::nullopt;
  return value;
}

/// ASCII, for keywords.
[[nodiscard]] inline bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// A word of a stranger's file, fit to be shown in a message: short and printable.
[[nodiscard]] inline std::string quotedWord(std::string_view word) {
  std::string shown = "“";
  for (char c : word.substr(0, 40)) shown += (c >= 32 && c < 127) ? c : '?';
  if (word.size() > 40) shown += "…";
  return shown + "”";
}

class TextScanner {
 public:
  explicit TextScanner(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") position_ = 3;
  }

  [[nodiscard]] bool atEnd() {
    skipBlanks();
    return position_ >= text_.size();
  }

  /// The next word up to a blank, or up to one of `stops`; a stop at the front is its own word.
  /// Empty at the end.
  std::string_view word(std::string_view stops = {}) {
    skipBlanks();
    const std::size_t start = position_;
    if (start < text_.size() && stops.find(text_[start]) != std::string_view::npos) {
      return text_.substr(position_++, 1);
    }
    while (position_ < text_.size() && !isBlank(text_[position_]) &&
           stops.find(text_[position_]) == std::string_view::npos) {
      ++position_;
    }
    return text_.substr(start, position_ - start);
  }

  [[nodiscard]] std::string_view peek(std::string_view stops = {}) {
    const TextScanner before = *this;
    const std::string_view next = word(stops);
    *this = before;
    return next;
  }

  /// What is left of this line, up to `stop`, without blanks at both ends. LF, CRLF and a bare CR
  /// end a line.
  std::string_view restOfLine(char stop = '\0') {
    const std::size_t start = position_;
    while (position_ < text_.size() && !isLineEnd(text_[position_]) &&
           (stop == '\0' || text_[position_] != stop)) {
      ++position_;
    }
    std::string_view rest = text_.substr(start, position_ - start);
    while (!rest.empty() && isBlank(rest.front())) rest.remove_prefix(1);
    while (!rest.empty() && isBlank(rest.back())) rest.remove_suffix(1);
    return rest;
  }

  /// Steps over the end of this line. False at the end of the text.
  bool nextLine() {
    while (position_ < text_.size() && !isLineEnd(text_[position_])) ++position_;
    if (position_ >= text_.size()) return false;
    stepOverLineEnd();
    return true;
  }

  /// The next word on this line; empty at its end.
  std::string_view wordOnLine() {
    while (position_ < text_.size() && isBlank(text_[position_]) && !isLineEnd(text_[position_])) {
      ++position_;
    }
    const std::size_t start = position_;
    while (position_ < text_.size() && !isBlank(text_[position_])) ++position_;
    return text_.substr(start, position_ - start);
  }

  /// Counted from 1, by line ends passed so far.
  [[nodiscard]] int line() const {
    int count = 1;
    for (std::size_t i = 0; i < position_ && i < text_.size(); ++i) {
      if (text_[i] == '\n' || (text_[i] == '\r' && (i + 1 >= text_.size() || text_[i + 1] != '\n'))) {
        ++count;
      }
    }
    return count;
  }

 private:
  static bool isLineEnd(char c) { return c == '\n' || c == '\r'; }
  static bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }
  void skipBlanks() {
    while (position_ < text_.size() && isBlank(text_[position_])) ++position_;
  }
  void stepOverLineEnd() {
    if (text_[position_] == '\r' && position_ + 1 < text_.size() && text_[position_ + 1] == '\n') {
      ++position_;
    }
    ++position_;
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace kinescore
