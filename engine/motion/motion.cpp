#include "engine/motion/motion.h"

#include <cassert>
#include <cmath>
#include <span>

#include "engine/core/hash.h"

namespace kinescore {

Pose restPose(const Skeleton& skeleton) {
  Pose pose;
  pose.localRotations.assign(skeleton.jointCount(), glm::quat(1, 0, 0, 0));
  return pose;
}

Pose Motion::pose(std::int64_t frame) const {
  assert(frame >= 0 && frame < frameCount());
  const auto first = localRotations.begin() + frame * jointCount();
  return {rootPositions[frame], {first, first + jointCount()}};
}

void Motion::setPose(std::int64_t frame, const Pose& pose) {
  assert(frame >= 0 && frame < frameCount());
  assert(int(pose.localRotations.size()) == jointCount());
  rootPositions[frame] = pose.rootPosition;
  std::copy(pose.localRotations.begin(), pose.localRotations.end(),
            localRotations.begin() + frame * jointCount());
}

void Motion::appendPose(const Pose& pose) {
  assert(int(pose.localRotations.size()) == jointCount());
  rootPositions.push_back(pose.rootPosition);
  localRotations.insert(localRotations.end(), pose.localRotations.begin(), pose.localRotations.end());
}

void Motion::resize(std::int64_t frames) {
  rootPositions.resize(frames, glm::vec3(0, kRestRootHeight, 0));
  localRotations.resize(std::size_t(frames) * jointCount(), glm::quat(1, 0, 0, 0));
  if (!contacts.empty()) contacts.resize(std::size_t(frames) * 4, 0);
}

Motion Motion::slice(FrameRange frames) const {
  assert(frames.start >= 0 && frames.end <= frameCount() && frames.start <= frames.end);
  Motion part;
  part.skeleton = skeleton;
  part.rate = rate;
  part.rootPositions.assign(rootPositions.begin() + frames.start, rootPositions.begin() + frames.end);
  part.localRotations.assign(localRotations.begin() + frames.start * jointCount(),
                             localRotations.begin() + frames.end * jointCount());
  if (!contacts.empty()) {
    part.contacts.assign(contacts.begin() + frames.start * 4, contacts.begin() + frames.end * 4);
  }
  return part;
}

namespace {

// Cubic Hermite on unit spacing with centred-difference tangents (Catmull-Rom).
glm::vec3 hermite(const glm::vec3& before, const glm::vec3& a, const glm::vec3& b,
                  const glm::vec3& after, float u) {
  const glm::vec3 ma = 0.5f * (b - before);
  const glm::vec3 mb = 0.5f * (after - a);
  const float u2 = u * u;
  const float u3 = u2 * u;
  return (2 * u3 - 3 * u2 + 1) * a + (u3 - 2 * u2 + u) * ma + (-2 * u3 + 3 * u2) * b + (u3 - u2) * mb;
}

// How far `time` is past frame `frame`, in frames, [0, 1).
float fractionPast(Ticks time, std::int64_t frame, FrameRate rate) {
  const Ticks start = ticksOfFrame(frame, rate);
  const Ticks length = ticksOfFrame(frame + 1, rate) - start;
  return static_cast<float>(double((time - start).value) / double(length.value));
}

}  // namespace

void evaluateInto(const Motion& motion, Ticks time, Pose& pose) {
  const std::int64_t last = motion.frameCount() - 1;
  const int joints = motion.jointCount();
  assert(last >= 0);
  pose.localRotations.resize(joints);
  const std::int64_t frame = std::clamp<std::int64_t>(frameAt(time, motion.rate), 0, last);
  const bool onFrame = frame == last || time <= ticksOfFrame(frame, motion.rate);
  const glm::quat* from = &motion.localRotations[std::size_t(frame) * joints];
  if (onFrame) {
    pose.rootPosition = motion.rootPositions[frame];
    std::copy(from, from + joints, pose.localRotations.begin());
    return;
  }
  const float u = fractionPast(time, frame, motion.rate);
  const auto& roots = motion.rootPositions;
  pose.rootPosition = hermite(roots[std::max<std::int64_t>(frame - 1, 0)], roots[frame],
                              roots[frame + 1], roots[std::min(frame + 2, last)], u);
  const glm::quat* to = from + joints;
  for (int j = 0; j < joints; ++j) pose.localRotations[j] = glm::slerp(from[j], to[j], u);
}

Pose evaluate(const Motion& motion, Ticks time) {
  Pose pose;
  evaluateInto(motion, time, pose);
  return pose;
}

Motion resample(const Motion& motion, FrameRate rate) {
  Motion out;
  out.skeleton = motion.skeleton;
  out.rate = rate;
  if (motion.frameCount() == 0) return out;
  const Ticks lastTime = ticksOfFrame(motion.frameCount() - 1, motion.rate);
  const std::int64_t frames = frameAt(lastTime, rate) + 1;
  out.resize(frames);
  Pose pose;
  for (std::int64_t f = 0; f < frames; ++f) {
    evaluateInto(motion, ticksOfFrame(f, rate), pose);
    out.setPose(f, pose);
  }
  if (!motion.contacts.empty()) {
    out.contacts.resize(std::size_t(frames) * 4);
    for (std::int64_t f = 0; f < frames; ++f) {
      const std::int64_t source = std::clamp<std::int64_t>(
          nearestFrame(ticksOfFrame(f, rate), motion.rate), 0, motion.frameCount() - 1);
      std::copy_n(motion.contacts.begin() + source * 4, 4, out.contacts.begin() + f * 4);
    }
  }
  return out;
}

Motion mirrored(const Motion& motion) {
  assert(motion.jointCount() == kJointCount22);
  Motion out = motion;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    out.rootPositions[f].x = -motion.rootPositions[f].x;
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::quat& q = motion.rotation(f, kMirrorJoint22[j]);
      out.rotation(f, j) = glm::quat(q.w, q.x, -q.y, -q.z);
    }
    if (!motion.contacts.empty()) {
      for (int c = 0; c < 4; ++c) out.contacts[f * 4 + c] = motion.contacts[f * 4 + (c + 2) % 4];
    }
  }
  return out;
}

std::string identityHash(const Motion& motion, FrameRange frames) {
  assert(frames.start >= 0 && frames.end <= motion.frameCount());
  const int joints = motion.jointCount();
  Sha256 hash;
  hash.updateValues(std::span(motion.rootPositions).subspan(frames.start, frames.length()));
  hash.updateValues(std::span(motion.localRotations).subspan(frames.start * joints, frames.length() * joints));
  if (!motion.contacts.empty()) {
    hash.updateValues(std::span(motion.contacts).subspan(frames.start * 4, frames.length() * 4));
  }
  return hash.finishHex();
}

std::string identityHash(const Motion& motion) {
  return identityHash(motion, {0, motion.frameCount()});
}

}  // namespace kinescore
