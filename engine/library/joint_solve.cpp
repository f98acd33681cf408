#include "engine/library/joint_solve.h"

#include <algorithm>
#include <cmath>

#include <glm/glm.hpp>

#include "engine/motion/kinematics.h"
#include "engine/retarget/retarget.h"
#include "engine/retarget/stance.h"

namespace kinescore {
namespace {

constexpr float kShortest = 1e-4f;  // metres; a shorter bone has no direction
constexpr double kSmallestScale = 0.8, kLargestScale = 1.25;
constexpr double kLeastTravel = 1;  // metres, that tell a scale

glm::vec3 directionOf(const glm::vec3& v, const glm::vec3& otherwise) {
  const float length = glm::length(v);
  return length > kShortest ? v / length : otherwise;
}

glm::quat turnBetween(const glm::vec3& from, const glm::vec3& to) {
  const float dot = glm::dot(from, to);
  if (dot < -0.9999f) {
    const glm::vec3 side = std::abs(from.x) < 0.8f ? glm::vec3(1, 0, 0) : glm::vec3(0, 1, 0);
    return glm::angleAxis(float(M_PI), glm::normalize(glm::cross(from, side)));
  }
  const glm::vec3 axis = glm::cross(from, to);
  return glm::normalize(glm::quat(1 + dot, axis.x, axis.y, axis.z));
}

/// Axes with `along` exactly on axis `a` (0 x, 1 y) and the other as near as can be to `aside`.
glm::quat frameOf(const glm::vec3& along, int a, const glm::vec3& aside) {
  const glm::vec3 first = glm::normalize(along);
  glm::vec3 second = aside - first * glm::dot(aside, first);
  if (glm::length(second) < kShortest) second = std::abs(first.y) < 0.9f ? glm::vec3(0, 1, 0) : glm::vec3(0, 0, 1);
  second = glm::normalize(second - first * glm::dot(second, first));
  const glm::vec3 x = a == 0 ? first : second, y = a == 0 ? second : first;
  return glm::normalize(glm::quat_cast(glm::mat3(x, y, glm::cross(x, y))));
}

float smoothStep(float low, float high, float x) {
  const float u = std::clamp((x - low) / (high - low), 0.0f, 1.0f);
  return u * u * (3 - 2 * u);
}

/// A bent limb's turn from its hinge, a straight one's from `swung`.
glm::vec3 hingeAxis(const glm::vec3& upper, const glm::vec3& lower, const glm::vec3& swungAxis, float sign) {
  const glm::vec3 normal = sign * glm::cross(upper, lower);
  const float sine = glm::length(normal);
  const float share = smoothStep(0.17f, 0.5f, sine);
  if (share <= 0) return swungAxis;
  const glm::vec3 hinge = normal / sine;
  return directionOf(glm::mix(swungAxis, hinge, share), hinge);
}

using Joints = std::array<glm::vec3, kJointCount22>;
using Turns = std::array<glm::quat, kJointCount22>;

void turnTrunk(const Joints& p, float neckPitch, Turns& world) {
  const glm::vec3 hipLine = p[kLeftUpLeg] - p[kRightUpLeg], chestLine = p[kLeftShoulder] - p[kRightShoulder];
  const glm::vec3 up(0, 1, 0), left(1, 0, 0);
  world[kHips] = frameOf(directionOf(p[kSpine] - 0.5f * (p[kLeftUpLeg] + p[kRightUpLeg]), up), 1, directionOf(hipLine, left));
  world[kSpine2] = frameOf(directionOf(p[kNeck] - p[kSpine2], up), 1, directionOf(chestLine, left));
  const glm::vec3 hipX = world[kHips] * left, chestX = world[kSpine2] * left;
  world[kSpine] = frameOf(directionOf(p[kSpine1] - p[kSpine], up), 1, glm::mix(hipX, chestX, 1 / 3.0f));
  world[kSpine1] = frameOf(directionOf(p[kSpine2] - p[kSpine1], up), 1, glm::mix(hipX, chestX, 2 / 3.0f));
  world[kNeck] = frameOf(directionOf(p[kHead] - p[kNeck], up), 1, chestX) * glm::angleAxis(-neckPitch, left);
  world[kHead] = world[kNeck];
}

void turnArm(const Joints& p, bool isLeft, Turns& world) {
  const Skeleton& ours = *kinescore22();
  const int collar = isLeft ? kLeftShoulder : kRightShoulder, arm = isLeft ? kLeftArm : kRightArm;
  const int fore = isLeft ? kLeftForeArm : kRightForeArm, hand = isLeft ? kLeftHand : kRightHand;
  const glm::vec3 outward(isLeft ? 1 : -1, 0, 0);
  const auto swung = [&](const glm::quat& parent, const glm::vec3& rest, const glm::vec3& direction) {
    return glm::normalize(turnBetween(parent * rest, directionOf(direction, parent * rest)) * parent);
  };
  world[collar] = swung(world[kSpine2], glm::normalize(ours.offsets[arm]), p[arm] - p[collar]);
  const glm::quat straight = swung(world[kSpine2], outward, p[fore] - p[arm]);
  const glm::vec3 upper = straight * outward, lower = directionOf(p[hand] - p[fore], upper);
  // A left forearm bends forward about −Y, a right one about +Y.
  const glm::vec3 axis = hingeAxis(upper, lower, straight * glm::vec3(0, 1, 0), isLeft ? -1.0f : 1.0f);
  const float side = isLeft ? 1.0f : -1.0f;
  world[arm] = frameOf(side * upper, 0, axis);
  world[fore] = frameOf(side * lower, 0, axis);
  world[hand] = world[fore];
}

void turnLeg(const Joints& p, bool isLeft, Turns& world) {
  const Skeleton& ours = *kinescore22();
  const int thigh = isLeft ? kLeftUpLeg : kRightUpLeg, shin = isLeft ? kLeftLeg : kRightLeg;
  const int foot = isLeft ? kLeftFoot : kRightFoot, toe = isLeft ? kLeftToeBase : kRightToeBase;
  const glm::vec3 down = world[kHips] * glm::vec3(0, -1, 0);
  const glm::vec3 upper = directionOf(p[shin] - p[thigh], down), lower = directionOf(p[foot] - p[shin], upper);
  const glm::quat straight = glm::normalize(turnBetween(down, upper) * world[kHips]);
  const glm::vec3 axis = hingeAxis(upper, lower, straight * glm::vec3(1, 0, 0), 1);  // knees bend about +X
  world[thigh] = frameOf(-upper, 1, axis);
  world[shin] = frameOf(-lower, 1, axis);
  const glm::vec3 rest = glm::normalize(ours.offsets[toe]);
  const glm::vec3 along = directionOf(p[toe] - p[foot], world[shin] * rest);
  // About the knee's axis as far as that goes, the rest by swing.
  world[foot] = glm::normalize(turnBetween(world[shin] * rest, along) * world[shin]);
  world[toe] = world[foot];
}

/// The positions at 30 Hz: a cubic through neighbours (Catmull and Rom).
JointPositions atEngineRate(const JointPositions& positions, FrameRate rate) {
  const auto last = std::int64_t(positions.size()) - 1;
  const auto count = std::max<std::int64_t>(1, std::int64_t(std::floor(double(last) / rate.fps() * kEngineRate.fps() + 1e-6)) + 1);
  JointPositions result;
  for (std::int64_t f = 0; f < count; ++f) {
    const double place = double(f) / kEngineRate.fps() * rate.fps();
    const std::int64_t i = std::min<std::int64_t>(std::int64_t(place), last);
    const auto u = float(place - double(i));
    const auto frame = [&](std::int64_t k) -> const Joints& { return positions[std::size_t(std::clamp<std::int64_t>(k, 0, last))]; };
    const Joints &a = frame(i - 1), &b = frame(i), &c = frame(i + 1), &d = frame(i + 2);
    Joints& out = result.emplace_back();
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::vec3 startSpeed = 0.5f * (c[j] - a[j]), endSpeed = 0.5f * (d[j] - b[j]);
      const glm::vec3 way = c[j] - b[j];
      out[j] = b[j] + u * (startSpeed + u * (3.0f * way - 2.0f * startSpeed - endSpeed + u * (startSpeed + endSpeed - 2.0f * way)));
    }
  }
  return result;
}

LegPoints legOf(const Joints& p, bool isLeft, float scale) {
  return {scale * p[isLeft ? kLeftUpLeg : kRightUpLeg], scale * p[isLeft ? kLeftLeg : kRightLeg],
          scale * p[isLeft ? kLeftFoot : kRightFoot], scale * p[isLeft ? kLeftToeBase : kRightToeBase]};
}

// Necks of other skeletons lean at rest; over a clip, heads are mostly held straight.
float neckPitchOf(const JointPositions& frames) {
  std::vector<float> pitches;
  for (const Joints& p : frames) {
    Turns world{};
    turnTrunk(p, 0, world);
    const glm::vec3 neck = glm::conjugate(world[kSpine2]) * directionOf(p[kHead] - p[kNeck], world[kSpine2] * glm::vec3(0, 1, 0));
    pitches.push_back(std::atan2(neck.z, neck.y));
  }
  return std::clamp(percentile(std::move(pitches), 0.5), -0.8f, 0.8f);
}

}  // namespace

Result<MappedClip> mapJointPositions(const JointPositions& positions, FrameRate rate) {
  if (positions.empty()) return Error{ErrorCode::BadInput, "the clip has no frames."};
  double legLength = 0;
  for (const Joints& p : positions) {
    for (const bool isLeft : {true, false}) {
      const LegPoints leg = legOf(p, isLeft, 1);
      legLength += glm::length(leg.knee - leg.hip) + glm::length(leg.ankle - leg.knee);
    }
  }
  legLength /= 2.0 * double(positions.size());
  if (!(legLength > 0.05 && legLength < 20)) {
    return Error{ErrorCode::BadInput, "the legs are " + std::to_string(legLength) + " m long; the unit of length is wrong."};
  }
  const JointPositions frames = atEngineRate(positions, rate);
  const float neckPitch = neckPitchOf(frames);
  MappedClip clip;
  clip.rate = kEngineRate;
  clip.scale = float(kLegLength22 / legLength);
  for (const Joints& p : frames) {
    Turns& world = clip.world.emplace_back();
    turnTrunk(p, neckPitch, world);
    for (const bool isLeft : {true, false}) {
      turnArm(p, isLeft, world);
      turnLeg(p, isLeft, world);
    }
    clip.legs.push_back({legOf(p, true, clip.scale), legOf(p, false, clip.scale)});
  }
  return clip;
}

double wayScaleOf(const Motion& motion) {
  // A standing foot does not move: scale · Δway + Δ(foot about the root) = 0 over its frames.
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const int joints = motion.jointCount();
  const std::int64_t frames = motion.frameCount();
  double travel = 0;
  for (std::int64_t f = 1; f < frames; ++f) {
    const glm::vec3 step = motion.rootPositions[f] - motion.rootPositions[f - 1];
    travel += std::hypot(step.x, step.z);
  }
  if (travel < kLeastTravel) return 1;
  double scale = 1;
  for (int round = 0; round < 4; ++round) {
    double product = 0, square = 0;
    for (const int toe : {int(kLeftToeBase), int(kRightToeBase)}) {
      std::vector<float> heights;
      for (std::int64_t f = 0; f < frames; ++f) heights.push_back(positions[std::size_t(f) * joints + toe].y);
      const float low = percentile(heights, 0.1) + 0.03f;
      for (std::int64_t f = 1; f < frames; ++f) {
        if (heights[f] > low || heights[f - 1] > low) continue;
        const glm::dvec3 way = motion.rootPositions[f] - motion.rootPositions[f - 1];
        const glm::dvec3 foot = positions[std::size_t(f) * joints + toe] - positions[std::size_t(f - 1) * joints + toe];
        const double px = foot.x - way.x, pz = foot.z - way.z;  // about the root
        // Less and less is believed to stand while it slides.
        const double slide = std::hypot(scale * way.x + px, scale * way.z + pz) * motion.rate.fps();
        const double trust = 1 / (1 + 25 * slide * slide);
        product -= trust * (way.x * px + way.z * pz);
        square += trust * (way.x * way.x + way.z * way.z);
      }
    }
    if (square < 1e-4) return 1;
    scale = std::clamp(product / square, kSmallestScale, kLargestScale);
  }
  return scale;
}

MappedClip mapAngles(const Motion& motion) {
  Motion engine = motion.rate == kEngineRate ? motion : resample(motion, kEngineRate);
  MappedClip clip;
  clip.rate = kEngineRate;
  clip.scale = float(wayScaleOf(engine));
  WorldPose world;
  for (std::int64_t f = 0; f < engine.frameCount(); ++f) {
    Pose pose = engine.pose(f);
    pose.rootPosition *= clip.scale;
    forwardKinematicsInto(*engine.skeleton, pose, world);
    std::copy(world.rotations.begin(), world.rotations.end(), clip.world.emplace_back().begin());
    Joints p;
    std::copy(world.positions.begin(), world.positions.end(), p.begin());
    clip.legs.push_back({legOf(p, true, 1), legOf(p, false, 1)});
  }
  return clip;
}

Result<Motion> retargetAlone(const MappedClip& clip) {
  const StanceSamples stance = findStance(clip);
  return retarget(clip, stance, calibrateFeet(stance));
}

}  // namespace kinescore
