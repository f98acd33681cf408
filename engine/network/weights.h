// A network on disk: safetensors with a JSON card beside it. Training starts from parts, generation
// loads them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/generation/features.h"
#include "engine/network/motion_prior.h"
#include "engine/network/parameters.h"
#include "engine/storage/safetensors.h"

namespace kinescore {

struct ModelParts {
  NetworkConfig config;
  FeatureStatistics statistics;
  MotionPrior prior;
  std::vector<ParameterSpec> specs;
  at::Tensor values;  // flat float32
  /// A second network with the same statistics and prior, asked while the noise is loud: what is done is decided there,
  /// and few, long tokens are enough (Balaji et al., eDiff-I, 2022: denoisers by noise level). Null: one for all levels.
  std::shared_ptr<const ModelParts> coarse;
};

/// The log-SNR below which the coarse network is asked.
constexpr double kCoarseBelow = -3.0;
/// What a coarse network is like when nothing else is asked for: four pairs of frames a token.
constexpr int kCoarseTokenPatches = 4, kCoarseDirections = 96;

/// The constant tensors of a model by name, for whoever stores them.
struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  at::Tensor* tensor;
};
[[nodiscard]] std::vector<NamedTensor> constantsOf(MotionPrior& prior);

/// Writes the statistics and the prior exactly; reads them back with every shape checked.
void addConstants(SafetensorsWriter& writer, const ModelParts& parts);
[[nodiscard]] Status readConstants(const SafetensorsFile& file, ModelParts& parts);

/// The card's path: the weights' with ".json" in place of ".safetensors".
[[nodiscard]] std::filesystem::path cardPath(const std::filesystem::path& weights);

/// Writes float16 weights and the card. `about` is what the card tells beside sizes and hash:
/// training data, licence, steps, losses; about["coarse"] likewise of the coarse network, where there is one.
[[nodiscard]] Status saveModel(const ModelParts& parts, const std::filesystem::path& weights, nlohmann::json about);

struct LoadedModel {
  ModelParts parts;
  std::string hash;  // SHA-256 of the weights file
  nlohmann::json card;
};
/// Checks the file against its card's hash and sizes before it is believed.
[[nodiscard]] Result<LoadedModel> loadModel(const std::filesystem::path& weights);

}  // namespace kinescore
