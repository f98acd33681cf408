// How far joints in the world lie from the truth, as the literature on human motion from video measures it: after a
// similarity (turn, scale, move) has laid one over the other (gem.md 5.6).
#pragma once

#include <span>
#include <string_view>

#include "engine/network/gem/body.h"

namespace kinescore::gem {

/// Which frames the similarity is found from.
enum class WorldAlignment {
  AllFrames,       // WA-MPJPE
  FirstTwoFrames,  // W-MPJPE: drift over the clip shows
};
/// Of the names in the published evaluation: "waa_mpjpe" is WA-MPJPE and "wa2_mpjpe" is W-MPJPE (T17).
[[nodiscard]] WorldAlignment alignmentOfMetric(std::string_view publishedName);

/// Mean distance of joints in metres, over a clip (the literature takes 100 frames).
[[nodiscard]] double worldJointError(std::span<const JointPositions> predicted, std::span<const JointPositions> truth,
                                     WorldAlignment alignment);

}  // namespace kinescore::gem
