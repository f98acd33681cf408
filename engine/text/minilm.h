// The network of all-MiniLM-L6-v2: BERT, 6 layers of width 384, 12 heads, feed-forward 1536 with erf
// GELU, normalisation after each block (eps 1e-12). fp32 on the CPU, one thread of its own, so that
// the bits do not depend on the thread count.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

class MiniLm {
 public:
  /// Reads model.safetensors with every shape checked.
  [[nodiscard]] static Result<std::unique_ptr<MiniLm>> load(const std::filesystem::path& weightsFile);
  ~MiniLm();

  struct Output {
    std::vector<float> tokens;    // [ids][384] last hidden state
    std::vector<float> sentence;  // [384] mean of the tokens, L2-normalised
  };
  /// One sentence without padding; ids in the vocabulary, at most 512.
  [[nodiscard]] Result<Output> run(std::span<const int> ids) const;

  [[nodiscard]] int vocabularySize() const;

 private:
  struct Weights;
  explicit MiniLm(std::unique_ptr<Weights> weights);
  [[nodiscard]] Output forward(std::span<const int> ids) const;
  std::unique_ptr<Weights> weights_;
};

}  // namespace kinescore
