// English words of prompts and captions: taken apart, brought to one form, and what kind of word they are. Lists, no
// grammar: enough to see that “walks” and “walking” are one word and that “moves” says little.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kinescore {

struct PromptWord {
  std::string text;   // lower case
  std::string stem;   // "walking", "walks" → "walk"
  std::size_t begin = 0, end = 0;  // of the sentence, bytes
};

/// Letters, digits, hyphens and apostrophes in them; anything else lies between words.
[[nodiscard]] std::vector<PromptWord> promptWords(std::string_view sentence);
/// Of a word in lower case. Not always a word itself ("wave" → "wav"), but the same for all its forms.
[[nodiscard]] std::string stemOf(std::string_view word);

/// Says that a person does something that can be seen: walk, kick, reach.
[[nodiscard]] bool isAction(std::string_view stem);
/// A verb that could be any motion: move, go, do, perform.
[[nodiscard]] bool isVagueVerb(std::string_view stem);
/// something, a motion, some action.
[[nodiscard]] bool isVagueNoun(std::string_view stem);
/// Of the whole body over the ground: walk, run, crawl.
[[nodiscard]] bool isLocomotion(std::string_view stem);
/// Over after a second or two: jump, kick, sit.
[[nodiscard]] bool isShortAction(std::string_view stem);
[[nodiscard]] bool isTurn(std::string_view stem);
/// Says nothing about the motion: the, of, a person.
[[nodiscard]] bool isStopWord(std::string_view word);

/// “walks” for ("walk", "moves"), “walking” for ("walk", "moving").
[[nodiscard]] std::string inflectedLike(std::string_view verb, std::string_view model);

}  // namespace kinescore
