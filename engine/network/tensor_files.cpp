#include "engine/network/tensor_files.h"

#include <cstring>

#include <ATen/ATen.h>

namespace kinescore {
namespace {

at::ScalarType scalarTypeOf(ElementType type) {
  switch (type) {
    case ElementType::F32: return at::kFloat;
    case ElementType::F16: return at::kHalf;
    case ElementType::BF16: return at::kBFloat16;
    case ElementType::F64: return at::kDouble;
    case ElementType::I64: return at::kLong;
    case ElementType::I32: return at::kInt;
    case ElementType::I16: return at::kShort;
    case ElementType::U8: return at::kByte;
    case ElementType::Bool: return at::kBool;
  }
  return at::kFloat;
}

}  // namespace

at::Tensor tensorOf(const TensorView& view) {
  const at::Tensor raw = at::empty(view.shape, scalarTypeOf(view.type));
  // bytes of a file lie where they lie: copied, never looked at in place
  if (!view.bytes.empty()) std::memcpy(raw.data_ptr(), view.bytes.data(), view.bytes.size());
  return raw.to(raw.is_floating_point() ? at::kFloat : at::kLong);
}

Result<at::Tensor> readTensor(const SafetensorsFile& file, const std::string& name,
                              const std::vector<std::int64_t>& shape) {
  auto view = file.require(name, shape);
  if (!view) return view.error();
  return tensorOf(*view).to(at::kFloat);
}

std::span<const float> floatsOf(const at::Tensor& tensor) {
  return {tensor.const_data_ptr<float>(), std::size_t(tensor.numel())};
}

}  // namespace kinescore
