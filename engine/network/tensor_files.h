// Tensors between files and torch.
#pragma once

#include <span>

#include <ATen/core/Tensor.h>

#include "engine/core/result.h"
#include "engine/storage/safetensors.h"

namespace kinescore {

/// A copy on the CPU: whole numbers as int64, everything else as float32.
[[nodiscard]] at::Tensor tensorOf(const TensorView& view);
/// A float32 tensor that must be there with exactly this shape.
[[nodiscard]] Result<at::Tensor> readTensor(const SafetensorsFile& file, const std::string& name,
                                            const std::vector<std::int64_t>& shape);
/// The numbers of a contiguous float32 tensor on the CPU.
[[nodiscard]] std::span<const float> floatsOf(const at::Tensor& tensor);

}  // namespace kinescore
