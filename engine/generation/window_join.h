// Where one window takes over from another. The frames that both have are known to the later one, but it says them a
// little differently; what it misses of place and speed at the last of them is taken back over the frames behind.
#pragma once

#include <cstdint>
#include <span>

#include "engine/motion/motion.h"

namespace kinescore {

/// Frames over which what is missed fades.
constexpr int kJoinFrames = 20;

/// `world` [frames of the performance][273] holds what was there before `knownUntil`; `made` [window][273] is what the
/// window came out as, in the world too. Contacts are left as they are. Frames `reach` and more behind are not touched.
void joinWindow(const FrameRange& window, std::int64_t knownUntil, std::span<const float> world, std::span<float> made,
                std::int64_t reach = kJoinFrames + 1);

/// The same the other way round: frames from `knownFrom` on were there, and those before run into them.
void joinWindowAtEnd(const FrameRange& window, std::int64_t knownFrom, std::span<const float> world,
                     std::span<float> made, std::int64_t reach = kJoinFrames + 1);

}  // namespace kinescore
