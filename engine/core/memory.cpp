#include "engine/core/memory.h"

#include <cstdio>
#include <fstream>
#include <limits>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace kinescore {
namespace {

/// The number behind a name in one of the system's lists, which count in KiB.
std::optional<std::uint64_t> valueIn(const char* file, const std::string& name) {
  std::ifstream list(file);
  for (std::string word; list >> word;) {
    std::uint64_t kibibytes = 0;
    if (word == name && list >> kibibytes) return kibibytes * 1024;
    list.clear();
    list.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> availableMemory() {
  return valueIn("/proc/meminfo", "MemAvailable:");
}
std::optional<std::uint64_t> peakMemory() {
  return valueIn("/proc/self/status", "VmHWM:");
}

void returnFreedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::string bytesText(std::uint64_t bytes) {
  char text[32];
  if (bytes >= 1'000'000'000)
    std::snprintf(text, sizeof text, "%.1f GB", double(bytes) / 1e9);
  else
    std::snprintf(text, sizeof text, "%.0f MB", double(bytes) / 1e6);
  return text;
}

}  // namespace kinescore
