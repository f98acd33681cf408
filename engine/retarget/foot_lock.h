// Feet that slide although they stand are held still: for captures that other tools already
// retargeted to a generic figure.
#pragma once

#include "engine/motion/motion.h"

namespace kinescore {

/// kinescore22 with contacts. In every contact the toe joint (else the ankle) keeps one place on the
/// floor; the way there and away is blended over a sixth of a second. Hips and upper body stay.
void lockFeet(Motion& motion);

}  // namespace kinescore
