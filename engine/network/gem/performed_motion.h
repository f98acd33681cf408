// From GEM's body in the world to a motion on kinescore22, and from a motion back to what GEM knows
// of one. Joints are the same in number, order and meaning (Kinescore22Joint and SMPL's), so that
// every local rotation is taken as it is; bones are ours, as no licensed body model is at hand.
// Both worlds are y-up with a body at rest that faces +Z.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/generation/features.h"
#include "engine/generation/finish.h"
#include "engine/network/gem/estimate.h"
#include "engine/request/request.h"

namespace kinescore::gem {

/// Rest joints of kinescore22 with the soles on the floor; no shape changes them.
[[nodiscard]] const BodyModel& kinescoreBody();

/// Joint by joint, with contacts where a logit is above 0. `logits`: a frame; wrists are not told
/// of.
[[nodiscard]] Motion motionOf(std::span<const SmplFrame> world,
                              std::span<const ContactLogits> logits);
/// Probabilities [frames][4] of ankles and toes, order kinescore::kContactJoints.
[[nodiscard]] std::vector<float> contactScoresOf(std::span<const ContactLogits> logits);

/// The inverse of motionOf for poses and root; the shape is the mean one.
[[nodiscard]] SmplMotion smplOf(const Motion& motion, FrameRange frames);

/// Turns and moves a motion over the floor, so that its frame `anchor` faces and stands as `space`
/// says.
void placeAt(Motion& motion, std::int64_t anchor, const WindowSpace& space);
/// Where a frame stands and faces.
[[nodiscard]] WindowSpace standOf(const Motion& motion, std::int64_t frame);

/// Moves the root over the floor so that it passes where pose keys stand and, of a range, where the
/// base goes on: what is missing at one goes over into what is missing at the next on a smooth
/// curve, and stays beyond the outer ones. Far keys are walked to and not jumped to; the solver
/// does the rest. `first`: the performance's frame of the motion's first.
void leadThroughKeys(const GenerationRequest& request, std::int64_t first, Motion& motion);

/// What of the base is known to the network: normalised vectors of a run of frames and which
/// channels count.
struct KnownFrames {
  std::vector<MotionVector> values;  // [frames]
  std::vector<MotionVector> mask;    // 0 or 1
};
/// `window` of the base with all frames outside `made` known: poses and the root's steps, and,
/// where no camera looks on
/// (`hasView` false), the orientation as a level camera that stands would see it. `axis`: the
/// network's own.
[[nodiscard]] KnownFrames knownFrames(const Motion& base, FrameRange window, FrameRange made,
                                      GravityAxis axis, bool hasView,
                                      const MotionStatistics& statistics);

}  // namespace kinescore::gem
