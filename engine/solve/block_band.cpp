#include "engine/solve/block_band.h"

#include <Eigen/Cholesky>
#include <cassert>

namespace kinescore {
namespace {

constexpr std::int64_t kFramesBetweenStops = 256;  // about 10 ms

}  // namespace

void BlockBand::clear() {
  for (Blocks& b : blocks_) {
    b.own.setZero();
    b.before.setZero();
    b.beforeThat.setZero();
  }
  for (BlockVector& r : right_) r.setZero();
}

void BlockBand::addProduct(const RowEntry& a, const RowEntry& b, double weight) {
  const double product = weight * a.value * b.value;
  const std::int64_t apart = a.frame - b.frame;
  assert(std::abs(apart) <= 2);
  Blocks& row = blocks_[std::size_t(a.frame)];
  if (apart == 0) row.own(a.index, b.index) += product;
  if (apart == 1) row.before(a.index, b.index) += product;
  if (apart == 2) row.beforeThat(a.index, b.index) += product;
}

void BlockBand::addRow(std::span<const RowEntry> entries, double wanted, double weight) {
  for (const RowEntry& a : entries) {
    for (const RowEntry& b : entries) addProduct(a, b, weight);
    right_[std::size_t(a.frame)][a.index] += weight * a.value * wanted;
  }
}

void BlockBand::addDifference(std::int64_t first, std::span<const double> factors, int index,
                              double wanted, double weight) {
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const RowEntry a{first + std::int64_t(i), index, factors[i]};
    if (a.value == 0) continue;
    for (std::size_t k = 0; k < factors.size(); ++k) {
      addProduct(a, {first + std::int64_t(k), index, factors[k]}, weight);
    }
    right_[std::size_t(a.frame)][index] += weight * a.value * wanted;
  }
}

bool BlockBand::solve(std::vector<BlockVector>& answer, const std::stop_token& stop) {
  const auto frames = std::int64_t(blocks_.size());
  answer.assign(right_.begin(), right_.end());
  // L L^T in place: rows of blocks from the left, then forwards and backwards through it.
  for (std::int64_t f = 0; f < frames; ++f) {
    if (f % kFramesBetweenStops == 0 && stop.stop_requested()) return false;
    Blocks& row = blocks_[f];
    if (f >= 2) {
      const Blocks& first = blocks_[f - 2];
      first.own.triangularView<Eigen::Lower>().transpose().solveInPlace<Eigen::OnTheRight>(
          row.beforeThat);
      row.before.noalias() -= row.beforeThat * blocks_[f - 1].before.transpose();
      row.own.noalias() -= row.beforeThat * row.beforeThat.transpose();
      answer[f].noalias() -= row.beforeThat * answer[f - 2];
    }
    if (f >= 1) {
      blocks_[f - 1].own.triangularView<Eigen::Lower>().transpose().solveInPlace<Eigen::OnTheRight>(
          row.before);
      row.own.noalias() -= row.before * row.before.transpose();
      answer[f].noalias() -= row.before * answer[f - 1];
    }
    Eigen::LLT<Eigen::Ref<Block>> factor(row.own);
    assert(factor.info() == Eigen::Success);
    row.own.triangularView<Eigen::Lower>().solveInPlace(answer[f]);
  }
  for (std::int64_t f = frames - 1; f >= 0; --f) {
    if (f + 1 < frames) answer[f].noalias() -= blocks_[f + 1].before.transpose() * answer[f + 1];
    if (f + 2 < frames)
      answer[f].noalias() -= blocks_[f + 2].beforeThat.transpose() * answer[f + 2];
    blocks_[f].own.triangularView<Eigen::Lower>().transpose().solveInPlace(answer[f]);
  }
  return true;
}

}  // namespace kinescore
