// Matrices laid out once, at loading, as the processor's products want them (oneDNN's blocks): a product in float32 is
// then up to 2.4 times as fast as with the plain layout, where torch's own library does not know the processor. For
// networks that only perform: there is no way back to the plain layout and no gradient.
#pragma once

#include "engine/network/layers.h"

namespace kinescore {

/// The same map with its matrix packed, or unchanged where that cannot be (another type than float32, another device, a
/// LibTorch without it). Only asked as a map: a packed weight is no operand for anything else.
[[nodiscard]] Linear packed(const Linear& linear);

/// What a packed map says; Linear calls it. Sums are those of the plain map but for their order: some 1e-6 of the result.
[[nodiscard]] at::Tensor packedProduct(const at::Tensor& x, const Linear& linear);

}  // namespace kinescore
