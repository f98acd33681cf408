// Made-up walks of which some are held out, and evaluators that have hardly learned anything.
#pragma once

#include <gtest/gtest.h>

#include "engine/evaluate/evaluators.h"
#include "tests/engine/train/small_library.h"

namespace kinescore {

/// 26 walks: two each for val, test and unseen, the others for train.
inline Library heldOutLibrary() {
  Library library = smallLibrary(26, 120);
  for (std::size_t i = 0; i < library.clips.size(); ++i) {
    library.clips[i].split = i < 20 ? Split::Train : i < 22 ? Split::Val : i < 24 ? Split::Test : Split::Unseen;
    for (Caption& caption : library.clips[i].captions) caption.textC = caption.textA;
  }
  return library;
}

inline EvaluatorTrainOptions smallEvaluators(int steps = 12) {
  EvaluatorTrainOptions options;
  options.steps = steps;
  options.batch = 8;
  options.sizes.width = 16;
  options.sizes.layers = 1;
  options.sizes.heads = 2;
  options.sizes.feedForward = 16;
  options.sizes.embedding = 8;
  return options;
}

}  // namespace kinescore
