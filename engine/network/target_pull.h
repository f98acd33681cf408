// Poses and joints that are asked for, met in the clean motion itself. What the network sees in a noisy motion is
// taken as a guess whose error is Gaussian: of the pose as much as the best linear look would miss at that noise level
// (motion_prior), of the root as much as the evidence leaves open. Given what is asked for, the best correction of
// that guess has a closed form (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2.2): a key moves
// what lies around it as far and as long as captured motion holds together, and the figure goes where the key
// stands. At the first steps that is an interpolation of the keys; the steps after it make motion of it. A draft is
// such a look at every pose, but not at where the figure goes, and an unsure one.
#pragma once

#include "engine/network/motion_prior.h"

namespace kinescore {

constexpr int kTargetChannels = 9 * kJointCount22;  // of the pose: 22 positions, then 22 rotations

/// In the window's space.
struct JointTargets {
  at::Tensor positions;  // [batch][T][22][3] metres
  at::Tensor rotations;  // [batch][T][22][2][3] first two columns of the matrix
  at::Tensor draft;      // [batch][T][kTargetChannels] normalised, for what is asked of the pose alone
  at::Tensor weights;    // [batch][T][kTargetChannels] one over the deviation allowed, 0 where nothing is asked
  at::Tensor isPlaced;   // of weights' shape: 1 where positions and rotations are meant, 0 where the draft is
  at::Tensor isInFull;   // [batch] bool: all of it at full strength, and no draft
  at::Tensor isFree;     // [batch][T][1] 0 where frames are known whole: they are not to change
  at::Tensor windows;    // [n] int64 those of the batch in which something is asked
};
/// Masks are strengths, 0 … 1, [batch][T][22] or, of draft and known frames, [batch][T][1].
struct AskedOfJoints {
  at::Tensor positions, positionMask, rotations, rotationMask;
  at::Tensor draft, draftMask;  // undefined: there is none
  at::Tensor knownMask;
};
[[nodiscard]] JointTargets jointTargets(const AskedOfJoints& asked);

/// A guess of the clean motion, normalised.
struct SeenMotion {
  at::Tensor root;       // [batch][T][kRootChannels]
  at::Tensor pose;       // [batch][T][kPoseChannels]
  double rootShare = 1;  // how far the root may be off, as a share of what it does in captured motion
  bool isSaid = false;   // by the network, not by the linear look
};
/// What to add to a guess so that it meets the targets; the heading stays. No gradients flow through it.
struct TargetPull {
  at::Tensor directions;  // [batch][patches][kPosePatch] of the pose
  at::Tensor place;       // [batch][T][3] of the smoothed root, normalised
};
/// Targets must ask for something.
[[nodiscard]] TargetPull pullToTargets(const MotionPrior& prior, const PoseSpectrum& spectrum, const at::Tensor& logSnr,
                                       const RootEvidence& evidence, const JointTargets& targets,
                                       const SeenMotion& seen);

}  // namespace kinescore
