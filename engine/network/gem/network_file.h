// A GEM network in a file that `weights convert` wrote, of any size: checked by its header alone,
// read part by part.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/core/files.h"
#include "engine/network/gem/denoiser.h"
#include "engine/network/gem/weights.h"
#include "engine/storage/safetensors_stream.h"

namespace kinescore::gem {

class NetworkFile {
 public:
  /// Sizes from the shapes; every name and shape is checked, no number is read. A PyTorch
  /// checkpoint is refused with the command that converts it.
  [[nodiscard]] static Result<NetworkFile> open(const std::filesystem::path& path);

  [[nodiscard]] const Config& config() const { return config_; }
  /// What the file says its words went through in training (caption_features.h); empty: T5-3B, as published.
  [[nodiscard]] std::string textEncoder() const;
  /// Of the weights in memory, matrices of the layers in `layerType`.
  [[nodiscard]] std::uint64_t weightBytes(at::ScalarType layerType) const;

  /// Beside the weights while they are loaded: the part that is read, float32, and as much again for what is made of it.
  [[nodiscard]] std::uint64_t loadingBytes() const;

  /// SHA-256 of the file. It must be the one of the card beside it, where there is a card.
  [[nodiscard]] Result<std::string> hash(const GoOn& goOn) const;
  /// All numbers must be finite. Error when stopped: Cancelled.
  [[nodiscard]] Result<Denoiser> load(at::Device device, at::ScalarType layerType,
                                      const GoOn& goOn) const;

 private:
  NetworkFile() = default;
  std::filesystem::path path_;
  std::unique_ptr<SafetensorsOnDisk> file_;  // where it is, as the source looks at it
  WeightSource source_;
  Config config_;
};

}  // namespace kinescore::gem
