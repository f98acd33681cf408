// A body as a camera sees it: 17 points in the order of COCO, and how the network is told of them. The same
// numbers come from a detector's points of real video and, in training, from captured motion looked at by a
// camera that was made up.
#pragma once

#include <array>
#include <span>
#include <vector>

#include <glm/mat3x3.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "engine/motion/body_sight.h"
#include "engine/motion/kinematics.h"

namespace kinescore {

/// The order of COCO with left and right exchanged.
extern const std::array<int, kViewPoints> kMirrorViewPoint;
/// x, y and confidence of each point; the box' middle and size; the camera's turning.
constexpr int kViewChannels = 3 * kViewPoints + 3 + 3;

/// World positions of the points. Eyes, ears and nose are placed on the Head joint of a mean head.
[[nodiscard]] std::array<glm::vec3, kViewPoints> viewPointsOf(const WorldPose& pose);

/// A pinhole camera in the manner of OpenCV: x right, y down, looking along +z. Lengths in the image are in
/// units of the focal length.
struct PinholeCamera {
  glm::vec3 position{0};
  glm::mat3 cameraFromWorld{1};
  /// Nothing nearer than this is seen, metres.
  static constexpr float kNearest = 0.3f;
  [[nodiscard]] glm::vec3 cameraFrom(const glm::vec3& world) const { return cameraFromWorld * (world - position); }
};
/// A camera at `position` that looks at a point, its image level but for `roll` (radians).
[[nodiscard]] PinholeCamera lookingAt(const glm::vec3& position, const glm::vec3& target, float roll = 0);

/// The points as the camera sees them, all sure but those behind it.
[[nodiscard]] BodySight seenBy(const PinholeCamera& camera, std::span<const glm::vec3, kViewPoints> points);

/// Fewer points than this say nothing: the frame counts as not seen.
constexpr int kFewestViewPoints = 4;

/// One frame for the network: points inside their own box (−1 … 1 with a margin), the box over the focal length,
/// the camera's turning. False when too little was seen; then nothing is written.
[[nodiscard]] bool writeSight(const BodySight& sight, std::span<float, kViewChannels> out);

/// Between two frames; a point that is missing in one of them is missing between them.
[[nodiscard]] BodySight between(const BodySight& a, const BodySight& b, float share);

}  // namespace kinescore
