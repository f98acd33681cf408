#include "engine/io/euler.h"

#include <cmath>
#include <glm/gtc/matrix_transform.hpp>
#include <numbers>

namespace kinescore {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
// Nearer to the pole than this the X and Z angles cannot be told apart in single precision.
constexpr double kPoleCosine = 1e-5;

glm::dvec3 nearestBranch(glm::dvec3 angles, const glm::dvec3& previous) {
  for (int i = 0; i < 3; ++i) {
    angles[i] += kTurn * std::round((previous[i] - angles[i]) / kTurn);
  }
  return angles;
}

double distanceSquared(const glm::dvec3& a, const glm::dvec3& b) {
  const glm::dvec3 d = a - b;
  return glm::dot(d, d);
}

}  // namespace

glm::dvec3 eulerXyzDegrees(const glm::quat& rotation, const glm::dvec3& previousDegrees) {
  const glm::dvec3 previous = glm::radians(previousDegrees);
  const glm::dquat q = glm::normalize(glm::dquat(rotation.w, rotation.x, rotation.y, rotation.z));
  const glm::dmat3 m = glm::mat3_cast(q);  // m[column][row]
  const double cosine = std::hypot(m[0][0], m[0][1]);
  glm::dvec3 angles;
  angles.y = std::atan2(-m[0][2], cosine);
  if (cosine > kPoleCosine) {
    angles.x = std::atan2(m[1][2], m[2][2]);
    angles.z = std::atan2(m[0][1], m[0][0]);
  } else {
    // Only x - z (or x + z at the lower pole) is defined: share the difference to the frame before
    // evenly, which keeps both curves calm.
    const double sign = angles.y > 0 ? 1.0 : -1.0;
    const double combined = std::atan2(sign * m[1][0], m[1][1]);  // x - sign * z
    double change = combined - (previous.x - sign * previous.z);
    change -= kTurn * std::round(change / kTurn);
    angles.x = previous.x + 0.5 * change;
    angles.z = previous.z - sign * 0.5 * change;
  }
  const glm::dvec3 first = nearestBranch(angles, previous);
  const glm::dvec3 second = nearestBranch(
      {angles.x + std::numbers::pi, std::numbers::pi - angles.y, angles.z + std::numbers::pi},
      previous);
  return glm::degrees(
      distanceSquared(first, previous) <= distanceSquared(second, previous) ? first : second);
}

}  // namespace kinescore
