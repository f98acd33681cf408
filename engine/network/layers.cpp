#include "engine/network/layers.h"

#include <ATen/ATen.h>

#include "engine/network/packed_linear.h"

namespace kinescore {

at::Tensor Linear::operator()(const at::Tensor& x) const {
  if (weight.is_mkldnn()) return packedProduct(x, *this);
  // In the precision of the weights, whatever that of x.
  if (x.scalar_type() == weight.scalar_type()) return at::linear(x, weight, bias);
  return at::linear(x.to(weight.scalar_type()), weight, bias).to(x.scalar_type());
}

at::Tensor Norm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {x.size(-1)}, weight, bias, epsilon);
}

at::Tensor plainNorm(const at::Tensor& x, double epsilon) { return at::layer_norm(x, {x.size(-1)}, {}, {}, epsilon); }

Linear afterNorm(const Norm& norm, const Linear& linear) {
  return {linear.weight * norm.weight, linear.bias + at::mv(linear.weight, norm.bias)};
}

Linear gatedBy(const at::Tensor& gate, const Linear& linear) {
  return {gate.view({-1, 1}) * linear.weight, gate.view({-1}) * linear.bias};
}

Linear sideBySide(const std::vector<Linear>& parts) {
  std::vector<at::Tensor> weights, biases;
  for (const Linear& part : parts) {
    weights.push_back(part.weight);
    biases.push_back(part.bias);
  }
  return {at::cat(weights, 0), at::cat(biases, 0)};
}

at::Tensor splitHeads(const at::Tensor& x, std::int64_t count) {
  return x.view({x.size(0), x.size(1), count, x.size(2) / count}).transpose(1, 2);
}

at::Tensor joinHeads(const at::Tensor& x) {
  return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

at::Tensor rotateHalves(const at::Tensor& x, const at::Tensor& cosine, const at::Tensor& sine) {
  const auto halves = x.chunk(2, -1);
  return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
}

at::Tensor rotatePairs(const at::Tensor& x, const at::Tensor& turns) {
  // One product of complex numbers instead of taking pairs apart and putting them together again.
  const at::Tensor pairs = at::view_as_complex(x.to(at::kFloat).unflatten(-1, {-1, 2}));
  return at::view_as_real(pairs * turns).flatten(-2).to(x.scalar_type());
}

}  // namespace kinescore
