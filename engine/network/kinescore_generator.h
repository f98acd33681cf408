// The Kinescore model as a MotionGenerator: opens the network, the text model and the library, and
// performs requests with them.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/core/result.h"
#include "engine/generation/motion_generator.h"
#include "engine/library/library_shelf.h"

namespace kinescore {

struct KinescoreGeneratorOptions {
  std::filesystem::path weights;          // safetensors, with its JSON card beside it
  std::filesystem::path library;          // empty: no references, the nearest clip is not measured
  std::filesystem::path captionIndex;     // of that library; empty: no references are found
  std::filesystem::path tower;            // retrieval tower; empty: words alone count
  std::vector<LibraryFiles> added;        // the user's own libraries, looked through beside it
  std::filesystem::path textModelFolder;  // empty: findTextModelFolder()
  DeviceChoice device = DeviceChoice::Auto;  // for requests that say Auto
  int threads = 0;                        // for requests that say 0; never changes the result
};

/// Whether a model was trained to look at references; reads the file. False when it cannot be read.
[[nodiscard]] bool seesReferences(const std::filesystem::path& weights);

/// The same for following a draft.
[[nodiscard]] bool followsDrafts(const std::filesystem::path& weights);
/// Whether the file is the one that its card describes, by its hash alone; a fraction of a second.
[[nodiscard]] Status checkWeights(const std::filesystem::path& weights);

/// Checks that the files are there; they are read at the first request, and again at the next one
/// when that failed. A request for another device opens the network there too.
[[nodiscard]] Result<std::unique_ptr<MotionGenerator>> openKinescoreGenerator(KinescoreGeneratorOptions options);

}  // namespace kinescore
