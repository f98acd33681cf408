// The window, or one sentence where this build or this machine has none.
#pragma once

#include <filesystem>

namespace kinescore {

struct WindowCommandOptions {
  std::filesystem::path project;  // empty: the sample
};
int runWindowCommand(const WindowCommandOptions& options, int argc, char** argv);

}  // namespace kinescore
