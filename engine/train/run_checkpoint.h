// A training run that can go on bit for bit, whatever network it trains: the flat arrays, the progress and what the
// data were, as safetensors named by step in the run's folder. The newest three are kept.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "engine/core/result.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors.h"
#include "engine/train/flat_learner.h"

namespace kinescore {

struct RunCheckpoint {
  std::map<std::string, at::Tensor> arrays;  // FlatLearner::arrays()
  LearnerProgress progress;
  std::string dataHash;
  nlohmann::json card;                       // what the weights' card will tell
};

/// Writes `folder`/checkpoint-<step>.safetensors and removes all but the newest three. `format` names the kind of
/// network; `sizes` is given back by openRunCheckpoint; `addMore` may add tensors.
[[nodiscard]] Status saveRunCheckpoint(const std::filesystem::path& folder, const std::string& format,
                                       const nlohmann::json& sizes, FlatLearner& learner, const std::string& dataHash,
                                       const nlohmann::json& card,
                                       const std::function<void(SafetensorsWriter&)>& addMore = {});

/// A checkpoint whose format was checked, before its arrays are read.
struct OpenRunCheckpoint {
  std::filesystem::path path;
  SafetensorsFile file;
  nlohmann::json sizes;
  RunCheckpoint run;  // without arrays
};
[[nodiscard]] Result<OpenRunCheckpoint> openRunCheckpoint(const std::filesystem::path& path, const std::string& format);
/// Its arrays, of so many numbers each.
[[nodiscard]] Status readRunArrays(OpenRunCheckpoint& open, std::int64_t count);
/// “The checkpoint … cannot be used: ” and why.
[[nodiscard]] Error damagedCheckpoint(const std::filesystem::path& path, const std::string& why);

/// The newest one in a folder; nothing when there is none.
[[nodiscard]] std::optional<std::filesystem::path> newestCheckpoint(const std::filesystem::path& folder);

/// Puts arrays and progress into a learner of the same parameters.
void restoreRun(FlatLearner& learner, const RunCheckpoint& run);

}  // namespace kinescore
