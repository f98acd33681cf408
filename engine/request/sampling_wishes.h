// What an author may set by hand of how the network is sampled. What is not set is the quality's.
//   {"steps": 24, "guidance": 2.5, "sampler": "ddim", "avoid": "jump"}
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.h"

namespace kinescore {

enum class Sampler {
  Ddim,         // first order
  DpmSolver2M,  // DPM-Solver++(2M), data prediction; first and last step first order
};
/// "ddim", "dpm2m"
[[nodiscard]] const char* nameOf(Sampler sampler);
[[nodiscard]] std::optional<Sampler> samplerNamed(std::string_view name);

struct SamplingWishes {
  static constexpr int kMostSteps = 100;
  static constexpr double kLeastGuidance = 0, kMostGuidance = 10;

  std::optional<int> steps;        // of the network a window, 1 … kMostSteps
  /// How far words push: 1 is what the network answers to them, more exaggerates, 0 hardly hears them.
  std::optional<double> guidance;
  std::optional<Sampler> sampler;
  std::string avoid;               // what the motion is pushed away from; works where guidance is above 1

  [[nodiscard]] bool isEmpty() const { return *this == SamplingWishes{}; }
  bool operator==(const SamplingWishes&) const = default;
};

/// One sentence naming what is out of its bounds.
[[nodiscard]] Status checkSampling(const SamplingWishes& wishes);

[[nodiscard]] nlohmann::json toJson(const SamplingWishes& wishes);
[[nodiscard]] Result<SamplingWishes> readSamplingWishes(const nlohmann::json& json);

}  // namespace kinescore
