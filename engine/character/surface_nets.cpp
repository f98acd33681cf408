#include "engine/character/surface_nets.h"

#include <array>
#include <cmath>
#include <limits>

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

namespace kinescore {
namespace {

/// Distances on the grid points; far from the surface only their sign is right.
class DistanceGrid {
 public:
  DistanceGrid(const DistanceFunction& distance, const glm::vec3& low, const glm::vec3& high, float cell)
      : low_(low), cell_(cell) {
    const glm::vec3 span = (high - low) / cell;
    size_ = glm::ivec3(glm::ceil(span)) + 1;
    values_.assign(std::size_t(size_.x) * size_.y * size_.z, std::numeric_limits<float>::max());
    fill(distance);
  }

  [[nodiscard]] const glm::ivec3& size() const { return size_; }
  [[nodiscard]] std::size_t index(int x, int y, int z) const {
    return (std::size_t(z) * size_.y + y) * size_.x + x;
  }
  [[nodiscard]] float at(int x, int y, int z) const { return values_[index(x, y, z)]; }
  [[nodiscard]] glm::vec3 point(const glm::vec3& gridPoint) const { return low_ + gridPoint * cell_; }

 private:
  static constexpr int kBlock = 6;

  // Most blocks are far from the surface: one look at their middle settles them.
  void fill(const DistanceFunction& distance) {
    const float reach = 0.5f * std::sqrt(3.0f) * float(kBlock) * cell_ * kDistanceSlack;
    for (int z = 0; z < size_.z; z += kBlock) {
      for (int y = 0; y < size_.y; y += kBlock) {
        for (int x = 0; x < size_.x; x += kBlock) {
          const float middle = distance(point(glm::vec3(x, y, z) + 0.5f * float(kBlock)));
          fillBlock(distance, glm::ivec3(x, y, z), std::abs(middle) > reach, middle);
        }
      }
    }
  }

  void fillBlock(const DistanceFunction& distance, const glm::ivec3& from, bool far, float middle) {
    const glm::ivec3 to = glm::min(from + kBlock, size_);
    for (int z = from.z; z < to.z; ++z) {
      for (int y = from.y; y < to.y; ++y) {
        for (int x = from.x; x < to.x; ++x) {
          values_[index(x, y, z)] = far ? middle : distance(point(glm::vec3(x, y, z)));
        }
      }
    }
  }

  glm::vec3 low_;
  float cell_;
  glm::ivec3 size_{0};
  std::vector<float> values_;
};

/// The mean of the points where the surface crosses the cell's edges, in grid units.
bool crossingOfCell(const DistanceGrid& grid, int x, int y, int z, glm::vec3& crossing) {
  std::array<float, 8> corner;
  int inside = 0;
  for (int c = 0; c < 8; ++c) {
    corner[c] = grid.at(x + (c & 1), y + ((c >> 1) & 1), z + (c >> 2));
    inside += corner[c] < 0.0f;
  }
  if (inside == 0 || inside == 8) return false;
  glm::vec3 sum(0.0f);
  int count = 0;
  for (int c = 0; c < 8; ++c) {
    for (int axis = 0; axis < 3; ++axis) {
      const int other = c | (1 << axis);
      if (other == c || (corner[c] < 0.0f) == (corner[other] < 0.0f)) continue;
      glm::vec3 point(c & 1, (c >> 1) & 1, c >> 2);
      point[axis] = corner[c] / (corner[c] - corner[other]);
      sum += point;
      ++count;
    }
  }
  crossing = glm::vec3(x, y, z) + sum / float(count);
  return true;
}

}  // namespace

glm::vec3 distanceGradient(const DistanceFunction& distance, const glm::vec3& point, float step) {
  const glm::vec3 x(step, 0.0f, 0.0f);
  const glm::vec3 y(0.0f, step, 0.0f);
  const glm::vec3 z(0.0f, 0.0f, step);
  const glm::vec3 gradient(distance(point + x) - distance(point - x),
                           distance(point + y) - distance(point - y),
                           distance(point + z) - distance(point - z));
  const float length = glm::length(gradient);
  return length > 0.0f ? gradient / length : glm::vec3(0.0f, 1.0f, 0.0f);
}

SurfaceMesh meshFromDistance(const DistanceFunction& distance, const glm::vec3& low,
                             const glm::vec3& high, float cell) {
  const DistanceGrid grid(distance, low, high, cell);
  const glm::ivec3 size = grid.size();
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> vertexOfCell(std::size_t(size.x) * size.y * size.z, kNone);
  SurfaceMesh mesh;

  for (int z = 0; z + 1 < size.z; ++z) {
    for (int y = 0; y + 1 < size.y; ++y) {
      for (int x = 0; x + 1 < size.x; ++x) {
        glm::vec3 crossing;
        if (!crossingOfCell(grid, x, y, z, crossing)) continue;
        vertexOfCell[grid.index(x, y, z)] = std::uint32_t(mesh.positions.size());
        glm::vec3 point = grid.point(crossing);
        // Averages sink into curves; a step back along the gradient puts them on the surface.
        for (int pass = 0; pass < 2; ++pass) {
          const float away = distance(point);
          point -= glm::clamp(away, -0.5f * cell, 0.5f * cell) *
                   distanceGradient(distance, point, 0.25f * cell);
        }
        mesh.positions.push_back(point);
      }
    }
  }

  // A grid edge that changes sign is shared by four cells: their vertices make its quad.
  for (int z = 1; z + 1 < size.z; ++z) {
    for (int y = 1; y + 1 < size.y; ++y) {
      for (int x = 1; x + 1 < size.x; ++x) {
        const bool here = grid.at(x, y, z) < 0.0f;
        for (int axis = 0; axis < 3; ++axis) {
          const bool next = grid.at(x + (axis == 0), y + (axis == 1), z + (axis == 2)) < 0.0f;
          if (here == next) continue;
          const int u = (axis + 1) % 3;
          const int v = (axis + 2) % 3;
          std::array<std::uint32_t, 4> quad;
          for (int q = 0; q < 4; ++q) {
            glm::ivec3 cellOf(x, y, z);
            cellOf[u] -= (q == 1 || q == 2) ? 0 : 1;
            cellOf[v] -= (q == 2 || q == 3) ? 0 : 1;
            quad[q] = vertexOfCell[grid.index(cellOf.x, cellOf.y, cellOf.z)];
          }
          if (here) {
            mesh.indices.insert(mesh.indices.end(), {quad[0], quad[1], quad[2], quad[0], quad[2], quad[3]});
          } else {
            mesh.indices.insert(mesh.indices.end(), {quad[0], quad[2], quad[1], quad[0], quad[3], quad[2]});
          }
        }
      }
    }
  }
  return mesh;
}

}  // namespace kinescore
