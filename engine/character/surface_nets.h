// Turns a signed distance function into a closed triangle mesh (naive surface nets: one vertex in
// every grid cell the surface passes through, one quad across every grid edge it crosses).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <glm/vec3.hpp>

namespace kinescore {

struct SurfaceMesh {
  std::vector<glm::vec3> positions;
  std::vector<std::uint32_t> indices;  // [triangles][3], counter-clockwise from outside
};

/// Metres; negative inside. It may be an estimate, as long as it never says more than
/// `kDistanceSlack` times the true distance.
using DistanceFunction = std::function<float(const glm::vec3&)>;
constexpr float kDistanceSlack = 1.6f;

/// `low` and `high` must hold the whole surface with a cell to spare.
[[nodiscard]] SurfaceMesh meshFromDistance(const DistanceFunction& distance, const glm::vec3& low,
                                           const glm::vec3& high, float cell);

/// Direction in which the distance grows fastest, unit length.
[[nodiscard]] glm::vec3 distanceGradient(const DistanceFunction& distance, const glm::vec3& point,
                                         float step);

}  // namespace kinescore
