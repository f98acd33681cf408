// Motion parameters to GEM's motion vector and back (gem.md 2.4 and 2.6).
#pragma once

#include <span>
#include <vector>

#include "engine/network/gem/body.h"
#include "engine/network/gem/statistics.h"

namespace kinescore::gem {

/// A motion as it is encoded: the same body seen from the camera of each frame and in the world.
struct EncodedSource {
  SmplMotion camera;                     // shape, body pose and orientation are taken from here
  SmplMotion world;                      // orientation and translation for the root's step
  std::vector<glm::mat3> gravityFromCamera;  // a frame
};

/// Root displacement to the next frame (metres) seen from the pelvis, Rᵀ · step; after the last frame it goes
/// on like before it. The published code turns by R instead, against its own decoder (T1).
[[nodiscard]] std::vector<glm::vec3> localSteps(std::span<const SmplFrame> world);

/// Normalised, a vector a frame.
[[nodiscard]] std::vector<MotionVector> encodeMotion(const EncodedSource& source, const MotionStatistics& statistics);

/// A motion vector in the body's terms.
struct DecodedFrame {
  std::array<glm::vec3, kPosedJoints> bodyPose{};
  Shape shape{};
  glm::vec3 orientCamera{0};   // pelvis in camera space
  glm::vec3 orientGravity{0};  // pelvis in the gravity-view frame
  glm::vec3 localStep{0};      // metres to the next frame, seen from the pelvis
};
using DecodedMotion = std::vector<DecodedFrame>;

[[nodiscard]] DecodedFrame decodeVector(const MotionVector& normalized, const MotionStatistics& statistics);
[[nodiscard]] DecodedMotion decodeMotion(std::span<const MotionVector> normalized, const MotionStatistics& statistics);

}  // namespace kinescore::gem
