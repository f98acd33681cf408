#include "app/window_command.h"

#include <cstdio>
#include <cstdlib>

#include "app/generator_options.h"
#include "app/paths.h"
#include "engine/network/kinescore_generator.h"

#ifdef KINESCORE_WITH_UI
#include "ui/run_window.h"
#endif

namespace kinescore {
namespace {

int fail(int exitCode, const char* sentence) {
  std::fprintf(stderr, "kinescore: %s\n", sentence);
  return exitCode;
}

[[maybe_unused]] bool hasDisplay() {
  for (const char* variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
    const char* value = std::getenv(variable);
    if (value && *value) return true;
  }
  return false;
}

}  // namespace

#ifdef KINESCORE_WITH_UI
int runWindowCommand(const WindowCommandOptions& options, int argc, char** argv) {
  if (!hasDisplay()) {
    return fail(2, "There is no display to open the window on; use “kinescore generate”, or start it inside a desktop session.");
  }
  WindowOptions window;
  window.project = options.project;
  window.stateFolder = stateFolder();
  const Result<std::filesystem::path> resources = resourceFolder();
  if (resources) {
    const KinescoreGeneratorOptions generator = optionsForPerforming(*resources);
    window.findsReferences = !generator.captionIndex.empty() && seesReferences(generator.weights);
    window.followsDrafts = followsDrafts(generator.weights);
    window.sampleProject = sampleProjectFile(*resources);
    // The chip must say at once whether there is an engine; the weights are read at the first job.
    if (const auto probe = openKinescoreGenerator(generator)) window.engineDescription = (*probe)->describe();
    else window.engineProblem = probe.error().message;
    window.makeGenerator = [generator] { return openKinescoreGenerator(generator); };
  } else {
    window.engineProblem = resources.error().message;
    window.makeGenerator = [error = resources.error()]() -> Result<std::unique_ptr<MotionGenerator>> { return error; };
  }
  return runWindow(argc, argv, window);
}
#else
int runWindowCommand(const WindowCommandOptions&, int, char**) {
  return fail(2, "This build has no window; use “kinescore generate”, “export”, “dataset” or “train”.");
}
#endif

}  // namespace kinescore
