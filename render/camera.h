// Where the scene is looked at from: a camera that turns about a target point.
#pragma once

#include <optional>
#include <span>

#include <glm/mat4x4.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace kinescore::render {

enum class CameraView { Perspective, Front, Side, Top };

/// A half-line in the world.
struct Ray {
  glm::vec3 origin{0.0f};
  glm::vec3 direction{0.0f, 0.0f, -1.0f};  // unit length
};

struct Camera {
  glm::vec3 target{0.0f, 0.85f, 0.0f};  ///< metres
  float yaw = 0.55f;                    ///< radians about +Y; 0 looks at the character's face
  float pitch = 0.20f;                  ///< radians above the horizon
  float distance = 5.2f;                ///< metres from the target
  float fieldOfView = 0.56f;            ///< radians, from bottom to top
  bool orthographic = false;            ///< same size at the target as the perspective has

  bool operator==(const Camera&) const = default;

  [[nodiscard]] glm::vec3 position() const;
  [[nodiscard]] glm::mat4 view() const;
  /// Vulkan clip space: y down, depth 0 to 1.
  [[nodiscard]] glm::mat4 projection(float aspect) const;
  [[nodiscard]] glm::mat4 viewProjection(float aspect) const { return projection(aspect) * view(); }

  /// Radians.
  void orbit(float aboutUp, float aboutSide);
  /// Pixels of a view this many pixels high: what is under the pointer stays under it.
  void pan(glm::vec2 pixels, float viewHeight);
  /// Positive steps come closer; one step is one notch of a wheel.
  void dolly(float steps);
  /// Aims at the points and backs away until all of them fit.
  void frame(std::span<const glm::vec3> points, float aspect);
  /// Turns to a view; target and distance stay.
  void setView(CameraView view);

  /// `pixel` from the top left of a view of `size`.
  [[nodiscard]] Ray rayThrough(glm::vec2 pixel, glm::vec2 size) const;
  /// Where that ray meets the floor (y = 0); nothing above the horizon.
  [[nodiscard]] std::optional<glm::vec3> floorUnder(glm::vec2 pixel, glm::vec2 size) const;
  /// False when a ball is certainly outside the view.
  [[nodiscard]] bool mayShow(const glm::vec3& centre, float radius, float aspect) const;
  /// Pixel of a world point; nothing when it is behind the camera.
  [[nodiscard]] std::optional<glm::vec2> pixelOf(const glm::vec3& point, glm::vec2 size) const;
};

}  // namespace kinescore::render
