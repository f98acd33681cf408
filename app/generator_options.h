// Which model performs, and which libraries the engine looks references up in: performing uses what
// ships and what the user added, judging a model what ships alone, so that figures never depend on
// who asks.
#pragma once

#include <string>
#include <vector>

#include "engine/network/gem/gem_generator.h"
#include "engine/network/kinescore_generator.h"

namespace kinescore {

/// For generating and the window. `weights` empty: those that ship.
[[nodiscard]] KinescoreGeneratorOptions optionsForPerforming(
    const std::filesystem::path& resources, const std::filesystem::path& weights = {});
/// The same libraries, for looking through them: the one that ships first.
[[nodiscard]] std::vector<LibraryFiles> librariesForPerforming(const std::filesystem::path& resources);
/// For `evaluate`.
[[nodiscard]] KinescoreGeneratorOptions optionsForJudging(const std::filesystem::path& library,
                                                          const std::filesystem::path& weights);

/// A model by its name on the command line and in settings: "kinescore" (the one that ships),
/// "kinescore:FILE", "gem:FILE", or a file alone, which says itself what it is.
struct ModelChoice {
  enum class Kind { Kinescore, Gem } kind = Kind::Kinescore;
  std::filesystem::path file;  // empty: the one that ships
};
[[nodiscard]] Result<ModelChoice> modelNamed(const std::string& name);

/// Where T5-3B may lie for a GEM file, in this order: KINESCORE_T5, the folder t5-3b beside the
/// file, t5-3b among the user's models. `named`: the one folder that was asked for, in place of all
/// of them.
[[nodiscard]] std::vector<std::filesystem::path> t5Folders(const std::filesystem::path& weights,
                                                           const std::filesystem::path& named = {});

struct PerformingOptions {
  std::filesystem::path textModel;  // of GEM; empty: t5Folders()
  DeviceChoice device = DeviceChoice::Auto;
  int threads = 0;
};
/// The model for generating and the window.
[[nodiscard]] Result<std::unique_ptr<MotionGenerator>> openPerformer(
    const ModelChoice& model, const PerformingOptions& options);

}  // namespace kinescore
