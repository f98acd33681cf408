// What is known about clean motion before any training: the principal directions of normalised
// 2-frame patches. In them the best linear denoiser is one gain per direction, so the network only
// has to learn what a linear look at one patch cannot say, and an almost clean patch passes untouched.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/generation/features.h"

namespace kinescore {

/// Numbers in a patch: kPatchFrames × kFeatureCount.
constexpr int kPatchWidth = 2 * kFeatureCount;

struct PatchBasis {
  at::Tensor mean;        // [546]
  at::Tensor directions;  // [546][546], one direction a column, largest variance first
  at::Tensor variances;   // [546], all > 0
};

/// From normalised patches in window space, row by row: [patches][546]. At least two rows.
[[nodiscard]] PatchBasis measureBasis(const at::Tensor& patches);

/// Per-direction factors at some noise levels. Everything is [batch][1][546].
struct LinearDenoiser {
  at::Tensor signal;     // [batch][1][1] factor of the clean motion in the noisy one
  at::Tensor gain;       // estimate = mean + gain · (noisy − signal · mean)
  at::Tensor deviation;  // of what the estimate still misses
};
/// logSnr [batch].
[[nodiscard]] LinearDenoiser linearDenoiser(const PatchBasis& basis, const at::Tensor& logSnr);

}  // namespace kinescore
