#include "engine/generation/denoiser.h"

#include <cassert>

namespace kinescore {

GuidanceBranch branchOf(BodyPart part) {
  switch (part) {
    case BodyPart::Whole: return GuidanceBranch::All;
    case BodyPart::LeftArm: return GuidanceBranch::LeftArm;
    case BodyPart::RightArm: return GuidanceBranch::RightArm;
    case BodyPart::Head: return GuidanceBranch::Head;
    case BodyPart::Spine: return GuidanceBranch::Spine;
    case BodyPart::Legs: return GuidanceBranch::Legs;
  }
  return GuidanceBranch::All;
}

BodyPart partOf(GuidanceBranch branch) {
  switch (branch) {
    case GuidanceBranch::All:
    case GuidanceBranch::WithoutText: return BodyPart::Whole;
    case GuidanceBranch::LeftArm: return BodyPart::LeftArm;
    case GuidanceBranch::RightArm: return BodyPart::RightArm;
    case GuidanceBranch::Head: return BodyPart::Head;
    case GuidanceBranch::Spine: return BodyPart::Spine;
    case GuidanceBranch::Legs: return BodyPart::Legs;
  }
  return BodyPart::Whole;
}

WindowConditions WindowConditions::empty(int frames) {
  assert(frames > 0 && frames <= kWindowFrames && frames % kPatchFrames == 0);
  const auto count = static_cast<std::size_t>(frames);
  WindowConditions c;
  c.frames = frames;
  c.known.assign(count * kFeatureCount, 0.0f);
  c.knownMask.assign(count, 0.0f);
  c.jointPosition.assign(count * kJointCount22 * 3, 0.0f);
  c.jointMask.assign(count * kJointCount22, 0.0f);
  c.jointRotation.assign(count * kJointCount22 * 6, 0.0f);
  c.rotationMask.assign(count * kJointCount22, 0.0f);
  c.path.assign(count * 2, 0.0f);
  c.pathMask.assign(count, 0.0f);
  c.heading.assign(count * 2, 0.0f);
  c.headingMask.assign(count, 0.0f);
  c.height.assign(count, 0.0f);
  c.heightMask.assign(count, 0.0f);
  c.contact.assign(count * 4, 0.0f);
  c.contactMask.assign(count * 4, 0.0f);
  return c;
}

}  // namespace kinescore
