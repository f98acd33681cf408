// What the mouse does to the camera. Knows no window: positions are logical pixels of the view.
#pragma once

#include <optional>

#include <QPointF>
#include <Qt>
#include <glm/vec3.hpp>

#include "render/camera.h"

namespace kinescore {

class CameraControl {
 public:
  render::Camera& camera() { return camera_; }
  [[nodiscard]] const render::Camera& camera() const { return camera_; }

  /// True when the button starts a move of the camera: left, Alt+left and middle orbit, right and
  /// Shift with any of them pan.
  bool press(Qt::MouseButton button, Qt::KeyboardModifiers modifiers, QPointF position);
  /// True when the camera moved.
  bool move(QPointF position, float viewHeight);
  /// True when it was a click: released where it was pressed.
  bool release();
  /// One notch of the wheel is 120.
  void wheel(int delta);

  /// Follow: the camera keeps its place relative to the figure, without its jitter. Call it with
  /// where the figure is; true when the camera moved.
  bool follow(const glm::vec3& figure, float seconds);
  /// Whether it still has way to go.
  [[nodiscard]] bool isCatchingUp() const { return catchingUp_; }

 private:
  enum class Drag { None, Orbit, Pan };

  render::Camera camera_;
  Drag drag_ = Drag::None;
  QPointF pressed_;
  QPointF last_;
  bool moved_ = false;
  bool catchingUp_ = false;
};

}  // namespace kinescore
