#include "app/paths.h"

#include <cstdlib>
#include <string>

namespace kinescore {
namespace fs = std::filesystem;
namespace {

fs::path homeFolder() {
  const char* home = std::getenv("HOME");
  return home && *home ? fs::path(home) : fs::temp_directory_path();
}

fs::path xdgFolder(const char* variable, const char* underHome) {
  const char* value = std::getenv(variable);
  return (value && *value ? fs::path(value) : homeFolder() / underHome) / "kinescore";
}

bool isResourceFolder(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "weights", ignored) || fs::is_directory(folder / "samples", ignored);
}

}  // namespace

Result<fs::path> resourceFolder() {
  if (const char* chosen = std::getenv("KINESCORE_RESOURCES"); chosen && *chosen) {
    if (isResourceFolder(chosen)) return fs::path(chosen);
    return Error{ErrorCode::NotFound,
                 "KINESCORE_RESOURCES names “" + std::string(chosen) + "”, which holds no weights and no samples."};
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* relative : {"resources", "../resources", "../../resources", "../../../resources", "../share/kinescore"}) {
    const fs::path candidate = (program / relative).lexically_normal();
    if (isResourceFolder(candidate)) return candidate;
  }
  return Error{ErrorCode::NotFound,
               "The folder “resources” was not found beside the program; set KINESCORE_RESOURCES to where it is."};
}

fs::path defaultWeightsFile(const fs::path& resources) { return resources / "weights" / "kinescore-base.safetensors"; }
fs::path defaultLibraryFile(const fs::path& resources) { return resources / "library" / "motion.kslib"; }
fs::path captionIndexOf(const fs::path& library) {
  fs::path index = library;
  index.replace_extension(".index.safetensors");
  std::error_code ignored;
  return fs::is_regular_file(index, ignored) ? index : fs::path();
}
fs::path retrievalTowerOf(const fs::path& library) {
  fs::path tower = library.parent_path() / "retrieval-tower.safetensors";
  std::error_code ignored;
  return fs::is_regular_file(tower, ignored) ? tower : fs::path();
}
fs::path sampleFolder(const fs::path& resources) { return resources / "samples"; }

fs::path stateFolder() {
  const fs::path folder = xdgFolder("XDG_STATE_HOME", ".local/state");
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  return folder;
}

fs::path userLibraryFolder() {
  if (const char* chosen = std::getenv("KINESCORE_LIBRARIES"); chosen && *chosen) return chosen;
  return xdgFolder("XDG_DATA_HOME", ".local/share") / "libraries";
}

fs::path userModelFolder() { return xdgFolder("XDG_DATA_HOME", ".local/share") / "models"; }

fs::path cacheFolder() { return xdgFolder("XDG_CACHE_HOME", ".cache"); }

}  // namespace kinescore
