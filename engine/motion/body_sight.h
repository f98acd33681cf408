// What was seen of a body in one frame of video: 17 points in the order of COCO.
#pragma once

#include <array>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace kinescore {

/// nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles; left before right.
constexpr int kViewPoints = 17;

struct BodySight {
  std::array<glm::vec2, kViewPoints> points{};    // right and down from the principal point, over the focal length
  std::array<float, kViewPoints> confidence{};    // 0 … 1; 0: not seen
  glm::vec3 cameraTurning{0};                     // about its own axes (x right, y down, z ahead), rad/s
  bool operator==(const BodySight&) const = default;
};

}  // namespace kinescore
