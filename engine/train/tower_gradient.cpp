#include "engine/train/tower_gradient.h"

#include <cmath>

namespace kinescore {
namespace {

using Map = Eigen::Map<TowerMatrix>;
using Row = Eigen::Matrix<float, 1, Eigen::Dynamic>;

constexpr float kNever = -1e4f;  // a score that counts for nothing

Map matrix(std::vector<float>& values, int rows, int columns) { return {values.data(), rows, columns}; }
Eigen::Map<Row> row(std::vector<float>& values) { return {values.data(), Eigen::Index(values.size())}; }

TowerMatrix rectified(TowerMatrix values) { return values.cwiseMax(0.0f); }
TowerMatrix whereOpen(const TowerMatrix& gradient, const TowerMatrix& rectifiedValues) {
  return gradient.cwiseProduct((rectifiedValues.array() > 0.0f).cast<float>().matrix());
}

/// Rows at unit length, and the way back.
struct UnitRows {
  TowerMatrix values;
  Eigen::VectorXf lengths;
  explicit UnitRows(const TowerMatrix& raw) : values(raw), lengths(raw.rowwise().norm().cwiseMax(1e-6f)) {
    values.array().colwise() /= lengths.array();
  }
  [[nodiscard]] TowerMatrix back(const TowerMatrix& gradient) const {
    const Eigen::VectorXf along = values.cwiseProduct(gradient).rowwise().sum();
    TowerMatrix result = gradient - (values.array().colwise() * along.array()).matrix();
    result.array().colwise() /= lengths.array();
    return result;
  }
};

TowerMatrix softmaxOfRows(const TowerMatrix& scores) {
  const Eigen::VectorXf highest = scores.rowwise().maxCoeff();
  TowerMatrix result = (scores.colwise() - highest).array().exp().matrix();
  const Eigen::VectorXf sums = result.rowwise().sum();
  result.array().colwise() /= sums.array();
  return result;
}

double crossEntropy(const TowerMatrix& shares) {
  double sum = 0;
  for (Eigen::Index i = 0; i < shares.rows(); ++i) sum -= std::log(std::max(double(shares(i, i)), 1e-30));
  return sum / double(shares.rows());
}

/// Mean and highest of each hidden value over a motion's pieces, and which piece was the highest.
struct Pooled {
  TowerMatrix values;                                       // [pairs][2 · hidden]
  Eigen::Matrix<int, Eigen::Dynamic, Eigen::Dynamic> best;  // [pairs][hidden]
  Pooled(const TowerMatrix& hidden, const std::vector<int>& first) {
    const auto pairs = Eigen::Index(first.size()) - 1, width = hidden.cols();
    values.resize(pairs, 2 * width);
    best.resize(pairs, width);
    for (Eigen::Index i = 0; i < pairs; ++i) {
      const auto part = hidden.middleRows(first[std::size_t(i)], first[std::size_t(i) + 1] - first[std::size_t(i)]);
      values.row(i).head(width) = part.colwise().mean();
      for (Eigen::Index h = 0; h < width; ++h) {
        Eigen::Index at = 0;
        values(i, width + h) = part.col(h).maxCoeff(&at);
        best(i, h) = first[std::size_t(i)] + int(at);
      }
    }
  }
  [[nodiscard]] TowerMatrix back(const TowerMatrix& gradient, const std::vector<int>& first) const {
    const Eigen::Index width = best.cols();
    TowerMatrix result = TowerMatrix::Zero(first.back(), width);
    for (Eigen::Index i = 0; i < best.rows(); ++i) {
      const int count = first[std::size_t(i) + 1] - first[std::size_t(i)];
      result.middleRows(first[std::size_t(i)], count).rowwise() += gradient.row(i).head(width) / float(count);
      for (Eigen::Index h = 0; h < width; ++h) result(best(i, h), h) += gradient(i, width + h);
    }
    return result;
  }
};

}  // namespace

double towerLoss(TowerParameters& p, const TowerBatch& batch, double temperature, TowerParameters& g) {
  const Map direct = matrix(p.textDirect, kTowerWidth, kTowerTextInput), hiddenOf = matrix(p.textHidden, kTowerTextHidden, kTowerTextInput);
  const Map textOut = matrix(p.textOut, kTowerWidth, kTowerTextHidden), pieceTo = matrix(p.motionHidden, kTowerMotionHidden, kTowerPieceInput);
  const Map motionOut = matrix(p.motionOut, kTowerWidth, 2 * kTowerMotionHidden);

  const TowerMatrix textHidden = rectified((batch.texts * hiddenOf.transpose()).rowwise() + row(p.textHiddenBias));
  const UnitRows text((batch.texts * direct.transpose() + textHidden * textOut.transpose()).rowwise() + row(p.textOutBias));
  const TowerMatrix pieceHidden = rectified((batch.pieces * pieceTo.transpose()).rowwise() + row(p.motionHiddenBias));
  const Pooled pooled(pieceHidden, batch.firstPiece);
  const TowerMatrix kept = pooled.values.cwiseProduct(batch.keep);
  const UnitRows motion((kept * motionOut.transpose()).rowwise() + row(p.motionOutBias));

  const auto sharpness = float(1 / temperature);
  const TowerMatrix scores = sharpness * (text.values * motion.values.transpose()) + kNever * batch.masked;
  const TowerMatrix byText = softmaxOfRows(scores), byMotion = softmaxOfRows(scores.transpose());
  const auto pairs = Eigen::Index(scores.rows());
  const TowerMatrix identity = TowerMatrix::Identity(pairs, pairs);
  const TowerMatrix scoreGradient = (0.5f * sharpness / float(pairs)) * ((byText - identity) + (byMotion - identity).transpose());

  const TowerMatrix textGradient = text.back(scoreGradient * motion.values);
  const TowerMatrix motionGradient = motion.back(scoreGradient.transpose() * text.values);
  matrix(g.textDirect, kTowerWidth, kTowerTextInput) = textGradient.transpose() * batch.texts;
  matrix(g.textOut, kTowerWidth, kTowerTextHidden) = textGradient.transpose() * textHidden;
  row(g.textOutBias) = textGradient.colwise().sum();
  const TowerMatrix textHiddenGradient = whereOpen(textGradient * textOut, textHidden);
  matrix(g.textHidden, kTowerTextHidden, kTowerTextInput) = textHiddenGradient.transpose() * batch.texts;
  row(g.textHiddenBias) = textHiddenGradient.colwise().sum();
  matrix(g.motionOut, kTowerWidth, 2 * kTowerMotionHidden) = motionGradient.transpose() * kept;
  row(g.motionOutBias) = motionGradient.colwise().sum();
  const TowerMatrix keptGradient = (motionGradient * motionOut).cwiseProduct(batch.keep);
  const TowerMatrix pieceGradient = whereOpen(pooled.back(keptGradient, batch.firstPiece), pieceHidden);
  matrix(g.motionHidden, kTowerMotionHidden, kTowerPieceInput) = pieceGradient.transpose() * batch.pieces;
  row(g.motionHiddenBias) = pieceGradient.colwise().sum();
  return 0.5 * (crossEntropy(byText) + crossEntropy(byMotion));
}

}  // namespace kinescore
