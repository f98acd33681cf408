// How well a motion follows what was seen and heard.
#pragma once

#include <cstdint>
#include <span>

#include "engine/generation/rhythm.h"
#include "engine/motion/motion.h"

namespace kinescore {

/// Mean distance of the 17 points of a view, metres, each frame turned, moved and scaled to fit best (Procrustes;
/// S. Umeyama 1991): how a pose is told, whatever the place, facing and size.
[[nodiscard]] double alignedViewDistance(const Motion& made, const Motion& truth);

/// Of a motion's accents and a beat's: harmonic mean of the shares that have a partner within 0.1 s. Beats outside the
/// motion do not count.
[[nodiscard]] double beatAgreement(std::span<const Accent> accents, const Beat& beat, std::int64_t frames);

/// The agreement over its mean with the same beat moved to `shifts` random phases: 1 where the motion does not care.
/// 0 where there is no agreement with any.
[[nodiscard]] double beatGain(const Motion& motion, const Beat& beat, int shifts, std::uint64_t seed);

}  // namespace kinescore
