// Joint positions without rotations (22 joints of the SMPL body, any size) as a clip that the retarget
// takes on: rotations from the bones' directions, legs at our size.
//
// What positions do not tell stays at rest: turns of head and hands about themselves. Elbows and knees
// are hinges; a straight limb takes its turn from the trunk.
#pragma once

#include "engine/io/humanml3d.h"
#include "engine/retarget/mapped_clip.h"

namespace kinescore {

/// At 30 Hz, whatever `rate` is (cubic through the positions).
[[nodiscard]] Result<MappedClip> mapJointPositions(const JointPositions& positions, FrameRate rate);

/// A kinescore22 motion whose root's way may be of another size of actor: the way is scaled so that
/// standing feet stand (0.8 … 1.25; 1 when it hardly travels), at 30 Hz.
[[nodiscard]] MappedClip mapAngles(const Motion& motion);
/// The factor that mapAngles finds.
[[nodiscard]] double wayScaleOf(const Motion& motion);

/// Feet calibrated on the clip itself, soles on the floor, contacts found.
[[nodiscard]] Result<Motion> retargetAlone(const MappedClip& clip);

}  // namespace kinescore
