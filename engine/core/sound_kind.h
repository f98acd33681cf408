// What a recording is, as its author says it: of sound clips, of what is heard in a file, and on the command line.
#pragma once

#include <optional>
#include <string_view>

namespace kinescore {

/// For models that hear music and speech apart. Auto: the author says nothing; then a recording is music where a beat
/// is heard in it, and else speech.
enum class SoundKind { Auto, Music, Speech };
[[nodiscard]] const char* nameOf(SoundKind kind);  // "auto", "music", "speech"
[[nodiscard]] std::optional<SoundKind> soundKindNamed(std::string_view name);

}  // namespace kinescore
