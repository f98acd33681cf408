#include "engine/character/character.h"

#include <cassert>

#include <glm/gtc/matrix_transform.hpp>
#include <glm/gtc/quaternion.hpp>

namespace kinescore {

std::vector<glm::mat4> skinMatrices(const Character& character, const WorldPose& pose) {
  const std::size_t joints = character.bindPose.positions.size();
  assert(pose.positions.size() == joints && pose.rotations.size() == joints);
  std::vector<glm::mat4> matrices(joints);
  for (std::size_t j = 0; j < joints; ++j) {
    const glm::quat turn = pose.rotations[j] * glm::conjugate(character.bindPose.rotations[j]);
    glm::mat4 matrix = glm::mat4_cast(turn);
    matrix[3] = glm::vec4(pose.positions[j] - turn * character.bindPose.positions[j], 1.0f);
    matrices[j] = matrix;
  }
  return matrices;
}

std::vector<glm::vec3> skinnedPositions(const Character& character, const WorldPose& pose) {
  const std::vector<glm::mat4> matrices = skinMatrices(character, pose);
  std::vector<glm::vec3> positions;
  positions.reserve(character.mesh.vertices.size());
  for (const SkinVertex& vertex : character.mesh.vertices) {
    glm::vec3 sum(0.0f);
    for (int k = 0; k < 4; ++k) {
      if (vertex.weights[k] == 0.0f) continue;
      sum += vertex.weights[k] *
             glm::vec3(matrices[vertex.joints[k]] * glm::vec4(vertex.position, 1.0f));
    }
    positions.push_back(sum);
  }
  return positions;
}

}  // namespace kinescore
