// `kinescore export`: the shown take of a project (or another one) into a file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace kinescore {

struct ExportCommandOptions {
  std::filesystem::path project;
  std::vector<std::filesystem::path> outputs;
  int take = 0;          // its number; 0: the one shown
  std::string rate;      // empty: the project's
  std::string range;     // "2s-4s" or "48-96"; empty: all
  bool meters = false;
};
int runExport(const ExportCommandOptions& options);

}  // namespace kinescore
