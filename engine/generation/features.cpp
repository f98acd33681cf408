#include "engine/generation/features.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

#include <glm/gtc/matrix_transform.hpp>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr double kFps = 30.0;
constexpr double kRootSmoothingFrames = 0.4 * kFps;
constexpr double kHeadingSmoothingFrames = 0.15 * kFps;
// Below this cosine between the chest's up axis and the world's, the yaw says little: it is held.
constexpr float kUprightCosine = 0.3f;

enum class Ends {
  Hold,    // the value at the end goes on
  Slope,   // reflected through the end point, so that a steady walk keeps its speed
};

// Gaussian smoothing of one channel, in double so that the sum's order does not show.
std::vector<double> smoothed(const std::vector<double>& values, double sigmaFrames, Ends ends) {
  const auto count = static_cast<std::int64_t>(values.size());
  const int radius = static_cast<int>(std::ceil(3.5 * sigmaFrames));
  std::vector<double> weights(radius + 1);
  double total = 0;
  for (int k = 0; k <= radius; ++k) {
    weights[k] = std::exp(-0.5 * k * k / (sigmaFrames * sigmaFrames));
    total += k == 0 ? weights[k] : 2 * weights[k];
  }
  const auto at = [&](std::int64_t i) {
    if (i >= 0 && i < count) return values[i];
    const std::int64_t end = i < 0 ? 0 : count - 1;
    if (ends == Ends::Hold) return values[end];
    const std::int64_t reflected = std::clamp<std::int64_t>(2 * end - i, 0, count - 1);
    return 2 * values[end] - values[reflected];
  };
  std::vector<double> result(values.size());
  for (std::int64_t i = 0; i < count; ++i) {
    double sum = weights[0] * values[i];
    for (int k = 1; k <= radius; ++k) sum += weights[k] * (at(i - k) + at(i + k));
    result[i] = sum / total;
  }
  return result;
}

double wrapped(double angle) { return std::remainder(angle, 2 * std::numbers::pi); }

// Twist about +Y of a rotation, and how well defined it is (0 where the joint is upside down).
struct Yaw {
  double angle, certainty;
};
Yaw yawOf(const glm::quat& q) {
  return {2 * std::atan2(double(q.y), double(q.w)), std::hypot(double(q.y), double(q.w))};
}

// Yaw of hips and chest together, continuous in time, held while the trunk is far from upright.
std::vector<double> continuousHeading(const std::vector<WorldPose>& poses) {
  std::vector<double> heading(poses.size(), 0);
  std::vector<bool> trusted(poses.size(), false);
  for (std::size_t f = 0; f < poses.size(); ++f) {
    double x = 0, z = 0;
    for (const int joint : {int(kHips), int(kSpine2)}) {
      const Yaw yaw = yawOf(poses[f].rotations[joint]);
      x += yaw.certainty * std::sin(yaw.angle);
      z += yaw.certainty * std::cos(yaw.angle);
    }
    heading[f] = std::atan2(x, z);
    const glm::vec3 up = poses[f].rotations[kSpine2] * glm::vec3(0, 1, 0);
    trusted[f] = up.y > kUprightCosine;
  }
  const auto firstTrusted = std::find(trusted.begin(), trusted.end(), true) - trusted.begin();
  double last = heading[firstTrusted < std::ptrdiff_t(poses.size()) ? firstTrusted : 0];
  for (std::size_t f = 0; f < poses.size(); ++f) {
    if (trusted[f]) last += wrapped(heading[f] - last);
    heading[f] = last;
  }
  return heading;
}

glm::vec2 turnedXz(double x, double z, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {float(c * x + s * z), float(-s * x + c * z)};
}

void writeVec3(float* out, const glm::vec3& v) {
  out[0] = v.x;
  out[1] = v.y;
  out[2] = v.z;
}

// For a motion that comes without contacts: a foot joint that is low and slow for 3 frames.
std::vector<std::uint8_t> guessedContacts(const std::vector<WorldPose>& poses) {
  constexpr float kFlatHeight[4] = {0.075f, 0.03f, 0.075f, 0.03f};
  const auto frames = static_cast<std::int64_t>(poses.size());
  std::vector<std::uint8_t> contacts(poses.size() * 4, 0);
  for (int c = 0; c < 4; ++c) {
    const int joint = kContactJoints[c];
    for (std::int64_t f = 0; f < frames; ++f) {
      const std::int64_t before = std::max<std::int64_t>(f - 1, 0), after = std::min(f + 1, frames - 1);
      const glm::vec3 moved = poses[after].positions[joint] - poses[before].positions[joint];
      const float speed = after > before ? glm::length(moved) * float(kFps) / float(after - before) : 0;
      contacts[f * 4 + c] = poses[f].positions[joint].y < kFlatHeight[c] + 0.05f && speed < 0.3f;
    }
  }
  return contacts;
}

// Hysteresis over a raw contact channel; runs of fewer than 4 frames are dropped.
void contactsFromScores(std::span<const float> values, std::int64_t frames, std::vector<std::uint8_t>& contacts) {
  constexpr float kStart = 0.6f, kStop = 0.4f;
  constexpr std::int64_t kShortestRun = 4;
  contacts.assign(frames * 4, 0);
  for (int c = 0; c < 4; ++c) {
    bool touching = false;
    std::int64_t start = 0;
    const auto drop = [&](std::int64_t end) {
      // a run that is cut by the motion's end may go on there
      if (end - start >= kShortestRun || start == 0 || end == frames) return;
      for (std::int64_t f = start; f < end; ++f) contacts[f * 4 + c] = 0;
    };
    for (std::int64_t f = 0; f < frames; ++f) {
      const float score = values[f * kFeatureCount + kContactChannel + c];
      const bool now = touching ? score > kStop : score > kStart;
      if (now && !touching) start = f;
      if (!now && touching) drop(f);
      touching = now;
      contacts[f * 4 + c] = touching;
    }
    if (touching) drop(frames);
  }
}

glm::quat quatFromColumns(const float* six) {
  glm::vec3 a(six[0], six[1], six[2]), b(six[3], six[4], six[5]);
  const float lengthA = glm::length(a);
  a = lengthA > 1e-6f ? a / lengthA : glm::vec3(1, 0, 0);
  b -= glm::dot(a, b) * a;
  float lengthB = glm::length(b);
  if (lengthB < 1e-6f) {  // any direction square to a
    b = std::abs(a.y) < 0.9f ? glm::vec3(0, 1, 0) : glm::vec3(0, 0, 1);
    b -= glm::dot(a, b) * a;
    lengthB = glm::length(b);
  }
  b /= lengthB;
  return glm::normalize(glm::quat_cast(glm::mat3(a, b, glm::cross(a, b))));
}

}  // namespace

glm::vec3 WindowSpace::windowFromWorld(const glm::vec3& p) const {
  const glm::vec2 xz = turnedXz(double(p.x) - originXz.x, double(p.z) - originXz.y, -double(heading));
  return {xz.x, p.y, xz.y};
}

glm::vec3 WindowSpace::worldFromWindow(const glm::vec3& p) const {
  const glm::vec2 xz = turnedXz(p.x, p.z, heading);
  return {xz.x + originXz.x, p.y, xz.y + originXz.y};
}

glm::quat WindowSpace::windowFromWorldTurn() const {
  return glm::angleAxis(-heading, glm::vec3(0, 1, 0));
}

MotionFeatures featuresFromMotion(const Motion& motion) {
  assert(motion.jointCount() == kJointCount22);
  MotionFeatures features;
  features.frames = motion.frameCount();
  features.values.assign(std::size_t(features.frames) * kFeatureCount, 0.0f);
  if (features.frames == 0) return features;

  std::vector<WorldPose> poses(features.frames);
  std::array<std::vector<double>, 3> root;
  for (std::int64_t f = 0; f < features.frames; ++f) {
    forwardKinematicsInto(*motion.skeleton, motion.pose(f), poses[f]);
    for (int axis = 0; axis < 3; ++axis) root[axis].push_back(poses[f].positions[kHips][axis]);
  }
  for (auto& channel : root) channel = smoothed(channel, kRootSmoothingFrames, Ends::Slope);
  const std::vector<double> heading =
      smoothed(continuousHeading(poses), kHeadingSmoothingFrames, Ends::Hold);
  const std::vector<std::uint8_t> contacts =
      motion.contacts.empty() ? guessedContacts(poses) : motion.contacts;

  for (std::int64_t f = 0; f < features.frames; ++f) {
    float* out = features.values.data() + f * kFeatureCount;
    for (int axis = 0; axis < 3; ++axis) out[kRootChannel + axis] = float(root[axis][f]);
    out[kHeadingChannel] = float(std::cos(heading[f]));
    out[kHeadingChannel + 1] = float(std::sin(heading[f]));
    const glm::quat unturn = glm::angleAxis(float(-heading[f]), glm::vec3(0, 1, 0));
    // the last frame repeats the speed of the one before
    const std::int64_t from = f + 1 < features.frames ? f : std::max<std::int64_t>(f - 1, 0);
    const std::int64_t to = std::min(from + 1, features.frames - 1);
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::vec3& p = poses[f].positions[j];
      const glm::vec2 xz = turnedXz(p.x - root[0][f], p.z - root[2][f], -heading[f]);
      writeVec3(out + kPositionChannel + 3 * j, {xz.x, p.y, xz.y});
      const glm::mat3 turn = glm::mat3_cast(glm::normalize(unturn * poses[f].rotations[j]));
      writeVec3(out + kRotationChannel + 6 * j, turn[0]);
      writeVec3(out + kRotationChannel + 6 * j + 3, turn[1]);
      const glm::vec3 step = (poses[to].positions[j] - poses[from].positions[j]) * float(kFps);
      const glm::vec2 speedXz = turnedXz(step.x, step.z, -heading[f]);
      writeVec3(out + kVelocityChannel + 3 * j, {speedXz.x, step.y, speedXz.y});
    }
    for (int c = 0; c < 4; ++c) out[kContactChannel + c] = contacts[f * 4 + c] ? 1.0f : 0.0f;
  }
  return features;
}

WindowSpace spaceOfFrame(std::span<const float> worldFrame) {
  assert(worldFrame.size() >= kFeatureCount);
  return {{worldFrame[kRootChannel], worldFrame[kRootChannel + 2]},
          std::atan2(worldFrame[kHeadingChannel + 1], worldFrame[kHeadingChannel])};
}

void moveToWindow(std::span<float> values, const WindowSpace& space) {
  for (std::size_t at = 0; at + kFeatureCount <= values.size(); at += kFeatureCount) {
    float* v = values.data() + at;
    writeVec3(v, space.windowFromWorld({v[0], v[1], v[2]}));
    const glm::vec2 turned = turnedXz(v[kHeadingChannel + 1], v[kHeadingChannel], -double(space.heading));
    v[kHeadingChannel] = turned.y;
    v[kHeadingChannel + 1] = turned.x;
  }
}

void moveToWorld(std::span<float> values, const WindowSpace& space) {
  for (std::size_t at = 0; at + kFeatureCount <= values.size(); at += kFeatureCount) {
    float* v = values.data() + at;
    writeVec3(v, space.worldFromWindow({v[0], v[1], v[2]}));
    const glm::vec2 turned = turnedXz(v[kHeadingChannel + 1], v[kHeadingChannel], double(space.heading));
    v[kHeadingChannel] = turned.y;
    v[kHeadingChannel + 1] = turned.x;
  }
}

Motion motionFromFeatures(std::span<const float> worldValues) {
  const auto frames = static_cast<std::int64_t>(worldValues.size() / kFeatureCount);
  Motion motion;
  motion.resize(frames);
  std::array<glm::quat, kJointCount22> world;
  for (std::int64_t f = 0; f < frames; ++f) {
    const float* v = worldValues.data() + f * kFeatureCount;
    const float heading = std::atan2(v[kHeadingChannel + 1], v[kHeadingChannel]);
    const glm::quat turn = glm::angleAxis(heading, glm::vec3(0, 1, 0));
    for (int j = 0; j < kJointCount22; ++j) {
      world[j] = glm::normalize(turn * quatFromColumns(v + kRotationChannel + 6 * j));
    }
    const std::vector<glm::quat> local = localFromWorldRotations(*motion.skeleton, world);
    for (int j = 0; j < kJointCount22; ++j) {
      glm::quat q = local[j];
      // the sign that stays near the frame before, so that plots and exports are continuous
      if (f > 0 && glm::dot(q, motion.rotation(f - 1, j)) < 0) q = -q;
      motion.rotation(f, j) = q;
    }
    const float* hips = v + kPositionChannel + 3 * kHips;
    const glm::vec2 xz = turnedXz(hips[0], hips[2], heading);
    motion.rootPositions[f] = {v[kRootChannel] + xz.x, hips[1], v[kRootChannel + 2] + xz.y};
  }
  contactsFromScores(worldValues, frames, motion.contacts);
  return motion;
}

}  // namespace kinescore
