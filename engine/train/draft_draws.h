// Captured motion made rough, as an author's draft is: blocked in a few poses, smoothed over, early here and late
// there, too small, trembling. From it the network learns to follow a draft's poses and to move as captured motion does.
#pragma once

#include <span>

#include "engine/core/random.h"
#include "engine/generation/denoiser.h"

namespace kinescore {

/// Fills conditions.draft. `clean` [frames][273] normalised, of the crop that is to be performed.
void sketchDraft(std::span<const float> clean, CounterRandom& random, WindowConditions& conditions);

}  // namespace kinescore
