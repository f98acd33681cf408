// Defects of the capture itself, mended before anything is measured on it.
#pragma once

#include "engine/motion/motion.h"

namespace kinescore {

/// A joint that jumps away for one or two frames and comes back is put between its neighbours.
/// Returns the number of joint-frames changed.
int removeSpikes(Motion& motion);

/// What counts as a jump, and how long it may take instead.
struct JumpRule {
  float minDegrees;  // between two frames
  float maxDegrees;  // more than this is left alone
  int reach;         // frames on each side
};

/// Half turns of a limb about itself look like jumps; they are left for the retarget to judge.
[[nodiscard]] JumpRule sourceJumpRule(FrameRate rate);
/// Nothing real turns faster, and what is left are solutions that the capture itself mixed up.
constexpr JumpRule kFinalJumpRule{60, 181, 4};

/// A joint that jumps from one pose to another between two frames, and stays there, is led over in
/// a few frames. Returns the number of jumps.
int easeJumps(Motion& motion, const JumpRule& rule);

/// The same for the whole body, where the root leaps. Returns the number of leaps.
int bridgeRootJumps(Motion& motion);

/// kinescore22: hands of captures are coarse. A hand bent against its forearm farther than a wrist
/// goes is bent back to that.
void limitHands(Motion& motion);

/// Replaces the frames inside (first, last) by a smooth way from one to the other, all joints and
/// the root.
void bridgeFrames(Motion& motion, std::int64_t first, std::int64_t last);

}  // namespace kinescore
