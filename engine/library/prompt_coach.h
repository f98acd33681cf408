// What may be missing in a prompt, in plain words, with new words to take: lists and the library's captions, no model.
// Hints are for what the engine takes loosely; a prompt with hints works, too.
//
//   coachPrompt("raises an arm", BodyPart::Whole, {.captions = &book, .seconds = 2});
//   // “Which arm?”: “raises the left arm”, “raises the right arm”
//
// How often each fires over the library that ships (4,200 wordings of train clips; tests/engine/library/prompt_coach_test.cpp
// holds the bounds) stands in docs/command-line.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/library/caption_book.h"
#include "engine/timeline/timeline.h"

namespace kinescore {

/// The order in which hints are given.
enum class PromptHintKind { OtherPart, SeveralActions, TooManyActions, Vague, MissingSide, MissingDirection, NothingAlike, TooLong, Pace };
[[nodiscard]] const char* nameOf(PromptHintKind kind);  // "other part", "vague", …

/// One click: the clip's new words, or with `second` two clips, the later half with those.
struct PromptSuggestion {
  std::string label;                 // short: what a button says
  std::string prompt;
  std::string second;                // empty: the clip stays whole
  std::optional<BodyPart> part;      // absent: as it is
  bool operator==(const PromptSuggestion&) const = default;
};

struct PromptHint {
  PromptHintKind kind = PromptHintKind::Vague;
  std::string sentence;
  std::vector<PromptSuggestion> suggestions;  // 0 … 3
};

struct PromptContext {
  const CaptionBook* captions = nullptr;  // null: nothing is said about the library
  double seconds = 0;                     // of the clip; 0: not known
  /// Captions that mean nearly the same, with their cosines, best first; empty: words alone are compared.
  struct Meaning {
    std::string caption;
    double cosine = 0;
  };
  std::function<std::vector<Meaning>(std::string_view words)> nearestByMeaning;
};

[[nodiscard]] std::vector<PromptHint> coachPrompt(std::string_view words, BodyPart part, const PromptContext& context = {});

}  // namespace kinescore
