// What a GEM network in training is blamed for (gem.md 5.2). Every term is a plain mean over its whole tensor, in which
// what is masked counts as 0, so that masks thin a term out; the sum is weighted as published.
//
//   simple      1     squares of normalised channels
//   joints      500   22 joints in camera space, seen from the pelvis
//   camera      1     s, tx, ty against the body's true place
//   joints2d    1000  the joints in the box, 0 … 1
//   surface     500   points of the surface, seen from the middle of the hips
//   surface2d   1000  the same in the box
//   path        1     |where the root's steps lead − where the root was|, along the true orientation
//   contacts    1     cross entropy of six joints that stand still
//   seen2d      1000  17 points where a detector saw them: all that flat samples are blamed for
//
// A flat sample is known by what a camera saw of it alone ("2d_only": in-the-wild video). The published code describes
// that objective and switches it off; here it runs, with the keypoint loss that is commented out there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/network/gem/denoiser.h"
#include "engine/train/gem/gem_body.h"

namespace kinescore::gem {

/// The truth of a batch. Of flat samples all but `view`, `seen` and `seenMask` is not looked at.
struct TrainTargets {
  at::Tensor motion;     // [B][L][151] normalised
  at::Tensor camera;     // [B][L][3] s, tx, ty
  at::Tensor pelvis;     // [B][L][3] in camera space, metres
  at::Tensor turn;       // [B][L][3][3] world from pelvis
  at::Tensor path;       // [B][L][3] root in the world, metres
  at::Tensor contacts;   // [B][L][6] 0 or 1
  ViewFrames view;
  at::Tensor seen;       // [B][L][17][2] in the box, 0 … 1
  at::Tensor seenMask;   // [B][L][17] 1: the detector saw it
  at::Tensor valid;      // [B][L][1] 0: padding
  at::Tensor isFlat;     // [B][1][1] 1: known in 2D alone
};

struct TrainLosses {
  at::Tensor simple, joints, camera, joints2d, surface, surface2d, path, contacts, seen2d;  // scalars, unweighted

  /// `simpleWeight`: published 1.
  [[nodiscard]] at::Tensor total(double simpleWeight = 1) const;
  /// Each with its name, in the order above.
  [[nodiscard]] std::vector<std::pair<std::string, double>> named() const;
};

[[nodiscard]] TrainLosses trainLosses(const BodyKinematics& kinematics, const Prediction& predicted,
                                      const TrainTargets& targets);

/// What the diffusion pass starts from: the truth, and for flat samples what the regression pass made of them, cut from
/// its gradient. Padding is 0.
[[nodiscard]] at::Tensor cleanMotion(const TrainTargets& targets, const at::Tensor& regressed);
/// √ᾱ · clean + √(1 − ᾱ) · noise with a level for each sample; `timesteps` int64 [B].
[[nodiscard]] at::Tensor noisedMotion(const at::Tensor& clean, const at::Tensor& noise, const at::Tensor& timesteps);

}  // namespace kinescore::gem
