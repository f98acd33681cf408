// `kinescore media`: the files of sound and video that a project names; finds moved ones, copies the project elsewhere, alone or with
// everything it names.
#pragma once

#include <filesystem>

namespace CLI {
class App;
}

namespace kinescore {

struct MediaCommandOptions {
  std::filesystem::path project;
  std::filesystem::path found;   // a file that was moved, where it is now
  std::filesystem::path copyTo;  // another project
  std::filesystem::path collectInto;  // a folder that gets the project and all it names
  int exitCode = 0;
};

void addMediaCommand(CLI::App& app, MediaCommandOptions& options);
/// 0, or 3 when a file is missing at the end.
[[nodiscard]] int runMedia(const MediaCommandOptions& options);

}  // namespace kinescore
