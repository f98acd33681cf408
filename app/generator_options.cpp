#include "app/generator_options.h"

#include <cstdlib>

#include "app/paths.h"
#include "engine/library/user_libraries.h"
#include "engine/network/gem/sound_frames.h"
#include "engine/storage/safetensors_stream.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kKinescore = "kinescore", kGem = "gem";

/// GEM's files say so themselves, and so do checkpoints of which they are made: nothing else comes
/// as one.
Result<ModelChoice::Kind> kindOfFile(const fs::path& file) {
  for (const char* ending : {".ckpt", ".pt", ".pth"}) {
    if (file.extension() == ending) return ModelChoice::Kind::Gem;
  }
  const Result<SafetensorsOnDisk> opened = SafetensorsOnDisk::open(file);
  if (!opened) return opened.error();
  const auto said = opened->metadata().find("architecture");
  const bool isGem = said != opened->metadata().end() && said->second == kGem;
  return isGem ? ModelChoice::Kind::Gem : ModelChoice::Kind::Kinescore;
}

}  // namespace

Result<ModelChoice> modelNamed(const std::string& name) {
  if (name.empty() || name == kKinescore) return ModelChoice{};
  const std::size_t colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  if (kind == kGem || kind == kKinescore) {
    const std::string file = colon == std::string::npos ? std::string() : name.substr(colon + 1);
    if (file.empty()) {
      return Error{ErrorCode::InvalidArgument,
                   "The model “" + name + "” names no file; write " + kind + ":FILE.safetensors."};
    }
    return ModelChoice{kind == kGem ? ModelChoice::Kind::Gem : ModelChoice::Kind::Kinescore, file};
  }
  std::error_code ignored;
  if (!fs::exists(name, ignored)) {
    return Error{ErrorCode::NotFound,
                 "There is no model “" + name +
                     "”; use kinescore, gem:FILE.safetensors, or a file of weights."};
  }
  const Result<ModelChoice::Kind> found = kindOfFile(name);
  if (!found) return found.error();
  return ModelChoice{*found, name};
}

std::vector<fs::path> t5Folders(const fs::path& weights, const fs::path& named) {
  if (!named.empty()) return {named};
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("KINESCORE_T5"); chosen && *chosen)
    folders.emplace_back(chosen);
  folders.push_back(weights.parent_path() / "t5-3b");
  folders.push_back(userModelFolder() / "t5-3b");
  return folders;
}

Result<std::unique_ptr<MotionGenerator>> openPerformer(const ModelChoice& model,
                                                       const PerformingOptions& options) {
  if (model.kind == ModelChoice::Kind::Gem) {
    GemGeneratorOptions gem;
    gem.weights = model.file;
    gem.textFolders = t5Folders(fs::absolute(model.file), options.textModel);
    gem.readSound = gem::soundReader();
    gem.device = options.device;
    return openGemGenerator(std::move(gem));
  }
  const Result<fs::path> resources = resourceFolder();
  if (!resources) return resources.error();
  KinescoreGeneratorOptions own = optionsForPerforming(*resources, model.file);
  own.device = options.device;
  own.threads = options.threads;
  return openKinescoreGenerator(std::move(own));
}

KinescoreGeneratorOptions optionsForPerforming(const std::filesystem::path& resources,
                                               const std::filesystem::path& weights) {
  KinescoreGeneratorOptions options;
  options.weights = weights.empty() ? defaultWeightsFile(resources) : weights;
  options.library = defaultLibraryFile(resources);
  options.captionIndex = captionIndexOf(options.library);
  options.tower = retrievalTowerOf(options.library);
  options.added = addedLibraryFiles(userLibraryFolder());
  return options;
}

std::vector<LibraryFiles> librariesForPerforming(const std::filesystem::path& resources) {
  const KinescoreGeneratorOptions options = optionsForPerforming(resources);
  std::vector<LibraryFiles> files = {{options.library, options.captionIndex}};
  files.insert(files.end(), options.added.begin(), options.added.end());
  return files;
}

KinescoreGeneratorOptions optionsForJudging(const std::filesystem::path& library,
                                            const std::filesystem::path& weights) {
  KinescoreGeneratorOptions options;
  options.weights = weights;
  options.library = library;
  options.captionIndex = captionIndexOf(library);
  options.tower = retrievalTowerOf(library);
  return options;
}

}  // namespace kinescore
