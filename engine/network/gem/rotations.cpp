#include "engine/network/gem/rotations.h"

#include <algorithm>
#include <cmath>

namespace kinescore::gem {
namespace {

// Below this the half angle's sine is taken from its series.
constexpr float kSmallAngle = 1e-6f;

}  // namespace

glm::vec3 normalized(glm::vec3 v, float smallest) { return v / std::max(glm::length(v), smallest); }

glm::mat3 fromRows(glm::vec3 x, glm::vec3 y, glm::vec3 z) { return glm::transpose(glm::mat3(x, y, z)); }

SixD sixDOf(const glm::mat3& rotation) {
  return {rotation[0][0], rotation[1][0], rotation[2][0], rotation[0][1], rotation[1][1], rotation[2][1]};
}

SixD sixDAt(const float* values) {
  SixD rows;
  std::copy_n(values, rows.size(), rows.begin());
  return rows;
}

glm::mat3 rotationOfSixD(const SixD& rows) {
  const glm::vec3 first(rows[0], rows[1], rows[2]), second(rows[3], rows[4], rows[5]);
  const glm::vec3 x = normalized(first);
  const glm::vec3 y = normalized(second - glm::dot(x, second) * x);
  return fromRows(x, y, glm::cross(x, y));
}

glm::quat quaternionOfAxisAngle(glm::vec3 axisAngle) {
  const float angle = glm::length(axisAngle);
  const float factor =
      angle < kSmallAngle ? 0.5f - angle * angle / 48.0f : std::sin(0.5f * angle) / angle;
  const glm::vec3 v = axisAngle * factor;
  return {std::cos(0.5f * angle), v.x, v.y, v.z};
}

glm::mat3 rotationOfQuaternion(const glm::quat& q) {
  const float two = 2.0f / (q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
  return fromRows({1 - two * (q.y * q.y + q.z * q.z), two * (q.x * q.y - q.z * q.w), two * (q.x * q.z + q.y * q.w)},
                  {two * (q.x * q.y + q.z * q.w), 1 - two * (q.x * q.x + q.z * q.z), two * (q.y * q.z - q.x * q.w)},
                  {two * (q.x * q.z - q.y * q.w), two * (q.y * q.z + q.x * q.w), 1 - two * (q.x * q.x + q.y * q.y)});
}

// Each of w, x, y, z can be had from the diagonal and the other three from it; the largest is the safest to divide by.
glm::quat quaternionOfRotation(const glm::mat3& rotation) {
  const auto m = [&](int row, int column) { return rotation[column][row]; };
  const auto root = [](float square) { return std::sqrt(std::max(0.0f, square)); };
  const std::array<float, 4> twice = {
      root(1 + m(0, 0) + m(1, 1) + m(2, 2)), root(1 + m(0, 0) - m(1, 1) - m(2, 2)),
      root(1 - m(0, 0) + m(1, 1) - m(2, 2)), root(1 - m(0, 0) - m(1, 1) + m(2, 2))};
  const auto largest = std::max_element(twice.begin(), twice.end()) - twice.begin();
  const float square = twice[largest] * twice[largest];
  const float wx = m(2, 1) - m(1, 2), wy = m(0, 2) - m(2, 0), wz = m(1, 0) - m(0, 1);
  const float xy = m(1, 0) + m(0, 1), xz = m(0, 2) + m(2, 0), yz = m(1, 2) + m(2, 1);
  const std::array<glm::vec4, 4> wxyz = {glm::vec4(square, wx, wy, wz), glm::vec4(wx, square, xy, xz),
                                         glm::vec4(wy, xy, square, yz), glm::vec4(wz, xz, yz, square)};
  const glm::vec4 q = wxyz[largest] / (2.0f * std::max(twice[largest], 0.1f));
  return q[0] < 0 ? glm::quat(-q[0], -q[1], -q[2], -q[3]) : glm::quat(q[0], q[1], q[2], q[3]);
}

glm::vec3 axisAngleOfQuaternion(const glm::quat& q) {
  const glm::vec3 v(q.x, q.y, q.z);
  const float half = std::atan2(glm::length(v), q.w);
  const float sineOverAngle = half == 0.0f ? 1.0f : std::sin(half) / half;
  return v / (0.5f * sineOverAngle);
}

glm::mat3 rotationOfAxisAngle(glm::vec3 axisAngle) { return rotationOfQuaternion(quaternionOfAxisAngle(axisAngle)); }

glm::vec3 axisAngleOfRotation(const glm::mat3& rotation) {
  return axisAngleOfQuaternion(quaternionOfRotation(rotation));
}

float angleOfRotation(const glm::mat3& rotation) { return glm::length(axisAngleOfRotation(rotation)); }

glm::mat3 rotationAboutY(float angle) {
  const float c = std::cos(angle), s = std::sin(angle);
  return fromRows({c, 0, s}, {0, 1, 0}, {-s, 0, c});
}

glm::mat3 withUnitColumns(const glm::mat3& matrix) {
  glm::mat3 unit;
  for (int i = 0; i < 3; ++i) unit[i] = matrix[i] / (glm::length(matrix[i]) + 1e-9f);
  return unit;
}

}  // namespace kinescore::gem
