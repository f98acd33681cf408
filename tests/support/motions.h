// Poses and motions made to order, and a measure of how far two rotations are apart.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/random.h"
#include "engine/motion/motion.h"

namespace kinescore {

inline float angleBetween(const glm::quat& a, const glm::quat& b) {
  const double dot = std::abs(double(a.w) * b.w + double(a.x) * b.x + double(a.y) * b.y + double(a.z) * b.z);
  return static_cast<float>(2 * std::acos(std::min(dot, 1.0)));
}

inline glm::quat randomRotation(CounterRandom& random) {
  glm::quat q(float(random.normal()), float(random.normal()), float(random.normal()), float(random.normal()));
  return glm::normalize(q);
}

inline Pose randomPose(CounterRandom& random) {
  Pose pose = restPose(*kinescore22());
  pose.rootPosition = {float(random.normal()), float(random.uniform(0.5, 1.2)), float(random.normal())};
  for (glm::quat& q : pose.localRotations) q = randomRotation(random);
  return pose;
}

/// Every joint turns and the root wanders, smoothly and differently for each seed. With contacts.
inline Motion swayingMotion(std::int64_t frames, std::uint64_t seed = 1, FrameRate rate = kEngineRate) {
  CounterRandom random(seed);
  Motion motion;
  motion.rate = rate;
  std::array<glm::vec3, kJointCount22> axes{};
  std::array<float, kJointCount22> phases{};
  for (int j = 0; j < kJointCount22; ++j) {
    axes[j] = glm::normalize(glm::vec3(random.normal(), random.normal(), random.normal()));
    phases[j] = float(random.uniform(0, 6.28));
  }
  for (std::int64_t f = 0; f < frames; ++f) {
    const float t = float(secondsOf(ticksOfFrame(f, rate)));
    Pose pose = restPose(*motion.skeleton);
    pose.rootPosition += glm::vec3(0.3f * std::sin(t), 0.02f * std::sin(6 * t), 1.1f * t);
    for (int j = 0; j < kJointCount22; ++j) {
      pose.localRotations[j] = glm::angleAxis(0.4f * std::sin(2 * t + phases[j]), axes[j]);
    }
    motion.appendPose(pose);
  }
  motion.contacts.resize(std::size_t(frames) * 4);
  for (std::uint8_t& contact : motion.contacts) contact = std::uint8_t(random.below(2));
  return motion;
}

}  // namespace kinescore
