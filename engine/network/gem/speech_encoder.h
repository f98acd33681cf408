// The speech encoder: six residual convolutions from a waveform at 18 kHz to 128 numbers a frame (gem.md 3.7).
#pragma once

#include <array>
#include <vector>

#include "engine/network/layers.h"

namespace kinescore::gem {

constexpr std::int64_t kSpeechKernel = 15;

struct SpeechBlockSize {
  std::int64_t in, out, stride;
  [[nodiscard]] constexpr bool hasShortcut() const { return stride != 1 || in != out; }
};
/// The strides multiply to the samples of a frame.
constexpr std::array<SpeechBlockSize, 6> kSpeechBlocks = {
    {{1, 32, 5}, {32, 32, 6}, {32, 32, 1}, {32, 64, 5}, {64, 64, 1}, {64, 128, 4}}};

class SpeechEncoder {
 public:
  explicit SpeechEncoder(const ParameterMap& parameters);
  /// waveform [B][600 · L]; answers [B][128][L].
  [[nodiscard]] at::Tensor operator()(const at::Tensor& waveform) const;

 private:
  struct Convolution {
    at::Tensor weight, bias, normWeight, normBias, mean, variance;  // with the batch norm that follows
    std::int64_t stride = 1;
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
  };
  struct Block {
    Convolution first, second, shortcut;
    bool hasShortcut = false;
  };
  std::vector<Block> blocks_;
};

}  // namespace kinescore::gem
