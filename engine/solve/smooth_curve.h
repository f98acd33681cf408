// The calmest curve over frames that passes through wanted values: how a correction spreads in
// time. Among all curves that are zero on the fixed frames it minimises the summed squared second
// differences plus the squared misses of its rows. Between a wanted value and a fixed run of frames
// that is the smoothstep, and position and slope join the fixed frames.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace kinescore {

/// A wanted value of sum(weights[i] * curve[first + i]).
struct CurveRow {
  std::int64_t first = 0;
  std::array<double, 4> weights{};
  double strength = 1;  // of its squared miss, against bending
};

class SmoothCurve {
 public:
  /// What bends is paid for: `bend` on second differences, `slope` on first ones, `pull` on values.
  struct Cost {
    double bend = 1;
    double slope = 0;
    double pull = 1e-9;
  };

  /// `isFree[f]` false: the curve is zero at f. Rows may reach over fixed frames.
  SmoothCurve(const std::vector<char>& isFree, std::vector<CurveRow> rows, const Cost& cost);

  /// Values in the order of the rows; the answer has one value a frame. Any number of times.
  [[nodiscard]] std::vector<double> through(const std::vector<double>& wanted) const;

 private:
  static constexpr int kBand = 3;

  void addOuterProduct(std::int64_t first, const double* weights, int count, double strength);
  void factorise();

  std::int64_t frames_;
  std::vector<char> isFree_;
  std::vector<CurveRow> rows_;
  std::vector<std::array<double, kBand + 1>> band_;  // [frames]: diagonal, then left neighbours
};

}  // namespace kinescore
