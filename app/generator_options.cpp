#include "app/generator_options.h"

#include "app/paths.h"
#include "engine/library/user_libraries.h"

namespace kinescore {

KinescoreGeneratorOptions optionsForPerforming(const std::filesystem::path& resources, const std::filesystem::path& weights) {
  KinescoreGeneratorOptions options;
  options.weights = weights.empty() ? defaultWeightsFile(resources) : weights;
  options.library = defaultLibraryFile(resources);
  options.captionIndex = captionIndexOf(options.library);
  options.tower = retrievalTowerOf(options.library);
  options.added = addedLibraryFiles(userLibraryFolder());
  return options;
}

KinescoreGeneratorOptions optionsForJudging(const std::filesystem::path& library, const std::filesystem::path& weights) {
  KinescoreGeneratorOptions options;
  options.weights = weights;
  options.library = library;
  options.captionIndex = captionIndexOf(library);
  options.tower = retrievalTowerOf(library);
  return options;
}

}  // namespace kinescore
