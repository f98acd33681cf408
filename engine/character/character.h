// A body on a skeleton: a closed triangle mesh, which joints carry each vertex, and the pose the
// mesh was made in.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <glm/mat4x4.hpp>
#include <glm/vec3.hpp>

#include "engine/motion/kinematics.h"

namespace kinescore {

/// Metres, in world space of the bind pose. The weights add up to one; unused slots weigh zero.
struct SkinVertex {
  glm::vec3 position{0.0f};
  glm::vec3 normal{0.0f, 1.0f, 0.0f};
  float openness = 1.0f;  ///< how much of the sky the vertex sees: 1 free, 0 in a crease
  std::array<std::uint8_t, 4> joints{};
  std::array<float, 4> weights{1.0f, 0.0f, 0.0f, 0.0f};
};

struct SkinnedMesh {
  std::vector<SkinVertex> vertices;
  std::vector<std::uint32_t> indices;  // [triangles][3], counter-clockwise from outside
};

struct Character {
  std::string name;
  std::shared_ptr<const Skeleton> skeleton;
  WorldPose bindPose;
  SkinnedMesh mesh;
};

/// [joints]: what takes a bind-pose point of each joint to where `pose` has it.
[[nodiscard]] std::vector<glm::mat4> skinMatrices(const Character& character, const WorldPose& pose);

/// The vertices in a pose, by linear blend skinning: what the renderer's shader does, on the CPU.
[[nodiscard]] std::vector<glm::vec3> skinnedPositions(const Character& character,
                                                      const WorldPose& pose);

}  // namespace kinescore
