// Windows whose poses are blocked in: so many of them that what lies between is nearly told.
#pragma once

#include <span>
#include <vector>

#include "engine/generation/denoiser.h"

namespace kinescore {

/// A window is blocked where no more than this many frames lie between whole poses, known or asked for at full strength
/// (two of these at least), and half as many before the first and after the last. Its steps do not begin at noise but at
/// one look at the poses, made noisy to kBlockedFrom: an estimate guides the generation (as in GENMO), which lays on what
/// a mean of motions lacks.
constexpr int kWidestBlockedGap = 44;
constexpr double kBlockedFrom = 0.5;
[[nodiscard]] bool isBlocked(const WindowConditions& conditions);
/// Frames whose whole poses are known or asked for.
[[nodiscard]] std::vector<int> posesOf(const WindowConditions& conditions);

/// Where two poses lie near each other little happens between them, and a curve through them knows more of it than a look
/// that was learned from all motion: draws root, joints and turns of a look at a blocked window, [T][273] normalised, to
/// the curve through what the look itself says at `poses` (posesOf), the more the nearer those are.
void trustNearPoses(std::span<const int> poses, const FeatureStatistics& statistics, std::span<float> look);

}  // namespace kinescore
