// The pieces the networks here are made of: linear maps, norms, attention heads, rotary positions. Plain values
// that share their tensors with whoever made them.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "engine/network/parameters.h"

namespace kinescore {

constexpr double kNormEpsilon = 1e-5;

struct Linear {
  at::Tensor weight, bias;  // [out][in], [out]; the weight may be packed (packed_linear.h)
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

struct Norm {
  at::Tensor weight, bias;
  double epsilon = kNormEpsilon;
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

/// Over the last index, without scale and shift.
[[nodiscard]] at::Tensor plainNorm(const at::Tensor& x, double epsilon = kNormEpsilon);

/// What `linear` says of a scaled and shifted norm, to be asked of the plain norm instead.
[[nodiscard]] Linear afterNorm(const Norm& norm, const Linear& linear);
/// gate ⊙ linear(x) in one; gate [out].
[[nodiscard]] Linear gatedBy(const at::Tensor& gate, const Linear& linear);
/// Several maps of one input in one product: the outputs lie side by side.
[[nodiscard]] Linear sideBySide(const std::vector<Linear>& parts);

/// [B][N][W] to [B][count][N][W / count] and back.
[[nodiscard]] at::Tensor splitHeads(const at::Tensor& x, std::int64_t count);
[[nodiscard]] at::Tensor joinHeads(const at::Tensor& x);

/// Turned by the angle of its position. Halves: (x1, x2) are the two halves of the last index, cosine and sine
/// broadcast to a half.
[[nodiscard]] at::Tensor rotateHalves(const at::Tensor& x, const at::Tensor& cosine, const at::Tensor& sine);
/// Pairs: (x1, x2) are neighbours in the last index; `turns` complex (cosine + i · sine), broadcast to the pairs.
[[nodiscard]] at::Tensor rotatePairs(const at::Tensor& x, const at::Tensor& turns);

/// Layers by name out of a map that is known to hold them (a missing name is a bug).
class LayerReader {
 public:
  explicit LayerReader(const ParameterMap& parameters) : parameters_(parameters) {}
  [[nodiscard]] const at::Tensor& tensor(const std::string& name) const { return parameters_.at(name); }
  [[nodiscard]] Linear linear(const std::string& name) const {
    return {tensor(name + ".weight"), tensor(name + ".bias")};
  }
  [[nodiscard]] Norm norm(const std::string& name, double epsilon = kNormEpsilon) const {
    return {tensor(name + ".weight"), tensor(name + ".bias"), epsilon};
  }

 private:
  const ParameterMap& parameters_;
};

}  // namespace kinescore
