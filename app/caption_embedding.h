// Captions through the text model, with a live line: what `library index` and `library add` share.
#pragma once

#include <stop_token>

#include "engine/library/caption_index.h"

namespace kinescore {

[[nodiscard]] Result<CaptionIndex> indexWithTextModel(const Library& library, std::stop_token stop);

}  // namespace kinescore
