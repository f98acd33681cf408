// A crop of captured motion made into a task: what of it the network is told, and what it has to
// find out by itself.
#pragma once

#include "engine/core/random.h"
#include "engine/generation/denoiser.h"
#include "engine/train/left_out.h"
#include "engine/train/training_data.h"

namespace kinescore {

struct TrainSample {
  WindowConditions conditions;
  std::vector<float> clean;  // [frames][273] normalised, in the window's space
  bool flatFloor = true;     // contacts and the floor can be believed
  bool trusted = true;       // clean enough for the foot loss
  bool isSeen = false;       // the whole time by a camera, followed as a draft or blocked in poses: little is left to guess
  bool fromNoise = false;    // to be told in one step from what is seen: an estimate
};

/// For validation: each caption of a crop with the best moment of other data, or with any.
struct ShownReferences {
  const TrainingData* pool = nullptr;  // null: none
  bool wrong = false;
};

struct DrawOptions {
  bool references = false;
  bool senses = true;        // rhythm and view, for networks that take them
  bool drafts = true;        // likewise
  bool blockedAtOnce = false;  // blocked windows are told in one step alone, as a network for loud noise is asked
  LeftOut leftOut;
  bool plain = false;   // texts, none dropped, and `shown`: for validation
  bool view = false;    // with `plain`: in place of the texts, the body seen without faults
  ShownReferences shown;
};

/// Texts, constraints and drops by their training shares.
[[nodiscard]] TrainSample drawSample(const TrainingData& data, const FeatureStatistics& statistics, Crop crop,
                                     CounterRandom& random, const DrawOptions& options);

/// World positions of the joints in the window's space, [frames][22], from features in that space.
[[nodiscard]] std::vector<glm::vec3> windowPositions(std::span<const float> values);

}  // namespace kinescore
