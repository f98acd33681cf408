// `kinescore dataset build`: captured motion on disk becomes one motion library.
#pragma once

#include <filesystem>

namespace kinescore {

struct DatasetBuildOptions {
  std::filesystem::path folder;  // with manifest.csv
  std::filesystem::path output;
  bool withKeyed = false;
};
int runDatasetBuild(const DatasetBuildOptions& options);

/// `kinescore library info`: what is in a library file.
int runLibraryInfo(const std::filesystem::path& file);

}  // namespace kinescore
