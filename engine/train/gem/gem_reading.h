// How a GEM network in training does on clips that it does not learn from.
#pragma once

#include <array>

namespace kinescore {

struct GemReading {
  double regressionLoss = 0, diffusionLoss = 0;      // weighted sums of all terms
  double regressionSimple = 0, diffusionSimple = 0;  // their x0 part: mean squares of normalised channels
  /// The regression's x0 part of the motion as it is decoded (rotations made orthonormal), group by group over valid
  /// frames: body pose, shape, orientation in the camera and in the gravity-view frame, step.
  std::array<double, 5> groups{};
  double jointErrorCm = 0;     // one look at 17 points: joints about the pelvis, in camera space
  double pointErrorPercent = 0;  // and how far its own points are from those seen, of the box' side (root mean square)
};

}  // namespace kinescore
