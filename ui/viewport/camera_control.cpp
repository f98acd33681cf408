#include "ui/viewport/camera_control.h"

#include <cmath>

#include <QLineF>
#include <glm/geometric.hpp>

namespace kinescore {
namespace {

constexpr float kRadiansPerPixel = 0.0062f;
constexpr double kClickSlack = 4.0;  // logical pixels
/// A figure that is this far away has been cut to, not walked to.
constexpr float kJumpMetres = 3.0f;
constexpr float kFollowSeconds = 0.18f;
constexpr float kCloseEnough = 0.004f;

}  // namespace

bool CameraControl::press(Qt::MouseButton button, Qt::KeyboardModifiers modifiers, QPointF position) {
  pressed_ = last_ = position;
  moved_ = false;
  if (button == Qt::RightButton || (modifiers & Qt::ShiftModifier)) drag_ = Drag::Pan;
  else if (button == Qt::LeftButton || button == Qt::MiddleButton) drag_ = Drag::Orbit;
  else drag_ = Drag::None;
  return drag_ != Drag::None;
}

bool CameraControl::move(QPointF position, float viewHeight) {
  if (drag_ == Drag::None) return false;
  // A hand is never quite still: a click stays a click.
  if (!moved_ && QLineF(pressed_, position).length() < kClickSlack) return false;
  moved_ = true;
  const glm::vec2 way(float(position.x() - last_.x()), float(position.y() - last_.y()));
  last_ = position;
  if (drag_ == Drag::Orbit) {
    // Turning a straight view leaves it: it becomes a view in perspective again.
    camera_.orthographic = false;
    camera_.orbit(-way.x * kRadiansPerPixel, way.y * kRadiansPerPixel);
  } else {
    camera_.pan(way, viewHeight);
  }
  return true;
}

bool CameraControl::release() {
  const bool click = drag_ != Drag::None && !moved_;
  drag_ = Drag::None;
  return click;
}

void CameraControl::wheel(int delta) { camera_.dolly(float(delta) / 120.0f); }

bool CameraControl::follow(const glm::vec3& figure, float seconds) {
  const glm::vec3 way(figure.x - camera_.target.x, 0.0f, figure.z - camera_.target.z);
  const float distance = glm::length(way);
  catchingUp_ = distance > kCloseEnough;
  if (!catchingUp_) return false;
  const float share = distance > kJumpMetres ? 1.0f : 1.0f - std::exp(-seconds / kFollowSeconds);
  camera_.target += share * way;
  return true;
}

}  // namespace kinescore
