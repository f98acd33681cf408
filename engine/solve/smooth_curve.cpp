#include "engine/solve/smooth_curve.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace kinescore {

SmoothCurve::SmoothCurve(const std::vector<char>& isFree, std::vector<CurveRow> rows,
                         const Cost& cost)
    : frames_(static_cast<std::int64_t>(isFree.size())),
      isFree_(isFree),
      rows_(std::move(rows)),
      band_(isFree.size(), std::array<double, kBand + 1>{}) {
  static constexpr double kSecondDifference[] = {1, -2, 1};
  static constexpr double kFirstDifference[] = {-1, 1};
  for (std::int64_t f = 0; f + 2 < frames_; ++f) {
    addOuterProduct(f, kSecondDifference, 3, cost.bend);
  }
  for (std::int64_t f = 0; f + 1 < frames_; ++f)
    addOuterProduct(f, kFirstDifference, 2, cost.slope);
  for (const CurveRow& row : rows_) addOuterProduct(row.first, row.weights.data(), 4, row.strength);
  for (std::int64_t f = 0; f < frames_; ++f) {
    // A fixed frame is an equation of its own: value = 0.
    if (isFree_[f]) {
      band_[f][0] += cost.pull;
    } else {
      band_[f] = {1, 0, 0, 0};
    }
  }
  factorise();
}

void SmoothCurve::addOuterProduct(std::int64_t first, const double* weights, int count,
                                  double strength) {
  if (strength == 0) return;
  for (int a = 0; a < count; ++a) {
    const std::int64_t row = first + a;
    if (weights[a] == 0 || !isFree_[row]) continue;
    for (int b = 0; b <= a; ++b) {
      if (!isFree_[first + b]) continue;
      band_[row][a - b] += strength * weights[a] * weights[b];
    }
  }
}

// Cholesky of a symmetric positive band matrix, in place.
void SmoothCurve::factorise() {
  for (std::int64_t i = 0; i < frames_; ++i) {
    for (int k = kBand; k >= 0; --k) {
      const std::int64_t j = i - k;
      if (j < 0) continue;
      double sum = band_[i][k];
      for (std::int64_t m = std::max<std::int64_t>(0, i - kBand); m < j; ++m) {
        sum -= band_[i][i - m] * (j - m <= kBand ? band_[j][j - m] : 0.0);
      }
      if (k == 0) {
        assert(sum > 0);
        band_[i][0] = std::sqrt(std::max(sum, 1e-12));
      } else {
        band_[i][k] = sum / band_[j][0];
      }
    }
  }
}

std::vector<double> SmoothCurve::through(const std::vector<double>& wanted) const {
  assert(wanted.size() == rows_.size());
  std::vector<double> x(frames_, 0.0);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const CurveRow& row = rows_[r];
    for (int a = 0; a < 4; ++a) {
      if (row.weights[a] != 0 && isFree_[row.first + a]) {
        x[row.first + a] += row.strength * row.weights[a] * wanted[r];
      }
    }
  }
  for (std::int64_t i = 0; i < frames_; ++i) {
    for (int k = 1; k <= kBand && i - k >= 0; ++k) x[i] -= band_[i][k] * x[i - k];
    x[i] /= band_[i][0];
  }
  for (std::int64_t i = frames_ - 1; i >= 0; --i) {
    for (int k = 1; k <= kBand && i + k < frames_; ++k) x[i] -= band_[i + k][k] * x[i + k];
    x[i] /= band_[i][0];
  }
  for (std::int64_t f = 0; f < frames_; ++f) {
    if (!isFree_[f]) x[f] = 0;
  }
  return x;
}

}  // namespace kinescore
