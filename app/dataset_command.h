// `kinescore dataset …`: captured motion on disk becomes a motion library; libraries are looked over,
// described and cut into pieces.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace kinescore {

struct DatasetCommandOptions {
  // build
  std::filesystem::path folder, output, amass;
  std::string split;
  bool withKeyed = false, strict = false;
  // check, card, shards: a library or, for check, also a folder
  std::filesystem::path input;
  std::string title;
  std::vector<std::string> limits;
  double repeatCentimeters = 0;  // 0: the default
  double shardMinutes = 10;
  bool noRepeats = false, json = false;
  int exitCode = 0;
};

void addDatasetCommand(CLI::App& app, DatasetCommandOptions& options);

/// `kinescore library`: what is in a library file.
int runLibraryInfo(const std::filesystem::path& file);

}  // namespace kinescore
