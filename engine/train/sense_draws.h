// What a crop of captured motion would have sounded and looked like: rhythm from its own footfalls and accents,
// and 17 points seen by a camera that was made up, with the faults of a detector.
#pragma once

#include <span>

#include "engine/core/random.h"
#include "engine/generation/denoiser.h"
#include "engine/train/made_up_camera.h"

namespace kinescore {

/// Fills conditions.rhythm; leaves it empty when the motion marks no time. `values` [frames][273] in window space.
void hearRhythm(std::span<const float> values, CounterRandom& random, WindowConditions& conditions);

/// Fills conditions.view. True when the body was seen the whole time: then all of it can be told from the view.
bool seeBody(std::span<const float> values, CounterRandom& random, WindowConditions& conditions);

/// The same without faults: every accent and its beat; every point in every frame by a camera that stands still.
void hearAll(std::span<const float> values, WindowConditions& conditions);
void seeAll(std::span<const float> values, const PinholeCamera& camera, WindowConditions& conditions);

}  // namespace kinescore
