// `kinescore weights`: published checkpoints become files that the engine loads; what a file of weights holds; means of two.
#pragma once

#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace kinescore {

struct WeightsCommandOptions {
  std::filesystem::path input, second, output;
  double share = 0.5;
  std::string kind = "gem";
  int heads = 0;  // 0: as published
  bool leaveOutExtra = false;
  int exitCode = 0;
};

void addWeightsCommand(CLI::App& app, WeightsCommandOptions& options);

}  // namespace kinescore
