// The tensors of a GEM network under the names of the published checkpoint (gem.md 3.9), and reading them with
// every name and shape checked.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/network/gem/config.h"
#include "engine/network/parameters.h"
#include "engine/storage/safetensors.h"
#include "engine/storage/safetensors_stream.h"

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

/// Weights by name, wherever they lie: shapes are known beforehand, numbers are read when they are asked for.
struct WeightSource {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  std::map<std::string, std::string> notes;
  std::function<Result<at::Tensor>(const std::string& name)> read;  // float32 on the CPU
};
/// The file must outlive the source.
[[nodiscard]] WeightSource sourceOf(const SafetensorsFile& file);
[[nodiscard]] WeightSource sourceOf(const SafetensorsOnDisk& file);

/// What a converted file's notes call the number of heads, which are in no shape.
constexpr const char* kHeadsNote = "num_heads";
/// Sizes as the shapes tell them. Heads: of the notes, else 8.
[[nodiscard]] Result<Config> configOfWeights(const WeightSource& source);
[[nodiscard]] inline Result<Config> configOfWeights(const SafetensorsFile& file) {
  return configOfWeights(sourceOf(file));
}

/// Refuses what is missing, of another shape or unknown; names that start with `foreignPrefix` (when not empty) are
/// somebody else's. Reads no numbers.
[[nodiscard]] Status checkWeights(const WeightSource& source, const Config& config,
                                  const std::string& foreignPrefix = {});

/// Those of the network's tensors that `isWanted`, from a source that was checked.
[[nodiscard]] Result<ParameterMap> readWeights(const WeightSource& source, const Config& config,
                                               const std::function<bool(const std::string&)>& isWanted);
/// All tensors as float32 on the CPU, checked.
[[nodiscard]] Result<ParameterMap> readWeights(const SafetensorsFile& file, const Config& config,
                                               const std::string& foreignPrefix = {});

/// Fresh values with the constants beside them: a network to train, or to try sizes with.
[[nodiscard]] ParameterMap freshWeights(const Config& config, std::uint64_t seed);

/// Rows of sines and cosines, [kPositionRows][1][width], in single precision as the reference computes it (the
/// last bits depend on it).
[[nodiscard]] at::Tensor positionTable(std::int64_t width);

}  // namespace kinescore::gem
