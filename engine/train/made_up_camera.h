// A camera that was made up for a crop of captured motion, and the error of who finds points in its pictures: what
// training shows of bodies that nobody filmed.
#pragma once

#include <array>
#include <span>

#include "engine/core/random.h"
#include "engine/generation/body_view.h"

namespace kinescore {

/// A camera that looks at where the body is, from anywhere around it. `values` [frames][273] in window space.
[[nodiscard]] PinholeCamera drawCamera(std::span<const float> values, CounterRandom& random);

/// A camera's way: it turns about its own axes and may walk along.
struct CameraWay {
  PinholeCamera start;
  glm::vec3 walk{0};                  // m/s
  glm::vec3 swing{0}, phase{0};       // radians; of a slow swing about each axis
  float rate = 0;                     // rad/s of the swing

  [[nodiscard]] glm::mat3 cameraFromWorld(float seconds) const;
  [[nodiscard]] PinholeCamera at(float seconds) const;
  /// About its own axes, rad/s.
  [[nodiscard]] glm::vec3 turning(float seconds) const;
};
/// Of drawCamera; two in five swing, one in five walks.
[[nodiscard]] CameraWay drawCameraWay(std::span<const float> values, CounterRandom& random);

/// A detector's error: some of it new in every frame, some slow. Ask frame by frame, each point once.
class DetectorError {
 public:
  DetectorError(float size, CounterRandom& random) : size_(size), random_(random) {}
  [[nodiscard]] glm::vec2 next(int point);

 private:
  float size_;
  CounterRandom& random_;
  std::array<glm::vec2, kViewPoints> slow_{};
};

}  // namespace kinescore
