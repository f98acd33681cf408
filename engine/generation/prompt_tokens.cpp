#include "engine/generation/prompt_tokens.h"

namespace kinescore {

std::vector<Side> sidesOfWords(std::span<const std::string> words) {
  std::vector<Side> sides(words.size(), Side::None);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool goesOn = i + 1 < words.size() && words[i + 1].starts_with("##");
    if (goesOn) continue;
    if (words[i] == "left") sides[i] = Side::Left;
    if (words[i] == "right") sides[i] = Side::Right;
  }
  return sides;
}

}  // namespace kinescore
