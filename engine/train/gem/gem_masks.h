// What of an example's conditions a pass of training is shown (gem.md 5.4).
#pragma once

#include "engine/train/gem/gem_example.h"

namespace kinescore::gem {

/// Every batch is gone through twice: asked once from nothing, and asked to take noise away. The losses add up.
enum class TrainPass { Regression, Diffusion };

struct ShownConditions {
  ClipConditions clip;
  std::vector<float> boxShown;  // [frames] 0 or 1, where the box may be told at all
};

/// Frames and joints hidden in spans, single frames without box or camera, texts and views dropped. The regression pass
/// always sees points, and who has words is never told of the camera.
[[nodiscard]] ShownConditions shownConditions(const Example& example, TrainPass pass, CounterRandom& random);

}  // namespace kinescore::gem
