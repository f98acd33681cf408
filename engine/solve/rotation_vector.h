// Small turns as vectors (axis times angle), in double precision.
#pragma once

#include <algorithm>
#include <cmath>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

namespace kinescore {

[[nodiscard]] inline glm::dquat turnOf(const glm::dvec3& rotationVector) {
  const double angle = glm::length(rotationVector);
  if (angle < 1e-12) return glm::dquat(1, 0, 0, 0);
  return glm::angleAxis(angle, rotationVector / angle);
}

/// The shorter way round.
[[nodiscard]] inline glm::dvec3 rotationVectorOf(const glm::dquat& turn) {
  const double sign = turn.w < 0 ? -1.0 : 1.0;
  const glm::dvec3 axis(sign * turn.x, sign * turn.y, sign * turn.z);
  const double sine = glm::length(axis);
  if (sine < 1e-12) return 2.0 * axis;
  return axis * (2 * std::atan2(sine, sign * turn.w) / sine);
}

/// The smallest turn that brings one direction to another; both need not be unit vectors.
[[nodiscard]] inline glm::dquat turnBetween(const glm::dvec3& from, const glm::dvec3& to) {
  const double lengths = glm::length(from) * glm::length(to);
  if (lengths < 1e-12) return glm::dquat(1, 0, 0, 0);
  const double cosine = glm::dot(from, to) / lengths;
  if (cosine < -1 + 1e-9) {
    // Any axis across: opposite directions do not say which.
    const glm::dvec3 side =
        std::abs(from.x) < 0.9 * glm::length(from) ? glm::dvec3(1, 0, 0) : glm::dvec3(0, 1, 0);
    const glm::dvec3 axis = glm::normalize(glm::cross(from, side));
    return glm::dquat(0, axis.x, axis.y, axis.z);
  }
  const glm::dvec3 axis = glm::cross(from, to) / lengths;
  return glm::normalize(glm::dquat(1 + cosine, axis.x, axis.y, axis.z));
}

[[nodiscard]] inline glm::quat toFloat(const glm::dquat& q) {
  const glm::dquat n = glm::normalize(q);
  return glm::quat(float(n.w), float(n.x), float(n.y), float(n.z));
}

/// 0 up to `from`, 1 from `to` on, without a kink.
[[nodiscard]] inline double smoothstep(double from, double to, double x) {
  const double u = std::clamp((x - from) / (to - from), 0.0, 1.0);
  return u * u * (3 - 2 * u);
}

}  // namespace kinescore
