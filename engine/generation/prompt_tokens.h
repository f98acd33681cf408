// A prompt as the planner needs it; where the vectors come from is the generator's business.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/generation/denoiser.h"

namespace kinescore {

struct PromptTokens {
  std::vector<std::string> words;  // [count] the piece of each token, "##ner" inside a word
  std::vector<float> tokens;       // [count][384]
  std::vector<float> sentence;     // [384]
};
using PromptEncoder = std::function<Result<PromptTokens>(std::string_view prompt)>;

/// Which side each piece speaks of: the text model hardly tells left from right. Only the whole
/// words "left" and "right" do, as in training.
[[nodiscard]] std::vector<Side> sidesOfWords(std::span<const std::string> words);

}  // namespace kinescore
