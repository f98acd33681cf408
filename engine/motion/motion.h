// A performance: a fixed-rate run of poses, and the one function that says what it looks like at
// any time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include "engine/core/ticks.h"
#include "engine/motion/skeleton.h"

namespace kinescore {

/// One instant: where the root joint stands in the world, and each joint turned against its parent
/// (joint 0: against the world). Metres, unit quaternions.
struct Pose {
  glm::vec3 rootPosition{0.0f, kRestRootHeight, 0.0f};
  std::vector<glm::quat> localRotations;  // [joints]

  bool operator==(const Pose&) const = default;
};

/// The T-pose, standing on the floor when the skeleton is kinescore22.
[[nodiscard]] Pose restPose(const Skeleton& skeleton);

/// Immutable once it is shared. Frame f stands at ticksOfFrame(f, rate).
struct Motion {
  std::shared_ptr<const Skeleton> skeleton = kinescore22();
  FrameRate rate = kEngineRate;
  std::vector<glm::vec3> rootPositions;     // [frames], world, metres
  std::vector<glm::quat> localRotations;    // [frames][joints]
  std::vector<std::uint8_t> contacts;       // [frames][4] order kContactJoints, 0/1; or empty

  [[nodiscard]] std::int64_t frameCount() const { return static_cast<std::int64_t>(rootPositions.size()); }
  [[nodiscard]] int jointCount() const { return skeleton->jointCount(); }
  [[nodiscard]] Ticks duration() const { return ticksOfFrame(frameCount(), rate); }
  [[nodiscard]] const glm::quat& rotation(std::int64_t frame, int joint) const {
    return localRotations[std::size_t(frame) * jointCount() + joint];
  }
  [[nodiscard]] glm::quat& rotation(std::int64_t frame, int joint) {
    return localRotations[std::size_t(frame) * jointCount() + joint];
  }
  [[nodiscard]] Pose pose(std::int64_t frame) const;
  void setPose(std::int64_t frame, const Pose& pose);
  void appendPose(const Pose& pose);
  void resize(std::int64_t frames);
  /// A copy of some frames, at the same rate.
  [[nodiscard]] Motion slice(FrameRange frames) const;
};

/// The pose at any time: rotations by slerp along the shorter arc, the root by a cubic Hermite
/// through its neighbours (centred differences). Clamped at both ends. At a frame's own time it is
/// that frame, bit for bit. The viewport, the solver, the report and every exporter use this one.
[[nodiscard]] Pose evaluate(const Motion& motion, Ticks time);
/// The same without an allocation, for a `pose` that is reused.
void evaluateInto(const Motion& motion, Ticks time, Pose& pose);

/// The motion at another rate, by evaluate(); covers the same time.
[[nodiscard]] Motion resample(const Motion& motion, FrameRate rate);

/// Left becomes right across the x = 0 plane. kinescore22 only.
[[nodiscard]] Motion mirrored(const Motion& motion);

/// SHA-256 of the engine-frame bytes (roots, rotations, contacts): the identity of a take or of a
/// range of it. Never taken over an exported file.
[[nodiscard]] std::string identityHash(const Motion& motion, FrameRange frames);
[[nodiscard]] std::string identityHash(const Motion& motion);

}  // namespace kinescore
