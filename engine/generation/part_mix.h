// Texts for a part of the body. The network is asked once more with the part's texts alone, and of that answer the
// part is taken; the rest of the body follows through the noisy input that both answers share.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/generation/denoiser.h"

namespace kinescore {

/// Features that belong to a part: positions, rotations and speeds of its joints. Legs also carry the hips, the
/// root, the heading and the contacts. Everything for Whole.
[[nodiscard]] const std::array<bool, kFeatureCount>& channelsOf(BodyPart part);

/// Parts that texts of a window are for, each once, Whole left out.
[[nodiscard]] std::vector<BodyPart> partsOf(const WindowConditions& conditions);

/// How far each frame is the part's: its texts' strength, risen smoothly over some frames from their ends.
[[nodiscard]] std::vector<float> shareOf(BodyPart part, const WindowConditions& conditions);

/// whole += share · (ofPart − whole) in the part's features; [frames][273], share [frames].
void mixPart(BodyPart part, std::span<const float> share, std::span<const float> ofPart, std::span<float> whole);

}  // namespace kinescore
