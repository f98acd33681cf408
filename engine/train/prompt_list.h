// A list of prompts that a model is looked at with, in training and after it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

struct PromptList {
  std::vector<std::string> prompts;
  std::vector<std::uint64_t> seeds;
  double seconds = 4;
};
/// JSON: {"prompts": [...], "seeds": [...], "seconds": 4}.
[[nodiscard]] Result<PromptList> readPromptList(const std::filesystem::path& path);

}  // namespace kinescore
