// The retrieval tower on a batch, and how its loss changes with each parameter.
#pragma once

#include <vector>

#include <Eigen/Core>

#include "engine/library/retrieval_tower.h"

namespace kinescore {

using TowerMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A batch of pairs. Row i of `texts` tells about pieces firstPiece[i] … firstPiece[i + 1] of `pieces`.
struct TowerBatch {
  TowerMatrix texts;               // [pairs][kTowerTextInput]
  TowerMatrix pieces;              // [pieces][kTowerPieceInput], normalised
  std::vector<int> firstPiece;     // [pairs + 1]
  TowerMatrix keep;                // [pairs][2 · kTowerMotionHidden]: 0 dropped, else 1 / share kept
  TowerMatrix masked;              // [pairs][pairs]: 1 where text i may well tell about motion j, too
};

/// Symmetric InfoNCE at `temperature`; `gradient` gets the arrays of `parameters` with the loss's derivatives.
[[nodiscard]] double towerLoss(TowerParameters& parameters, const TowerBatch& batch, double temperature, TowerParameters& gradient);

}  // namespace kinescore
