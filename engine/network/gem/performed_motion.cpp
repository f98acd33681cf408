#include "engine/network/gem/performed_motion.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/motion/kinematics.h"

namespace kinescore::gem {
namespace {

static_assert(kBodyJoints == kJointCount22);

glm::quat aboutY(float angle) {
  return glm::angleAxis(angle, glm::vec3(0, 1, 0));
}

float sigmoid(float x) {
  return 1.0f / (1.0f + std::exp(-x));
}

/// A level camera that looks along +Z of the world: x right, y down, z ahead.
const glm::mat3 kLevelCamera({-1, 0, 0}, {0, -1, 0}, {0, 0, 1});

/// How far the root is from where it should pass, at a frame of the motion.
struct Lead {
  double frame;
  glm::vec2 missing;
};

class Leads {
 public:
  Leads(const GenerationRequest& request, std::int64_t first, const Motion& motion)
      : first_(first), motion_(motion) {
    const std::int64_t last = request.frameCount() - 1;
    if (request.range) add(request.range->start - 1, request.base->rootPositions);
    for (const PoseKeyRequest& key : request.poses) {
      const std::int64_t frame = std::min(nearestFrame(key.time, kEngineRate), last);
      if (key.strength >= 1 && (!request.range || request.range->contains(frame)))
        add(frame, key.pose.rootPosition);
    }
    if (request.range) add(request.range->end, request.base->rootPositions);
  }
  [[nodiscard]] const std::vector<Lead>& list() const { return leads_; }

 private:
  void add(std::int64_t frame, const std::vector<glm::vec3>& roots) {
    if (frame >= 0 && frame < std::int64_t(roots.size())) add(frame, roots[std::size_t(frame)]);
  }
  void add(std::int64_t frame, glm::vec3 root) {
    const std::int64_t own = frame - first_;
    const bool isLater = leads_.empty() || leads_.back().frame < double(own);
    if (own < 0 || own >= motion_.frameCount() || !isLater) return;
    const glm::vec3 gap = root - motion_.rootPositions[std::size_t(own)];
    leads_.push_back({double(own), {gap.x, gap.z}});
  }

  std::int64_t first_;
  const Motion& motion_;
  std::vector<Lead> leads_;
};

glm::vec2 leadAt(std::span<const Lead> leads, double frame) {
  const auto next = std::find_if(leads.begin(), leads.end(),
                                 [&](const Lead& lead) { return lead.frame >= frame; });
  if (next == leads.begin()) return leads.front().missing;
  if (next == leads.end()) return leads.back().missing;
  const Lead& before = *(next - 1);
  const double share = (frame - before.frame) / (next->frame - before.frame);
  return glm::mix(before.missing, next->missing, float(share * share * (3 - 2 * share)));
}

}  // namespace

const BodyModel& kinescoreBody() {
  static const BodyModel body = [] {
    BodyModel made;
    const auto skeleton = kinescore22();
    const WorldPose rest = forwardKinematics(*skeleton, restPose(*skeleton));
    std::copy(rest.positions.begin(), rest.positions.end(), made.restJoints.begin());
    return made;
  }();
  return body;
}

Motion motionOf(std::span<const SmplFrame> world, std::span<const ContactLogits> logits) {
  assert(world.size() == logits.size());
  Motion motion;
  motion.resize(std::int64_t(world.size()));
  motion.contacts.assign(world.size() * 4, 0);
  for (std::size_t f = 0; f < world.size(); ++f) {
    const SmplFrame& frame = world[f];
    motion.rootPositions[f] = kinescoreBody().restJoints[kPelvis] + frame.translation;
    motion.rotation(std::int64_t(f), kPelvis) =
        glm::normalize(quaternionOfAxisAngle(frame.globalOrient));
    for (int j = 0; j < kPosedJoints; ++j) {
      motion.rotation(std::int64_t(f), j + 1) =
          glm::normalize(quaternionOfAxisAngle(frame.bodyPose[j]));
    }
    for (int c = 0; c < 4; ++c) motion.contacts[f * 4 + std::size_t(c)] = logits[f][c] > 0 ? 1 : 0;
  }
  return motion;
}

std::vector<float> contactScoresOf(std::span<const ContactLogits> logits) {
  std::vector<float> scores;
  for (const ContactLogits& frame : logits) {
    for (int c = 0; c < 4; ++c) scores.push_back(sigmoid(frame[c]));
  }
  return scores;
}

SmplMotion smplOf(const Motion& motion, FrameRange frames) {
  SmplMotion result;
  Shape shape;
  std::copy_n(publishedStatistics().mean.begin() + kShapeChannel, kShapes, shape.begin());
  for (std::int64_t f = frames.start; f < frames.end; ++f) {
    SmplFrame frame;
    frame.shape = shape;
    frame.globalOrient = axisAngleOfQuaternion(motion.rotation(f, kPelvis));
    for (int j = 0; j < kPosedJoints; ++j)
      frame.bodyPose[j] = axisAngleOfQuaternion(motion.rotation(f, j + 1));
    frame.translation = motion.rootPositions[std::size_t(f)] - kinescoreBody().restJoints[kPelvis];
    result.push_back(frame);
  }
  return result;
}

WindowSpace standOf(const Motion& motion, std::int64_t frame) {
  const WorldPose world = forwardKinematics(*motion.skeleton, motion.pose(frame));
  return {{world.positions[kHips].x, world.positions[kHips].z}, headingOf(world)};
}

void placeAt(Motion& motion, std::int64_t anchor, const WindowSpace& space) {
  const WindowSpace now = standOf(motion, anchor);
  const glm::quat turn = aboutY(space.heading - now.heading);
  const glm::vec3 from(now.originXz.x, 0, now.originXz.y),
      to(space.originXz.x, 0, space.originXz.y);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    glm::vec3& root = motion.rootPositions[std::size_t(f)];
    root = to + turn * (root - from);
    motion.rotation(f, kPelvis) = glm::normalize(turn * motion.rotation(f, kPelvis));
  }
}

void leadThroughKeys(const GenerationRequest& request, std::int64_t first, Motion& motion) {
  const Leads found(request, first, motion);
  const std::vector<Lead>& leads = found.list();
  const bool isMissing = std::any_of(leads.begin(), leads.end(),
                                     [](const Lead& l) { return l.missing != glm::vec2(0); });
  if (!isMissing) return;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const glm::vec2 lead = leadAt(leads, double(f));
    motion.rootPositions[std::size_t(f)] += glm::vec3(lead.x, 0, lead.y);
  }
}

KnownFrames knownFrames(const Motion& base, FrameRange window, FrameRange made, GravityAxis axis,
                        bool hasView, const MotionStatistics& statistics) {
  EncodedSource source;
  source.world = smplOf(base, window);
  source.camera = source.world;
  const glm::mat3 fromCamera = gravityFromCamera(kLevelCamera);
  // With its y axis down the frame is that one turned by π about z.
  const glm::mat3 gravity = axis == GravityAxis::Down ? kLevelCamera * fromCamera : fromCamera;
  for (SmplFrame& frame : source.camera) {
    frame.globalOrient =
        axisAngleOfRotation(glm::transpose(fromCamera) * rotationOfAxisAngle(frame.globalOrient));
  }
  source.gravityFromCamera.assign(source.world.size(), gravity);
  KnownFrames known{encodeMotion(source, statistics), {}};
  const auto knows = [&](std::int64_t frame) {
    return frame >= window.start && frame < window.end && !made.contains(frame);
  };
  for (std::int64_t f = window.start; f < window.end; ++f) {
    MotionVector mask{};
    if (knows(f)) {
      std::fill_n(mask.begin() + kBodyPoseChannel, kShapeChannel, 1.0f);
      if (!hasView) std::fill_n(mask.begin() + kCameraOrientChannel, 12, 1.0f);
      if (knows(f + 1)) std::fill_n(mask.begin() + kStepChannel, 3, 1.0f);
    }
    known.mask.push_back(mask);
  }
  return known;
}

}  // namespace kinescore::gem
