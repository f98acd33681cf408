#include "engine/train/caption_texts.h"

#include <array>
#include <cctype>

#include "engine/generation/prompt_tokens.h"

namespace kinescore {
namespace {

struct Pair {
  std::string_view a, b;
};
constexpr std::array<Pair, 7> kMirrorWords = {{{"left", "right"},
                                               {"leftward", "rightward"},
                                               {"leftwards", "rightwards"},
                                               {"lefthand", "righthand"},
                                               {"clockwise", "counterclockwise"},
                                               {"clockwise", "anticlockwise"},
                                               {"lefty", "righty"}}};

bool isLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

std::string lowered(std::string_view word) {
  std::string result(word);
  for (char& c : result) c = char(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string mirroredWord(std::string_view word) {
  const std::string low = lowered(word);
  for (const Pair& pair : kMirrorWords) {
    std::string other;
    if (low == pair.a) other = pair.b;
    if (low == pair.b) other = pair.a;
    if (other.empty()) continue;
    if (std::isupper(static_cast<unsigned char>(word[0]))) other[0] = char(std::toupper(other[0]));
    return other;
  }
  return std::string(word);
}

}  // namespace

std::string mirroredCaption(std::string_view caption) {
  std::string result;
  // "counter-clockwise" is two words with one meaning
  std::string text(caption);
  for (const std::string_view split : {"counter-clockwise", "anti-clockwise"}) {
    for (auto at = text.find(split); at != std::string::npos; at = text.find(split)) {
      text.replace(at, split.size(), "counterclockwise");
    }
  }
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && isLetter(text[end])) ++end;
    if (end == i) {
      result += text[i++];
    } else {
      result += mirroredWord(std::string_view(text).substr(i, end - i));
      i = end;
    }
  }
  return result;
}

Result<int> CaptionTexts::add(std::string_view sentence, const SentenceEncoder& encoder) {
  const auto found = numbers_.find(sentence);
  if (found != numbers_.end()) return found->second;
  auto embedding = encoder(sentence);
  if (!embedding) return embedding.error();
  TextTokens text;
  text.tokens = (*embedding)->tokens;
  text.sentence = (*embedding)->sentence;
  text.sides = sidesOfWords((*embedding)->words);
  if (text.sides.size() * kTextWidth != text.tokens.size() || text.sentence.size() != kTextWidth) {
    return Error{ErrorCode::EngineFailed, "The text encoder gave an embedding of the wrong size for “" +
                                              std::string(sentence) + "”."};
  }
  texts_.push_back(std::move(text));
  const int number = int(texts_.size()) - 1;
  numbers_.emplace(std::string(sentence), number);
  return number;
}

}  // namespace kinescore
