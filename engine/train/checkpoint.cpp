#include "engine/train/checkpoint.h"

namespace kinescore {
namespace {

constexpr const char* kFormat = "kinescore-checkpoint-1";

}  // namespace

Status saveCheckpoint(const std::filesystem::path& folder, Learner& learner, const std::string& dataHash,
                      const nlohmann::json& card) {
  const ModelParts& parts = learner.parts();
  return saveRunCheckpoint(folder, kFormat, jsonFromConfig(parts.config), learner.flat(), dataHash, card,
                           [&](SafetensorsWriter& writer) { addConstants(writer, parts); });
}

Result<Checkpoint> loadCheckpoint(const std::filesystem::path& path) {
  auto open = openRunCheckpoint(path, kFormat);
  if (!open) return open.error();
  auto config = configFromJson(open->sizes);
  if (!config) return config.error();
  Checkpoint checkpoint;
  checkpoint.parts.config = *config;
  checkpoint.parts.specs = networkParameters(*config);
  if (auto read = readConstants(open->file, checkpoint.parts); !read) {
    return damagedCheckpoint(path, read.error().message);
  }
  if (auto read = readRunArrays(*open, parameterCount(checkpoint.parts.specs)); !read) return read.error();
  static_cast<RunCheckpoint&>(checkpoint) = std::move(open->run);
  checkpoint.parts.values = checkpoint.arrays["values"];
  return checkpoint;
}

void restore(Learner& learner, const Checkpoint& checkpoint) { restoreRun(learner.flat(), checkpoint); }

}  // namespace kinescore
