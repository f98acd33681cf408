// A run of a small network on the small library.
#pragma once

#include "engine/train/trainer.h"
#include "tests/engine/train/small_library.h"

namespace kinescore {

inline TrainOptions smallRun(const std::filesystem::path& output, std::int64_t steps) {
  TrainOptions o;
  o.output = output;
  o.network = smallConfig();
  o.steps = steps;
  o.batch = 4;
  o.frames = 48;
  o.warmUp = 5;
  o.learningRate = 3e-3;
  o.validationCrops = 4;
  o.lowPriority = false;
  return o;
}

}  // namespace kinescore
