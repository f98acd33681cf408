// `kinescore sound`: what the engine hears in a recording, and the arrays that models are given of it.
#pragma once

#include <filesystem>

namespace CLI {
class App;
}

namespace kinescore {

struct SoundCommandOptions {
  std::filesystem::path input;
  std::filesystem::path output;  // .npz or .json; empty: no arrays are written
  bool json = false;             // on standard output
  int exitCode = 0;
};

void addSoundCommand(CLI::App& app, SoundCommandOptions& options);

}  // namespace kinescore
