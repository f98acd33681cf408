#include "engine/train/crop_changes.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

namespace kinescore {
namespace {

constexpr double kFps = 30;
constexpr double kPaceRange = 0.15, kFlyingPaceRange = 0.07;
constexpr int kFlightFrames = 4;
// How far two bodies may differ where they are joined.
constexpr double kSpeedDifference = 0.35;   // m/s, mean speed of the root
constexpr double kTurningDifference = 0.4;  // rad/s, mean
constexpr double kTiltCosine = 0.94;        // between the hips' up axes, mean: 20 degrees

constexpr std::array<int, 13> kUpperBody = {kSpine,        kSpine1,        kSpine2,  kNeck,     kLeftShoulder,
                                            kRightShoulder, kHead,         kLeftArm, kRightArm, kLeftForeArm,
                                            kRightForeArm, kLeftHand,      kRightHand};

glm::vec3 vecAt(const float* v) { return {v[0], v[1], v[2]}; }
void put(float* out, const glm::vec3& v) {
  for (int axis = 0; axis < 3; ++axis) out[axis] = v[axis];
}

glm::vec3 inWorld(const float* frame, int joint) {
  const float c = frame[kHeadingChannel], s = frame[kHeadingChannel + 1];
  const glm::vec3 p = vecAt(frame + kPositionChannel + 3 * joint);
  return {frame[kRootChannel] + c * p.x + s * p.z, p.y, frame[kRootChannel + 2] - s * p.x + c * p.z};
}

// Joint velocities from the joints' places, as the features define them.
void measureVelocities(std::vector<float>& values) {
  const std::size_t frames = values.size() / kFeatureCount;
  for (std::size_t f = 0; f < frames; ++f) {
    // the last frame repeats the speed of the one before
    const std::size_t from = f + 1 < frames ? f : std::max<std::size_t>(f, 1) - 1, to = std::min(from + 1, frames - 1);
    float* frame = values.data() + f * kFeatureCount;
    const float c = frame[kHeadingChannel], s = frame[kHeadingChannel + 1];
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::vec3 step = float(kFps) * (inWorld(values.data() + to * kFeatureCount, j) -
                                            inWorld(values.data() + from * kFeatureCount, j));
      put(frame + kVelocityChannel + 3 * j, {c * step.x - s * step.z, step.y, s * step.x + c * step.z});
    }
  }
}

void orthonormalise(float* six) {
  const glm::vec3 a = glm::normalize(vecAt(six));
  glm::vec3 b = vecAt(six + 3);
  b = glm::normalize(b - glm::dot(a, b) * a);
  put(six, a);
  put(six + 3, b);
}

struct HipsMotion {
  double speed = 0, turning = 0;  // means
};
HipsMotion hipsMotionOf(std::span<const float> values) {
  const std::size_t frames = values.size() / kFeatureCount;
  HipsMotion motion;
  for (std::size_t f = 1; f < frames; ++f) {
    const float *a = values.data() + (f - 1) * kFeatureCount, *b = a + kFeatureCount;
    motion.speed += std::hypot(b[kRootChannel] - a[kRootChannel], b[kRootChannel + 2] - a[kRootChannel + 2]);
    const double c = a[kHeadingChannel], s = a[kHeadingChannel + 1];
    motion.turning += std::atan2(b[kHeadingChannel + 1] * c - b[kHeadingChannel] * s,
                                 b[kHeadingChannel] * c + b[kHeadingChannel + 1] * s);
  }
  const double seconds = double(std::max<std::size_t>(frames, 2) - 1) / kFps;
  return {motion.speed / seconds, motion.turning / seconds};
}

glm::vec3 upOfHips(const float* frame) { return vecAt(frame + kRotationChannel + 6 * kHips + 3); }

}  // namespace

double drawPace(std::span<const float> values, CounterRandom& random) {
  int longest = 0, run = 0;
  for (std::size_t at = 0; at + kFeatureCount <= values.size(); at += kFeatureCount) {
    const float* contacts = values.data() + at + kContactChannel;
    const bool stands = std::any_of(contacts, contacts + 4, [](float c) { return c > 0.5f; });
    run = stands ? 0 : run + 1;
    longest = std::max(longest, run);
  }
  const double range = longest >= kFlightFrames ? kFlyingPaceRange : kPaceRange;
  return random.uniform(1 - range, 1 + range);
}

std::vector<float> atPace(const MotionFeatures& source, std::int64_t start, int frames, double pace) {
  std::vector<float> values(std::size_t(frames) * kFeatureCount);
  for (int f = 0; f < frames; ++f) {
    const double at = double(start) + f * pace;
    const auto before = std::clamp<std::int64_t>(std::int64_t(at), 0, source.frames - 1);
    const std::int64_t after = std::min(before + 1, source.frames - 1);
    const float share = float(std::clamp(at - double(before), 0.0, 1.0));
    const float *a = source.values.data() + before * kFeatureCount, *b = source.values.data() + after * kFeatureCount;
    float* out = values.data() + std::size_t(f) * kFeatureCount;
    for (int c = 0; c < kContactChannel; ++c) out[c] = a[c] + share * (b[c] - a[c]);
    const float length = std::hypot(out[kHeadingChannel], out[kHeadingChannel + 1]);
    for (int c = 0; c < 2; ++c) out[kHeadingChannel + c] /= std::max(length, 1e-6f);
    for (int j = 0; j < kJointCount22; ++j) orthonormalise(out + kRotationChannel + 6 * j);
    std::copy_n((share < 0.5f ? a : b) + kContactChannel, 4, out + kContactChannel);
  }
  measureVelocities(values);
  return values;
}

std::optional<std::vector<float>> joinedBodies(std::span<const float> lower, std::span<const float> upper) {
  assert(lower.size() == upper.size());
  const std::size_t frames = lower.size() / kFeatureCount;
  const HipsMotion l = hipsMotionOf(lower), u = hipsMotionOf(upper);
  if (std::abs(l.speed - u.speed) > kSpeedDifference || std::abs(l.turning - u.turning) > kTurningDifference) {
    return std::nullopt;
  }
  double alike = 0;
  for (std::size_t f = 0; f < frames; ++f) {
    alike += glm::dot(upOfHips(lower.data() + f * kFeatureCount), upOfHips(upper.data() + f * kFeatureCount));
  }
  if (alike < kTiltCosine * double(frames)) return std::nullopt;

  std::vector<float> values(lower.begin(), lower.end());
  for (std::size_t f = 0; f < frames; ++f) {
    float* out = values.data() + f * kFeatureCount;
    const float* from = upper.data() + f * kFeatureCount;
    const glm::vec3 moved =
        vecAt(out + kPositionChannel + 3 * kSpine) - vecAt(from + kPositionChannel + 3 * kSpine);
    for (const int j : kUpperBody) {
      if (j != kSpine) put(out + kPositionChannel + 3 * j, vecAt(from + kPositionChannel + 3 * j) + moved);
      std::copy_n(from + kRotationChannel + 6 * j, 6, out + kRotationChannel + 6 * j);
    }
  }
  measureVelocities(values);
  return values;
}

}  // namespace kinescore
