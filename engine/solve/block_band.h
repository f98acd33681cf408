// Least squares over frames whose rows reach over at most three neighbouring frames: the normal
// equations are banded in blocks of one frame, and so is their Cholesky factor. Time and memory
// grow with the frames, not with their square.
#pragma once

#include <Eigen/Core>
#include <Eigen/StdVector>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace kinescore {

/// Unknowns of one frame.
constexpr int kBlockSize = 20;
using Block = Eigen::Matrix<double, kBlockSize, kBlockSize>;
using BlockVector = Eigen::Matrix<double, kBlockSize, 1>;

/// One factor of a row: `value` times unknown `index` of `frame`.
struct RowEntry {
  std::int64_t frame;
  int index;
  double value;
};

class BlockBand {
 public:
  explicit BlockBand(std::int64_t frames)
      : blocks_(std::size_t(frames)), right_(std::size_t(frames)) {}

  void clear();
  /// Adds weight * (sum(entries) - wanted)^2. Frames of a row differ by at most two.
  void addRow(std::span<const RowEntry> entries, double wanted, double weight);
  /// The same for a row that has one entry for each of `factors`, from frame `first` on.
  void addDifference(std::int64_t first, std::span<const double> factors, int index, double wanted,
                     double weight);
  /// The unknowns that minimise the sum; the equations are used up. Diagonals must not be zero.
  /// False when it was stopped.
  [[nodiscard]] bool solve(std::vector<BlockVector>& answer, const std::stop_token& stop);

 private:
  struct Blocks {  // of one frame's rows: with itself, the frame before, and the one before that
    Block own, before, beforeThat;
  };
  void addProduct(const RowEntry& a, const RowEntry& b, double weight);

  std::vector<Blocks> blocks_;
  std::vector<BlockVector> right_;
};

}  // namespace kinescore
