// Self-attention of GEM: rotary positions over pairs, keys within a window of frames and within the clip (gem.md 3.3
// and 7). The window is a band, so that the work grows with the length of a clip and not with its square.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/network/gem/conditions.h"
#include "engine/network/layers.h"

namespace kinescore::gem {

/// The keys a frame may attend to: `window` frames around it, moved inwards at both ends of the clip; all of a
/// shorter clip.
[[nodiscard]] FrameSpan keysOfFrame(std::int64_t frame, std::int64_t frames, std::int64_t window);

/// Some neighbouring frames that ask, and the frames any of them may look at.
struct AttentionBlock {
  FrameSpan queries, keys;
  at::Tensor mask;  // [B or 1][1][queries or 1][keys], 0 or very negative; undefined: all keys are seen
};
/// `lengths`: valid frames of each clip of the batch. A frame that is past its clip's end and sees padding only
/// gets some finite answer, where the reference's is not a number and spreads (T26).
[[nodiscard]] std::vector<AttentionBlock> attentionBlocks(std::int64_t frames, std::int64_t window,
                                                          const std::vector<std::int64_t>& lengths,
                                                          const at::TensorOptions& options);

/// Angles of positions 0 … frames − 1, [frames][headWidth / 2] radians.
[[nodiscard]] at::Tensor rotaryAngles(std::int64_t frames, std::int64_t headWidth, const at::TensorOptions& options);
/// The same as complex numbers for rotatePairs, [frames][1][1][headWidth / 2].
[[nodiscard]] at::Tensor rotaryTurns(std::int64_t frames, std::int64_t headWidth, const at::TensorOptions& options);

/// What does not depend on the noise level: once a clip.
struct AttentionPlan {
  std::vector<AttentionBlock> blocks;
  at::Tensor turns;
};

struct SelfAttention {
  Linear queryKeyValue, out;
  std::int64_t heads = 1;

  /// From the layers "query", "key", "value" and "proj".
  static SelfAttention read(const LayerReader& layers, const std::string& name, std::int64_t heads);
  /// x [B][L][width]
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x, const AttentionPlan& plan) const;
};

/// Keys and values of texts in one layer, per text [B][H][tokens][head].
struct TextMemory {
  std::vector<at::Tensor> keys, values;
};

/// Which texts there are and where: one for the whole clip, or several on their own frames.
struct TextPlan {
  std::vector<FrameSpan> frames;  // of each text
  at::Tensor coverage;            // [1][L][1] how many texts cover a frame; undefined: one covers all
};

struct CrossAttention {
  Linear query, key, value, out;
  std::int64_t heads = 1;

  /// From the packed layer "in_proj" and "out_proj".
  static CrossAttention read(const LayerReader& layers, const std::string& name, std::int64_t heads);
  /// texts: [B][tokens][width] each.
  [[nodiscard]] TextMemory remember(const std::vector<at::Tensor>& texts) const;
  /// Frames that no text covers get exactly 0, not even the output's bias; where several cover one, all of
  /// their answers add up (T10).
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x, const TextMemory& memory, const TextPlan& plan) const;
};

}  // namespace kinescore::gem
