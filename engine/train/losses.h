// What a prediction is blamed for: its numbers, the figure they stand for, what it was told to reach,
// and feet that slide.
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/generation/features.h"
#include "engine/network/bone_kinematics.h"

namespace kinescore {

/// What normalised features say of the figure.
class BatchKinematics {
 public:
  explicit BatchKinematics(const FeatureStatistics& statistics);

  /// What normalised features say, in metres; joints are the last index.
  struct Figure {
    at::Tensor placed;     // [B][T][3][22] joint positions by kinematics, in the heading space about the root
    at::Tensor said;       // [B][T][3][22] joint positions as the position channels say
    at::Tensor window;     // [B][T][3][22] `placed` in the window's space
    at::Tensor root;       // [B][T][3] smoothed root in the window's space
  };
  [[nodiscard]] Figure figure(const at::Tensor& normalised) const;

 private:
  at::Tensor mean_, deviation_;            // [273]
  BoneKinematics bones_;
};

struct LossInputs {
  at::Tensor clean;        // [B][T][273] normalised
  at::Tensor valid;        // [B][T][1]
  at::Tensor weight;       // [B] of the noise level
  at::Tensor flatFloor;    // [B] 1: contacts can be believed
  at::Tensor footWeight;   // [B] 1: speed and height of feet in contact are blamed
  at::Tensor isLoud;       // [B] 1: the noise is so loud that much is possible: squaredLoss alone is blamed
  at::Tensor jointTarget;  // [B][T][22][3] window space
  at::Tensor jointMask;    // [B][T][22]
  at::Tensor pathTarget;   // [B][T][2]
  at::Tensor pathMask;     // [B][T][1]
};

struct Losses {
  at::Tensor total;      // scalar: mean over the batch of weight × sum of the parts
  at::Tensor perSample;  // [B] plain x0 part without the weight
};

/// squaredLoss alone, weighted: for a network that is asked while the noise is loud.
[[nodiscard]] Losses numberLosses(const at::Tensor& predicted, const LossInputs& inputs);

/// Everything; of loud samples squaredLoss alone.
[[nodiscard]] Losses motionLosses(const BatchKinematics& kinematics, const at::Tensor& predicted,
                                  const LossInputs& inputs);

/// The four contact joints of [B][T][3][22]: [B][T][3][4].
[[nodiscard]] at::Tensor feetOf(const at::Tensor& joints);

/// Smooth L1 of normalised features by group, mean over valid frames: [B].
[[nodiscard]] at::Tensor featureLoss(const at::Tensor& predicted, const LossInputs& inputs);

/// Half the squared error of the same, [B]. Only squares have the posterior's mean for their least, which is what a
/// sampler steps by (Karras et al., 2022, eq. 2–3). A loss that is linear far out has its median: of many motions that
/// are possible while the noise is loud it says the commonest, and what is rare and large, a leap, is never begun.
[[nodiscard]] at::Tensor squaredLoss(const at::Tensor& predicted, const LossInputs& inputs);

}  // namespace kinescore
