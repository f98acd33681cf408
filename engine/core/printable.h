// What comes from a stranger's file, made fit to stand in an error.
#pragma once

#include <string>
#include <string_view>

namespace kinescore {

/// At most 80 characters, nothing but printable ASCII.
[[nodiscard]] inline std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 80)) out += c >= ' ' && c < 0x7f ? c : '?';
  return out;
}

}  // namespace kinescore
