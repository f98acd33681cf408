// `kinescore library`: what a motion library holds, the index by which prompts find references, and the
// user's own folders of motion as references.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <string>

namespace kinescore {

struct LibraryCommandOptions {
  std::filesystem::path file, output;
  std::filesystem::path folder;  // of motion, to add
  std::filesystem::path shelf;   // where added libraries lie; empty: userLibraryFolder()
  std::string name;
  // search
  std::string words, action, from;
  bool onlyOwn = false, json = false;
  int most = 24;
  bool wordsAlone = false;
  // train-tower
  std::filesystem::path run;     // checkpoint; empty: in the user's cache
  std::int64_t steps = 0;        // of a member; 0: the default
  int members = 1;
};

void addLibraryCommand(CLI::App& app, LibraryCommandOptions& options, int& exitCode);

/// The subcommands add, list and remove of `library`.
void addUserLibraryCommands(CLI::App& library, LibraryCommandOptions& options, int& exitCode);

/// `library search`
void addSearchCommand(CLI::App& library, LibraryCommandOptions& options, int& exitCode);

/// `library train-tower`
void addTowerCommand(CLI::App& library, LibraryCommandOptions& options, int& exitCode);

}  // namespace kinescore
