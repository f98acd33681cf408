// Motion to BVH text: +Y up, the skeleton's offsets as its rest pose (identity rotations), root
// with six channels, joints with three, rotations in the order Z Y X (R = Rz·Ry·Rx).
#pragma once

#include <string>

#include "engine/motion/motion.h"

namespace kinescore {

struct BvhWriteOptions {
  FrameRate rate{30, 1};
  bool centimeters = true;  // else metres
};

/// Frames at `rate` by evaluate(), for the time the motion lasts. Angles are unrolled: no jump from
/// 180° to −180°. The same bytes on every machine and in every locale.
[[nodiscard]] std::string writeBvh(const Motion& motion, const BvhWriteOptions& options);

}  // namespace kinescore
