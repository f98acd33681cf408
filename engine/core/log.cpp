#include "engine/core/log.h"

#include <atomic>
#include <cstdio>

namespace kinescore::log {
namespace {

std::atomic<Level> gLevel = Level::Warning;

const char* nameOf(Level level) {
  switch (level) {
    case Level::Debug: return "debug";
    case Level::Info: return "info";
    case Level::Warning: return "warning";
    case Level::Error: return "error";
  }
  return "";
}

}  // namespace

void setLevel(Level level) { gLevel = level; }

void write(Level level, std::string_view message) {
  if (level < gLevel.load()) return;
  std::fprintf(stderr, "kinescore: %s: %.*s\n", nameOf(level), int(message.size()), message.data());
}

}  // namespace kinescore::log
