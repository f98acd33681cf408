// Training examples side by side, as tensors.
#pragma once

#include <span>
#include <vector>

#include "engine/train/gem/gem_losses.h"
#include "engine/train/gem/gem_masks.h"

namespace kinescore::gem {

/// All of one length.
[[nodiscard]] TrainTargets gatherTargets(const std::vector<Example>& examples);
[[nodiscard]] ConditionTensors gatherShown(const std::vector<ShownConditions>& shown);

}  // namespace kinescore::gem
