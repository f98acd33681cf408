// A captured clip on its own skeleton becomes the same performance on kinescore22 at 30 Hz:
// rotations by alignment, root by the hip joints, legs by two-bone solve to the scaled source's
// ankles, the source's own flat stance turned away, soles on y = 0, contacts found.
#pragma once

#include <optional>

#include "engine/retarget/contacts.h"
#include "engine/retarget/mapped_clip.h"
#include "engine/retarget/stance.h"

namespace kinescore {

struct RetargetOptions {
  /// Climbing and rough ground: feet are taken as they are, heights are not asked.
  bool unevenGround = false;
  /// Where the actor's ankles and toes stand elsewhere in the same room, for a clip that has no
  /// flat stance of its own. In the clip's coordinates.
  std::optional<FlatHeights> flatElsewhere;
};

/// `clip` at 30, 60 or another multiple of 30 Hz (every n-th frame is taken).
[[nodiscard]] Result<Motion> retarget(const MappedClip& clip, const StanceSamples& clipStance,
                                      const FootCalibration& calibration,
                                      const RetargetOptions& options = {});

/// All of it for one clip alone, calibrated on itself.
[[nodiscard]] Result<Motion> retargetClip(const SourceClip& source, double floorHeight,
                                          const RetargetOptions& options = {});

}  // namespace kinescore
