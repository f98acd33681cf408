// Forward kinematics of kinescore22 over a batch: from the turns of the joints to where they are, by one constant
// ancestor sum, a product of two matrices instead of a chain. Gradients flow through it.
#pragma once

#include <ATen/core/Tensor.h>

namespace kinescore {

class BoneKinematics {
 public:
  BoneKinematics();

  /// turns [B][T][6][22]: first two columns of each joint's matrix, which need not be orthonormal yet; hips
  /// [B][T][3][1] metres. Answers the joints [B][T][3][22], metres, in the space of both.
  [[nodiscard]] at::Tensor placed(const at::Tensor& turns, const at::Tensor& hips) const;

 private:
  at::Tensor ancestors_;  // [22][22]: bones of joint j's chain
  at::Tensor parents_;    // [22] int64
  at::Tensor offsets_;    // [3][22]
};

/// v over its length along an axis.
[[nodiscard]] at::Tensor unitAlong(const at::Tensor& v, std::int64_t axis);

}  // namespace kinescore
