// The tensors of a GEM network under the names of the published checkpoint (gem.md 3.9), and reading them with
// every name and shape checked.
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/network/gem/config.h"
#include "engine/network/parameters.h"
#include "engine/storage/safetensors.h"

namespace kinescore::gem {

/// The denoiser's names start with this; the condition embedders' do not.
constexpr const char* kDenoiserPrefix = "pipeline.denoiser3d.denoiser.";

/// Everything that is trained, in the order of a flat array, with the start training gives it.
[[nodiscard]] std::vector<ParameterSpec> trainedParameters(const Config& config);

/// Tensors of the checkpoint that are not trained: running statistics of the speech encoder.
struct ConstantSpec {
  std::string name;
  std::vector<std::int64_t> shape;
};
[[nodiscard]] std::vector<ConstantSpec> constantTensors(const Config& config);
/// The table of sinusoids: fixed, and computed where a file leaves it out.
[[nodiscard]] std::string positionTableName();
constexpr std::int64_t kPositionRows = 5000;

/// Copies and counters that checkpoints carry along and the network does not need.
[[nodiscard]] bool isIgnoredTensor(const std::string& name);

/// Sizes as the shapes of a file tell them. Heads are in no shape: "num_heads" of the file's notes, else 8.
[[nodiscard]] Result<Config> configOfWeights(const SafetensorsFile& file);

/// All tensors as float32 on the CPU. Refuses what is missing, of another shape or unknown; names that start with
/// `foreignPrefix` (when not empty) are somebody else's.
[[nodiscard]] Result<ParameterMap> readWeights(const SafetensorsFile& file, const Config& config,
                                               const std::string& foreignPrefix = {});

/// Fresh values with the constants beside them: a network to train, or to try sizes with.
[[nodiscard]] ParameterMap freshWeights(const Config& config, std::uint64_t seed);

/// Rows of sines and cosines, [kPositionRows][1][width], in single precision as the reference computes it (the
/// last bits depend on it).
[[nodiscard]] at::Tensor positionTable(std::int64_t width);

}  // namespace kinescore::gem
