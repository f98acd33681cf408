// When a foot touches the ground: low and slow, with a stricter rule to begin than to go on.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/retarget/mapped_clip.h"
#include "engine/retarget/stance.h"

namespace kinescore {

/// [frames][4], order kContactJoints, at the clip's own rate. On uneven ground the height is not
/// asked. `flat` are heights in the clip's own coordinates.
[[nodiscard]] std::vector<std::uint8_t> findContacts(const MappedClip& clip, const FlatHeights& flat,
                                                     bool unevenGround);

}  // namespace kinescore
