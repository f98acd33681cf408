#include "engine/network/gem/speech_encoder.h"

#include <ATen/ATen.h>

namespace kinescore::gem {
namespace {

constexpr double kSlope = 0.01, kBatchNormEpsilon = 1e-5;

}  // namespace

at::Tensor SpeechEncoder::Convolution::operator()(const at::Tensor& x) const {
  // In full single precision: left to itself, a graphics card rounds the factors of convolutions to ten bits (T20).
  constexpr bool kIsTransposed = false, kBenchmarks = false, kIsDeterministic = true, kUsesCudnn = true,
                 kMayRound = false;
  const at::Tensor y = at::_convolution(x, weight, bias, {stride}, {kSpeechKernel / 2}, {1}, kIsTransposed, {0}, 1,
                                        kBenchmarks, kIsDeterministic, kUsesCudnn, kMayRound);
  return at::batch_norm(y, normWeight, normBias, mean, variance, false, 0.1, kBatchNormEpsilon, false);
}

SpeechEncoder::SpeechEncoder(const ParameterMap& parameters) {
  const auto convolution = [&](const std::string& name, const std::string& norm, std::int64_t stride) {
    const auto tensor = [&](const std::string& tensorName) { return parameters.at(tensorName); };
    return Convolution{tensor(name + ".weight"),        tensor(name + ".bias"),
                       tensor(norm + ".weight"),        tensor(norm + ".bias"),
                       tensor(norm + ".running_mean"),  tensor(norm + ".running_var"),
                       stride};
  };
  for (std::size_t i = 0; i < kSpeechBlocks.size(); ++i) {
    const std::string at = "audio_encoder." + std::to_string(i) + ".";
    Block block;
    block.first = convolution(at + "conv1", at + "bn1", kSpeechBlocks[i].stride);
    block.second = convolution(at + "conv2", at + "bn2", 1);
    block.hasShortcut = kSpeechBlocks[i].hasShortcut();
    if (block.hasShortcut) {
      block.shortcut = convolution(at + "downsample.0", at + "downsample.1", kSpeechBlocks[i].stride);
    }
    blocks_.push_back(block);
  }
}

at::Tensor SpeechEncoder::operator()(const at::Tensor& waveform) const {
  at::Tensor x = waveform.unsqueeze(1);
  for (const Block& block : blocks_) {
    const at::Tensor straight = block.hasShortcut ? block.shortcut(x) : x;
    const at::Tensor bent = block.second(at::leaky_relu(block.first(x), kSlope));
    x = at::leaky_relu(bent + straight, kSlope);
  }
  return x;
}

}  // namespace kinescore::gem
