// Conditions of some windows, gathered in tensors of one batch: the same code feeds training and
// generation.
#pragma once

#include <span>

#include <ATen/core/Tensor.h>

#include "engine/generation/denoiser.h"

namespace kinescore {

/// Batch B, frames T (the longest window), tokens N = T / frames a token, rounded up, text tokens K, texts S,
/// reference tokens M. Absent parts have K, S or M = 0.
struct NetworkInputs {
  std::int64_t batch = 0, frames = 0;
  bool padded = false;          // some window is shorter than `frames`
  at::Tensor valid;             // [B][T][1] 1 where the window has a frame
  at::Tensor lastFrame;         // [B] int64
  at::Tensor known, knownMask;  // [B][T][273], [B][T][1]
  at::Tensor world;             // [B][T][258] positions, masks, rotations, masks, path … contacts, mask

  bool hasSenses = false;       // some window hears or sees something
  at::Tensor senses;            // [B][T][kSenseWidth] rhythm × mask, mask, view × mask, mask
  bool hasDraft = false;        // some window follows a draft
  at::Tensor draft;             // [B][T][kDraftWidth] values × mask, mask

  at::Tensor textTokens;        // [B][K][384]
  at::Tensor textSides;         // [B][K] int64, Side
  at::Tensor textBias;          // [B][1][N][K + 1] log strength; slot 0 is the always-visible null token
  at::Tensor sentences;         // [B][S][384]
  at::Tensor sentenceSides;     // [B][S][2] speaks of left, of right
  at::Tensor progress;          // [B][N][S][4] from seconds since the text's start and to its end
  at::Tensor cover;             // [B][N][S] strength where the text covers the token

  at::Tensor referenceValues;   // [B][M][792]
  at::Tensor referenceTime;     // [B][M] int64, token of its own clip
  at::Tensor referenceOwner;    // [B][M] int64, -1 where padded
  at::Tensor referenceBias;     // [B][1][N][M] log strength where the clip is shown
  at::Tensor referenceGiven;    // [B][N][1] 1 where any clip is

  at::Tensor quality;           // [B] int64
};

/// What of the conditions a branch sees, for a network with so many frames a token. Windows may differ in length; they
/// are padded to the longest.
[[nodiscard]] NetworkInputs gatherInputs(std::span<const WindowConditions* const> windows,
                                         GuidanceBranch branch = GuidanceBranch::All, int tokenFrames = kPatchFrames);

}  // namespace kinescore
