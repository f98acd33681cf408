// A run that can go on bit for bit: fp32 weights, running average, moments, step and what the data
// were, as safetensors named by step. The newest three are kept.
#pragma once

#include <filesystem>
#include <optional>

#include "engine/core/result.h"
#include "engine/train/learner.h"

namespace kinescore {

struct Checkpoint {
  ModelParts parts;                             // values as they were trained
  std::map<std::string, at::Tensor> arrays;     // Learner::arrays()
  LearnerProgress progress;
  std::string dataHash;
  nlohmann::json card;                          // what the weights' card will tell
};

/// Writes `folder`/checkpoint-<step>.safetensors and removes all but the newest three.
[[nodiscard]] Status saveCheckpoint(const std::filesystem::path& folder, Learner& learner, const std::string& dataHash,
                                    const nlohmann::json& card);
[[nodiscard]] Result<Checkpoint> loadCheckpoint(const std::filesystem::path& file);
/// The newest one in a folder; nothing when there is none.
[[nodiscard]] std::optional<std::filesystem::path> newestCheckpoint(const std::filesystem::path& folder);

/// Puts the arrays of a checkpoint into a learner made from its parts.
void restore(Learner& learner, const Checkpoint& checkpoint);

}  // namespace kinescore
