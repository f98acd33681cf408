// Euler angles of rotations, for files only: inside, rotations are quaternions.
#pragma once

#include <array>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

namespace kinescore {

/// Degrees about X, Y, Z such that the rotation is Z(z) * Y(y) * X(x): FBX's rotation order 0. Of
/// all triples that mean this rotation, the one nearest to `previousDegrees`, so that curves run on
/// over half turns and through the pole without a jump.
[[nodiscard]] glm::dvec3 eulerXyzDegrees(const glm::quat& rotation,
                                         const glm::dvec3& previousDegrees);

}  // namespace kinescore
