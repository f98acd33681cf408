#include "app/window_command.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "app/caption_embedding.h"
#include "app/folder_adding.h"
#include "app/generator_options.h"
#include "app/paths.h"
#include "app/prompt_command.h"

#ifdef KINESCORE_WITH_UI
#include "engine/library/clip_search.h"
#include "engine/library/user_libraries.h"
#include "engine/network/kinescore_generator.h"
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
namespace {

/// A model for the engine's chip; the weights are read at the first job.
Result<OfferedModel> openModel(const std::string& name) {
  const Result<ModelChoice> model = modelNamed(name);
  if (!model) return model.error();
  const auto probe = openPerformer(*model, {});
  if (!probe) return probe.error();
  OfferedModel offered;
  offered.description = (*probe)->describe();
  offered.makeGenerator = [model = *model] { return openPerformer(model, {}); };
  if (model->kind == ModelChoice::Kind::Gem) return offered;
  const Result<std::filesystem::path> resources = resourceFolder();
  if (!resources) return resources.error();
  const KinescoreGeneratorOptions own = optionsForPerforming(*resources, model->file);
  offered.findsReferences = !own.captionIndex.empty() && seesReferences(own.weights);
  offered.followsDrafts = followsDrafts(own.weights);
  offered.takesSampling = true;
  return offered;
}

LibraryServices libraryServices() {
  LibraryServices services;
  services.files = []() -> std::vector<LibraryFiles> {
    const Result<std::filesystem::path> resources = resourceFolder();
    return resources ? librariesForPerforming(*resources) : std::vector<LibraryFiles>();
  };
  services.openMeaning = []() -> Result<SentenceVector> {
    Result<std::unique_ptr<CaptionEncoder>> encoder = CaptionEncoder::open();
    if (!encoder) return encoder.error();
    return SentenceVector([shared = std::shared_ptr<CaptionEncoder>(std::move(*encoder))](std::string_view sentence) {
      return shared->encode(sentence);
    });
  };
  services.add = [](const std::filesystem::path& folder, const FolderProgress& progress, std::stop_token stop) -> Result<AddedClips> {
    const std::filesystem::path shelf = userLibraryFolder();
    const std::string name = freeLibraryName(shelf, folder);
    const Result<AddedFolder> added = addFolderAsLibrary(shelf, name, folder, progress, stop);
    if (!added) return added.error();
    const std::vector<DatasetNote>& leftOut = added->clips.leftOut;
    return AddedClips{name, int(added->clips.library.clips.size()), added->clips.files,
                      leftOut.empty() ? std::string() : leftOut.front().clip + ": " + leftOut.front().text};
  };
  services.forget = [](const std::string& name) { return removeUserLibrary(userLibraryFolder(), name); };
  return services;
}

/// Of the library that ships and of those the user added.
Result<int> countClips(const std::filesystem::path& resources) {
  std::vector<LibraryFiles> files{{defaultLibraryFile(resources), {}}};
  for (LibraryFiles& added : addedLibraryFiles(userLibraryFolder())) files.push_back({std::move(added.library), {}});
  const Result<LibraryShelf> shelf = LibraryShelf::open(files);
  if (!shelf) return shelf.error();
  const auto& clips = shelf->library()->clips;
  return int(std::count_if(clips.begin(), clips.end(), isOffered));
}

}  // namespace

int runWindowCommand(const WindowCommandOptions& options, int argc, char** argv) {
  if (!hasDisplay()) {
    return fail(2, "There is no display to open the window on; use “kinescore generate”, or start it inside a desktop session.");
  }
  WindowOptions window;
  window.project = options.project;
  window.stateFolder = stateFolder();
  window.openModel = openModel;
  window.library = libraryServices();
  window.loadCaptions = openCaptionBook;
  if (const auto resources = resourceFolder()) {
    window.sampleFolder = sampleFolder(*resources);
    window.countClips = [resources = *resources] { return countClips(resources); };
    window.checkEngine = [weights = defaultWeightsFile(*resources)] { return checkWeights(weights); };
  }
  // The chip must say at once whether there is an engine.
  const Result<OfferedModel> shipped = openModel(kShippedModel);
  if (shipped) {
    window.engineDescription = shipped->description;
    window.findsReferences = shipped->findsReferences;
    window.followsDrafts = shipped->followsDrafts;
    window.makeGenerator = shipped->makeGenerator;
  } else {
    window.engineProblem = shipped.error().message;
    window.makeGenerator = [error = shipped.error()]() -> Result<std::unique_ptr<MotionGenerator>> { return error; };
  }
  return runWindow(argc, argv, window);
}
#else
int runWindowCommand(const WindowCommandOptions&, int, char**) {
  return fail(2, "This build has no window; use “kinescore generate”, “export”, “dataset” or “train”.");
}
#endif

}  // namespace kinescore
