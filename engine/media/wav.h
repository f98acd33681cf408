// WAV files without any library: PCM of 8, 16, 24 and 32 bits and floating point of 32 and 64, also in the extensible
// form and with a length of more than 4 GB (RF64).
#pragma once

#include <string_view>

#include "engine/core/result.h"
#include "engine/media/sound.h"

namespace kinescore {

/// "RIFF…WAVE" or "RF64…WAVE" at the beginning.
[[nodiscard]] bool isWav(std::string_view bytes);
/// Compressed forms of WAV are ErrorCode::Unsupported. A file that ends before what it announces, or without a single
/// sample, is an error.
[[nodiscard]] Result<Sound> readWav(std::string_view bytes, std::string_view fileName);

}  // namespace kinescore
