// Words for a GEM network that was trained here, without T5: the tokens of the engine's own text encoder (MiniLM) on
// the first channels of GEM's text, and which side a token speaks of after them. A file tells which of the two it was
// trained with (kTextEncoderNote); it hears no other.
#pragma once

#include <span>

#include "engine/generation/denoiser.h"
#include "engine/network/gem/conditions.h"

namespace kinescore::gem {

/// What a file's notes call its text encoder, and what they say for MiniLM. Without the note: T5-3B.
constexpr const char* kTextEncoderNote = "text_encoder";
constexpr const char* kMiniLmEncoder = "minilm";

/// tokens [count][384] with a side each; what is beyond 50 tokens is cut, what is missing is 0.
[[nodiscard]] TextFeatures captionFeatures(std::span<const float> tokens, std::span<const Side> sides);

}  // namespace kinescore::gem
