// BallPlay clips: NPZ with joint angles of a 53-body humanoid, and the skeleton.json beside them.
#pragma once

#include <memory>
#include <string_view>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

[[nodiscard]] Result<std::shared_ptr<const Skeleton>> readBallPlaySkeleton(std::string_view bytes,
                                                                           std::string_view fileName);

/// From the joint angles (rotvec, root_pos), not from the recorded body positions.
[[nodiscard]] Result<Motion> readBallPlay(std::string_view bytes, std::string_view fileName,
                                          std::shared_ptr<const Skeleton> skeleton);

}  // namespace kinescore
