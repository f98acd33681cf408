// `kinescore library`: what a motion library holds, and the index by which prompts find references.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>

namespace kinescore {

struct LibraryCommandOptions {
  std::filesystem::path file, output;
};

void addLibraryCommand(CLI::App& app, LibraryCommandOptions& options, int& exitCode);

}  // namespace kinescore
