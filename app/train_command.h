// `kinescore train`: the default model, from a motion library, on this machine.
#pragma once

#include <filesystem>
#include <string>

#include "engine/train/trainer.h"

namespace CLI {
class App;
}

namespace kinescore {

struct TrainCommandOptions {
  TrainOptions train;
  std::filesystem::path exportFrom;  // a folder: only write its newest weights
  std::filesystem::path weights;     // where to
  bool normalPriority = false;
  int exitCode = 0;
};

/// Adds the command and its options; it runs while the line is parsed and leaves its code in `options`.
void addTrainCommand(CLI::App& app, TrainCommandOptions& options);

}  // namespace kinescore
