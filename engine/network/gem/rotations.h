// Rotations as GEM writes them, in single precision and with its thresholds (gem.md 2.2). Quaternions are
// w, x, y, z; matrices turn column vectors.
#pragma once

#include <glm/gtc/quaternion.hpp>
#include <glm/mat3x3.hpp>

#include "engine/network/gem/motion_vector.h"

namespace kinescore::gem {

/// The first two rows. Any six numbers give a rotation: they are made orthonormal, first row first.
[[nodiscard]] SixD sixDOf(const glm::mat3& rotation);
[[nodiscard]] glm::mat3 rotationOfSixD(const SixD& rows);
[[nodiscard]] SixD sixDAt(const float* values);

[[nodiscard]] glm::quat quaternionOfAxisAngle(glm::vec3 axisAngle);
/// Of any length but zero.
[[nodiscard]] glm::mat3 rotationOfQuaternion(const glm::quat& q);
/// With w ≥ 0.
[[nodiscard]] glm::quat quaternionOfRotation(const glm::mat3& rotation);
/// A unit quaternion; with w < 0 the angle is beyond π.
[[nodiscard]] glm::vec3 axisAngleOfQuaternion(const glm::quat& q);

[[nodiscard]] glm::mat3 rotationOfAxisAngle(glm::vec3 axisAngle);
[[nodiscard]] glm::vec3 axisAngleOfRotation(const glm::mat3& rotation);
/// 0 … π
[[nodiscard]] float angleOfRotation(const glm::mat3& rotation);
[[nodiscard]] glm::mat3 rotationAboutY(float angle);

/// Not made longer than it is when it is (almost) nothing.
[[nodiscard]] glm::vec3 normalized(glm::vec3 v, float smallest = 1e-12f);
/// Every column at unit length, as GEM does after each product of a chain.
[[nodiscard]] glm::mat3 withUnitColumns(const glm::mat3& matrix);
[[nodiscard]] glm::mat3 fromRows(glm::vec3 x, glm::vec3 y, glm::vec3 z);

}  // namespace kinescore::gem
