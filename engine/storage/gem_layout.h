// What a checkpoint of GEM holds: every tensor's name and shape, as functions of the network's sizes. Names are
// those of the published checkpoint (a pipeline with the denoiser inside), the network and our own files use
// them unchanged. No numbers, no torch.
//
// gem_smpl, the published one: width 1024, 16 layers, 709 names, 430,826,272 trained parameters.
// gem_smpl_regression (no text, music or speech): width 512, 12 layers, 267 names, 43,295,008.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kinescore {

enum class GemWiring {
  Full,  ///< gem_smpl: text, music and speech beside what video gives
  Regression,  ///< gem_smpl_regression: video alone
};
[[nodiscard]] const char* nameOf(GemWiring wiring);

struct GemSizes {
  GemWiring wiring = GemWiring::Full;
  int width = 1024;  // of the network's state
  int layers = 16;

  bool operator==(const GemSizes&) const = default;
};

inline constexpr int kGemMotionChannels = 151;
inline constexpr int kGemCameraChannels = 3;
inline constexpr int kGemContacts = 6;
inline constexpr int kGemTextWidth = 1024;
inline constexpr int kGemImageWidth = 1024;
inline constexpr int kGemMusicFeatures = 35;
inline constexpr int kGemSpeechWidth = 128;
inline constexpr int kGemKeypoints = 17;
inline constexpr int kGemKeypointWidth = 32;
inline constexpr int kGemPositions = 5000;  // rows of the sinusoid table
inline constexpr int kGemMlpRatio = 4;
inline constexpr int kGemPublishedHeads = 8;

/// One of the six blocks of the speech network: kernel 15, a shortcut of its own where `hasShortcut`.
struct GemSpeechBlock {
  int in, out, stride;
  bool hasShortcut;
};
inline constexpr GemSpeechBlock kGemSpeechBlocks[] = {{1, 32, 5, true},  {32, 32, 6, true},  {32, 32, 1, false},
                                                      {32, 64, 5, true}, {64, 64, 1, false}, {64, 128, 4, true}};
inline constexpr int kGemSpeechKernel = 15;

/// What names inside the denoiser begin with.
inline constexpr std::string_view kGemDenoiserPrefix = "pipeline.denoiser3d.denoiser.";
inline constexpr std::string_view kGemPositionTable = "pipeline.denoiser3d.denoiser.sequence_pos_encoder.pe";

enum class GemRole {
  Parameter,  ///< trained
  Statistic,  ///< running mean or variance of a batch normalisation: needed, not trained
  PositionTable,  ///< the sinusoid table [5000][1][width]
  TableCopy,  ///< the same table under another name: not needed
  Counter,  ///< how many batches a normalisation saw, a whole number: not needed
};

struct GemTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  GemRole role = GemRole::Parameter;

  [[nodiscard]] std::int64_t elementCount() const;
};

/// All of a checkpoint, each name once.
[[nodiscard]] std::vector<GemTensor> gemTensors(const GemSizes& sizes);

/// Elements of the tensors whose role is Parameter.
[[nodiscard]] std::int64_t parameterCount(const std::vector<GemTensor>& tensors);

}  // namespace kinescore
