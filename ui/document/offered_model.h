// Models that the window can change to, and how it asks for one.
#pragma once

#include <functional>
#include <string>

#include "engine/generation/motion_service.h"

namespace kinescore {

/// A model as the window offers it.
struct OfferedModel {
  MotionService::GeneratorFactory makeGenerator;  // runs on the engine's own thread
  std::string description;                        // "CPU · kinescore-base"
  bool findsReferences = false;  // it looks at captured motion found by the prompts
  bool followsDrafts = false;    // it was trained to follow one
  bool takesSampling = false;    // it is sampled as SamplingWishes say
};
/// Opens a model by the name that the command line knows it by: "kinescore", "gem:FILE". Quick:
/// reads no weights.
using ModelOpener = std::function<Result<OfferedModel>(const std::string& model)>;

/// The model that ships, and how the names of GEM's files begin.
constexpr const char* kShippedModel = "kinescore";
constexpr const char* kGemModelPrefix = "gem:";

}  // namespace kinescore
