#include "engine/core/sound_kind.h"

#include <array>
#include <cstddef>

namespace kinescore {
namespace {

constexpr std::array kSoundKindNames = {"auto", "music", "speech"};

}  // namespace

const char* nameOf(SoundKind kind) { return kSoundKindNames[std::size_t(kind)]; }

std::optional<SoundKind> soundKindNamed(std::string_view name) {
  for (std::size_t i = 0; i < kSoundKindNames.size(); ++i) {
    if (name == kSoundKindNames[i]) return SoundKind(i);
  }
  return std::nullopt;
}

}  // namespace kinescore
