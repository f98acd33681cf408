// `kinescore train`: the default model or a small GEM, from a motion library, on this machine.
#pragma once

#include <filesystem>
#include <string>

#include "engine/train/gem/gem_trainer.h"
#include "engine/train/trainer.h"

namespace CLI {
class App;
}

namespace kinescore {

struct TrainCommandOptions {
  TrainOptions train;
  bool isGem = false;                // --arch gem: `gem` with the run of `train`
  GemTrainOptions gem;
  std::filesystem::path exportFrom;  // a folder: only write its newest weights
  std::filesystem::path weights;     // where to
  std::filesystem::path finetune;    // a folder of the user's motion
  std::filesystem::path startFrom;   // weights to go on from; with `finetune`, empty: those that ship
  bool normalPriority = false;
  bool hasRate = false, hasWarmUp = false;  // named on the command line
  int exitCode = 0;
};

/// Adds the command and its options; it runs while the line is parsed and leaves its code in `options`.
void addTrainCommand(CLI::App& app, TrainCommandOptions& options);

}  // namespace kinescore
