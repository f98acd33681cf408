#include "engine/network/packed_linear.h"

#include <optional>

#include <ATen/core/dispatch/Dispatcher.h>

namespace kinescore {
namespace {

// The names under which torch's own compiler finds them. Asked by boxed values, since the C++ signature is not public and
// has changed with the version, the schema has not.
std::optional<c10::OperatorHandle> operatorNamed(const char* name) {
  return c10::Dispatcher::singleton().findSchema({name, ""});
}
const std::optional<c10::OperatorHandle>& packing() {
  static const auto found = operatorNamed("mkldnn::_reorder_linear_weight");
  return found;
}
const std::optional<c10::OperatorHandle>& product() {
  static const auto found = operatorNamed("mkldnn::_linear_pointwise");
  return found;
}

}  // namespace

Linear packed(const Linear& linear) {
  const bool isPlain = linear.weight.is_cpu() && linear.weight.scalar_type() == at::kFloat;
  if (!isPlain || !packing() || !product()) return linear;
  try {
    torch::jit::Stack values;
    values.emplace_back(linear.weight);
    values.emplace_back(c10::IValue());  // any number of rows
    packing()->callBoxed(&values);
    return {values[0].toTensor(), linear.bias};
  } catch (const c10::Error&) {
    return linear;  // the operator is named and not there for this processor
  }
}

at::Tensor packedProduct(const at::Tensor& x, const Linear& linear) {
  torch::jit::Stack values;
  values.emplace_back(x);
  values.emplace_back(linear.weight);
  values.emplace_back(linear.bias.defined() ? c10::IValue(linear.bias) : c10::IValue());
  values.emplace_back("none");  // nothing is done to the sums
  values.emplace_back(c10::List<std::optional<at::Scalar>>());
  values.emplace_back(c10::IValue());
  product()->callBoxed(&values);
  return values[0].toTensor();
}

}  // namespace kinescore
