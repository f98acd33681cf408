// Motion files in the manner of AMASS: NPZ with axis-angle rotations of the SMPL body's joints.
//
// What is used is public knowledge of the layout only: the order of the first 22 joints (that of
// kinescore22, which has the same topology), their angles and the root's way. Nothing of the body
// model is needed or used: the bones are ours, so hands and feet come to other places than the
// actor's, and the caller sets the scale of the way and the floor from the motion itself.
#pragma once

#include <string_view>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

/// Arrays: `poses` [frames][66 or more, a multiple of 3: 72 SMPL, 156 SMPL-H, 165 SMPL-X], or instead
/// `root_orient` [frames][3] and `pose_body` [frames][63]; `trans` [frames][3] metres; the rate as
/// `mocap_framerate` or `mocap_frame_rate`. World Z up in the file, Y up in the result.
/// The root joint is at `trans`: off by a constant that the floor takes away.
[[nodiscard]] Result<Motion> readAmass(std::string_view bytes, std::string_view fileName);

/// True for an archive that has the arrays; cheap.
[[nodiscard]] bool looksLikeAmass(std::string_view bytes);

}  // namespace kinescore
