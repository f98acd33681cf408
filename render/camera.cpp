#include "render/camera.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/constants.hpp>
#include <glm/gtc/matrix_transform.hpp>
#include <glm/vec4.hpp>

namespace kinescore::render {
namespace {

constexpr float kNear = 0.05f;
constexpr float kFar = 250.0f;
constexpr float kSteepest = 1.55f;
constexpr float kClosest = 0.35f;
constexpr float kFarthest = 80.0f;
constexpr float kDollyStep = 0.88f;

glm::vec3 outward(const Camera& camera) {
  const float flat = std::cos(camera.pitch);
  return {flat * std::sin(camera.yaw), std::sin(camera.pitch), flat * std::cos(camera.yaw)};
}

}  // namespace

glm::vec3 Camera::position() const { return target + distance * outward(*this); }

glm::mat4 Camera::view() const {
  // Looking straight down, "up" on screen is away from the viewer's side of the floor.
  const glm::vec3 up(-std::sin(pitch) * std::sin(yaw), std::cos(pitch), -std::sin(pitch) * std::cos(yaw));
  return glm::lookAtRH(position(), target, up);
}

glm::mat4 Camera::projection(float aspect) const {
  glm::mat4 projection;
  if (orthographic) {
    const float half = distance * std::tan(0.5f * fieldOfView);
    projection = glm::orthoRH_ZO(-half * aspect, half * aspect, -half, half, -kFar, kFar);
  } else {
    projection = glm::perspectiveRH_ZO(fieldOfView, aspect, kNear, kFar);
  }
  projection[1][1] = -projection[1][1];
  return projection;
}

void Camera::orbit(float aboutUp, float aboutSide) {
  yaw = std::remainder(yaw + aboutUp, glm::two_pi<float>());
  pitch = std::clamp(pitch + aboutSide, -kSteepest, kSteepest);
}

void Camera::pan(glm::vec2 pixels, float viewHeight) {
  const float metresPerPixel = 2.0f * distance * std::tan(0.5f * fieldOfView) / std::max(viewHeight, 1.0f);
  const glm::mat4 turn = view();
  const glm::vec3 right(turn[0][0], turn[1][0], turn[2][0]);
  const glm::vec3 up(turn[0][1], turn[1][1], turn[2][1]);
  target += (-pixels.x * right + pixels.y * up) * metresPerPixel;
}

void Camera::dolly(float steps) {
  distance = std::clamp(distance * std::pow(kDollyStep, steps), kClosest, kFarthest);
}

void Camera::frame(std::span<const glm::vec3> points, float aspect) {
  if (points.empty()) return;
  glm::vec3 low = points.front();
  glm::vec3 high = points.front();
  for (const glm::vec3& point : points) {
    low = glm::min(low, point);
    high = glm::max(high, point);
  }
  target = 0.5f * (low + high);
  const float radius = std::max(0.5f * glm::length(high - low), 0.2f);
  const float narrow = std::min(1.0f, std::max(aspect, 0.1f));
  distance = std::clamp(1.12f * radius / (std::sin(0.5f * fieldOfView) * narrow), kClosest, kFarthest);
}

void Camera::setView(CameraView view) {
  orthographic = view != CameraView::Perspective;
  switch (view) {
    case CameraView::Perspective: {
      const Camera start;
      yaw = start.yaw;
      pitch = start.pitch;
      break;
    }
    case CameraView::Front: yaw = 0.0f; pitch = 0.0f; break;
    case CameraView::Side: yaw = glm::half_pi<float>(); pitch = 0.0f; break;
    case CameraView::Top: yaw = 0.0f; pitch = kSteepest; break;
  }
}

Ray Camera::rayThrough(glm::vec2 pixel, glm::vec2 size) const {
  const glm::mat4 inverse = glm::inverse(viewProjection(size.x / size.y));
  const glm::vec2 ndc = pixel / size * 2.0f - 1.0f;
  const glm::vec4 near = inverse * glm::vec4(ndc, 0.0f, 1.0f);
  const glm::vec4 far = inverse * glm::vec4(ndc, 1.0f, 1.0f);
  const glm::vec3 origin = glm::vec3(near) / near.w;
  return {origin, glm::normalize(glm::vec3(far) / far.w - origin)};
}

std::optional<glm::vec3> Camera::floorUnder(glm::vec2 pixel, glm::vec2 size) const {
  const Ray ray = rayThrough(pixel, size);
  if (std::abs(ray.direction.y) < 1e-5f) return std::nullopt;
  const float t = -ray.origin.y / ray.direction.y;
  if (t < 0.0f || t > kFar) return std::nullopt;
  return ray.origin + t * ray.direction;
}

bool Camera::mayShow(const glm::vec3& centre, float radius, float aspect) const {
  const glm::mat4 rows = glm::transpose(viewProjection(aspect));
  for (const glm::vec4& plane : {rows[3] + rows[0], rows[3] - rows[0], rows[3] + rows[1], rows[3] - rows[1]}) {
    const glm::vec3 normal(plane);
    if (glm::dot(normal, centre) + plane.w < -radius * glm::length(normal)) return false;
  }
  return true;
}

std::optional<glm::vec2> Camera::pixelOf(const glm::vec3& point, glm::vec2 size) const {
  const glm::vec4 clip = viewProjection(size.x / size.y) * glm::vec4(point, 1.0f);
  if (clip.w <= kNear) return std::nullopt;
  return (glm::vec2(clip) / clip.w * 0.5f + 0.5f) * size;
}

}  // namespace kinescore::render
