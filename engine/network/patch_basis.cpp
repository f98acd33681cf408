#include "engine/network/patch_basis.h"

#include <ATen/ATen.h>

namespace kinescore {
namespace {

// Directions in which the data hardly moves keep this variance, so that nothing divides by zero.
constexpr double kSmallestVariance = 1e-5;

}  // namespace

PatchBasis measureBasis(const at::Tensor& patches) {
  const at::Tensor rows = patches.to(at::kDouble);
  const at::Tensor mean = rows.mean(0);
  const at::Tensor centred = rows - mean;
  const at::Tensor covariance = at::matmul(centred.t(), centred) / double(rows.size(0) - 1);
  auto [values, vectors] = at::linalg_eigh(covariance);  // ascending
  PatchBasis basis;
  basis.mean = mean.to(at::kFloat);
  basis.directions = vectors.flip({1}).contiguous().to(at::kFloat);
  basis.variances = values.flip({0}).clamp_min(kSmallestVariance).to(at::kFloat).contiguous();
  return basis;
}

LinearDenoiser linearDenoiser(const PatchBasis& basis, const at::Tensor& logSnr) {
  const at::Tensor level = logSnr.view({-1, 1, 1});
  const at::Tensor signalSquare = at::sigmoid(level), noiseSquare = at::sigmoid(-level);
  const at::Tensor variances = basis.variances.view({1, 1, -1});
  const at::Tensor total = signalSquare * variances + noiseSquare;
  LinearDenoiser result;
  result.signal = signalSquare.sqrt();
  result.gain = variances * result.signal / total;
  result.deviation = (variances * noiseSquare / total).sqrt();
  return result;
}

}  // namespace kinescore
