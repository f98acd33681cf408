// The encoder of T5 1.0 (Raffel et al. 2020, arXiv 1910.10683) of any size, read off the weights: rows of numbers
// for each piece of a text, as GEM's text input was made with t5-3b (24 layers of width 1024, 32 heads of 128,
// feed-forward 16384; 1.2 billion parameters).
//
// A block: x + attention(norm(x)), then x + feed-forward(norm(x)). Norms divide by the root mean square alone
// (epsilon 1e-6), nothing has a bias, scores are not scaled by the head's width, a learned number per head and
// distance (32 buckets, the first layer's for all) is added to them, the feed-forward part is ReLU between two
// matrices. A last norm ends it.
//
// Memory: by default a layer is read from disk when its turn comes and given up afterwards, so that t5-3b needs
// about 0.2 GB instead of 4.8 GB; all texts of one call share each reading.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {

struct T5Sizes {
  int width = 0, heads = 0, headWidth = 0, inner = 0, layers = 0, vocabulary = 0, buckets = 0;
};

struct T5Options {
  RuntimeDevice device = RuntimeDevice::Cpu;
  /// Weights and their products in bfloat16; norms, softmax and the sum that runs through the layers stay in
  /// float32. Half the memory; results differ in the third digit.
  bool halfPrecision = false;
  /// All layers stay loaded between calls.
  bool keepsLayers = false;
};

class T5Encoder {
 public:
  /// `weights`: a .safetensors file, an .index.json or their folder, with the names that Hugging Face gives
  /// (“encoder.block.0.layer.0.SelfAttention.q.weight”); a decoder in it is ignored. Every shape is checked,
  /// nothing else is read yet. T5 1.1, whose feed-forward part is another, is refused.
  [[nodiscard]] static Result<std::unique_ptr<T5Encoder>> open(TorchRuntime& runtime,
                                                               const std::filesystem::path& weights,
                                                               const T5Options& options);
  ~T5Encoder();

  [[nodiscard]] const T5Sizes& sizes() const { return sizes_; }
  /// Bytes of weights in memory while a text is encoded, as the options have it.
  [[nodiscard]] std::uint64_t weightBytes() const;

  /// For each text the last state of its pieces, [ids][width]. Ids lie in the vocabulary, no text is empty. A
  /// text does not see the others, and none is padded: in T5 padding changes nothing for the pieces themselves.
  [[nodiscard]] Result<std::vector<std::vector<float>>> encode(std::span<const std::vector<int>> texts,
                                                               std::stop_token stop = {});

 private:
  struct Weights;
  T5Encoder(T5Sizes sizes, T5Options options, std::unique_ptr<Weights> weights);
  T5Sizes sizes_;
  T5Options options_;
  std::unique_ptr<Weights> weights_;
};

/// Which of the learned numbers stands for a distance, key minus query: half of the buckets for keys behind,
/// half for keys ahead; of each half the first half one step apart, the rest logarithmic up to 128 steps.
[[nodiscard]] int t5Bucket(int distance, int buckets);

}  // namespace kinescore
