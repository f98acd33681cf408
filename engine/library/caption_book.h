// The words of a library's captions, to complete what is typed and to see whether anything like it was captured. Of train
// clips alone: what is held out for evaluation is never offered. A value of its own: the library may be let go.
//
//   const CaptionBook book = CaptionBook::of(library);
//   book.complete("walk forw");  // "walk forward briskly", …
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/library/library.h"

namespace kinescore {

class CaptionBook {
 public:
  struct Line {
    std::string words;
    bool isShort = false;  // as an animator types; else a whole sentence
  };
  explicit CaptionBook(const std::vector<Line>& lines);
  [[nodiscard]] static CaptionBook of(const Library& library);

  [[nodiscard]] std::size_t size() const { return phrases_.size(); }
  /// Whether captions hold the word in any of its forms, and how many do.
  [[nodiscard]] int countOf(std::string_view stem) const;

  /// Whole prompts that what is typed may become, best first. Every word counts in any of its forms, the last one as the beginning
  /// of a word. First come captions that begin as it is typed, then those that hold its words in order, then in any order;
  /// frequent and short ones before others. Where no caption holds all the words, the last few of them are completed.
  [[nodiscard]] std::vector<std::string> complete(std::string_view typed, std::size_t most = 8) const;

  struct Likeness {
    /// How much of the sentence the nearest caption says, 0 … 1; rare words count more. 1 for a sentence without words.
    double covered = 1;
    std::vector<std::string> unknown;  // its words that no caption holds
    std::vector<std::string> nearest;  // captions, best first; none that share nothing
  };
  [[nodiscard]] Likeness likenessOf(std::string_view sentence, std::size_t most = 2) const;

 private:
  struct Phrase {
    std::string words, lowered;
    bool isShort = false;
    int count = 0;
    std::vector<int> tokens, stems;  // numbers of texts_ and stems_, in order
  };
  struct Sought {
    int first = 0, end = 0;  // texts that begin with it
    int stem = -1;
    bool isWhole = false;
  };
  [[nodiscard]] std::vector<Sought> soughtFor(std::string_view typed) const;
  [[nodiscard]] int rank(const Phrase& phrase, const std::vector<Sought>& sought, std::string_view typed) const;
  [[nodiscard]] std::vector<const Phrase*> matches(std::string_view typed, std::size_t most) const;
  [[nodiscard]] double weightOf(int stem) const;

  std::vector<std::string> texts_;  // all words, sorted, so that a beginning is a run of them
  std::vector<std::string> stems_;  // sorted
  std::vector<int> stemCounts_;     // phrases that hold each
  std::vector<Phrase> phrases_;
};

}  // namespace kinescore
