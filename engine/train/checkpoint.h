// The checkpoints of the Kinescore network (run_checkpoint.h), with the statistics and the prior it stands on.
#pragma once

#include <filesystem>

#include "engine/core/result.h"
#include "engine/train/learner.h"
#include "engine/train/run_checkpoint.h"

namespace kinescore {

struct Checkpoint : RunCheckpoint {
  ModelParts parts;  // values as they were trained
};

/// Writes `folder`/checkpoint-<step>.safetensors and removes all but the newest three.
[[nodiscard]] Status saveCheckpoint(const std::filesystem::path& folder, Learner& learner, const std::string& dataHash,
                                    const nlohmann::json& card);
[[nodiscard]] Result<Checkpoint> loadCheckpoint(const std::filesystem::path& file);
/// Puts the arrays of a checkpoint into a learner made from its parts.
void restore(Learner& learner, const Checkpoint& checkpoint);

}  // namespace kinescore
