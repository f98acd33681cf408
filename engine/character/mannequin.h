// The figure Kinescore shows when there is no character: a smooth mannequin on kinescore22, grown
// from capsules and ellipsoids that melt into each other.
#pragma once

#include <memory>

#include "engine/character/character.h"

namespace kinescore {

enum class MannequinDetail {
  Fine,    ///< the performer: about 14,000 triangles
  Coarse,  ///< ghosts and shadows: about 4,000 triangles
};

/// The same two objects for the life of the program; made at the first call (about 0.2 s each).
/// Its bind pose has the arms half lowered, in the middle of what arms do.
[[nodiscard]] std::shared_ptr<const Character> mannequin(MannequinDetail detail);

}  // namespace kinescore
