#include "engine/character/mannequin.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/constants.hpp>

#include "engine/character/body_shape.h"
#include "engine/character/surface_nets.h"

namespace kinescore {
namespace {

/// Over how many metres of extra distance a joint's pull falls to 1/e.
constexpr float kWeightFalloff = 0.014f;
constexpr float kLeastWeight = 0.02f;

/// Arms half lowered, feet a step apart: every limb is near the middle of its range, and no two
/// parts that should stay apart are close enough to melt into each other.
WorldPose bindPose() {
  const auto skeleton = kinescore22();
  Pose pose = restPose(*skeleton);
  const auto turn = [](float degrees, const glm::vec3& axis) {
    return glm::angleAxis(glm::radians(degrees), axis);
  };
  const glm::vec3 z(0.0f, 0.0f, 1.0f);
  const glm::vec3 y(0.0f, 1.0f, 0.0f);
  pose.localRotations[kLeftShoulder] = turn(-5.0f, z);
  pose.localRotations[kRightShoulder] = turn(5.0f, z);
  pose.localRotations[kLeftArm] = turn(-43.0f, z);
  pose.localRotations[kRightArm] = turn(43.0f, z);
  pose.localRotations[kLeftForeArm] = turn(-12.0f, y);
  pose.localRotations[kRightForeArm] = turn(12.0f, y);
  pose.localRotations[kLeftUpLeg] = turn(7.0f, z);
  pose.localRotations[kRightUpLeg] = turn(-7.0f, z);
  return forwardKinematics(*skeleton, pose);
}

bool areNeighbours(const Skeleton& skeleton, int a, int b) {
  return a == b || skeleton.parents[a] == b || skeleton.parents[b] == a;
}

/// Only the nearest joint and those linked to it may pull: a hand by the hip must not move it.
void setWeights(const Skeleton& skeleton, const BodyShape& shape, SkinVertex& vertex) {
  std::array<float, kJointCount22> distances;
  shape.jointDistances(vertex.position, distances);
  const int nearest = int(std::min_element(distances.begin(), distances.end()) - distances.begin());
  std::array<std::pair<float, int>, kJointCount22> pulls;
  for (int j = 0; j < kJointCount22; ++j) {
    const float pull = areNeighbours(skeleton, nearest, j)
                           ? std::exp(-(distances[j] - distances[nearest]) / kWeightFalloff)
                           : 0.0f;
    pulls[j] = {pull < kLeastWeight ? 0.0f : pull, j};
  }
  std::partial_sort(pulls.begin(), pulls.begin() + 4, pulls.end(),
                    [](const auto& a, const auto& b) { return a.first > b.first; });
  float sum = 0.0f;
  for (int k = 0; k < 4; ++k) sum += pulls[k].first;
  for (int k = 0; k < 4; ++k) {
    vertex.joints[k] = std::uint8_t(pulls[k].second);
    vertex.weights[k] = pulls[k].first / sum;
  }
}

/// Neighbouring vertices share their weights a little, so that bends have no visible steps.
void smoothWeights(SkinnedMesh& mesh, int passes) {
  using Row = std::array<float, kJointCount22>;
  std::vector<Row> rows(mesh.vertices.size());
  for (std::size_t v = 0; v < rows.size(); ++v) {
    rows[v].fill(0.0f);
    for (int k = 0; k < 4; ++k) rows[v][mesh.vertices[v].joints[k]] += mesh.vertices[v].weights[k];
  }
  for (int pass = 0; pass < passes; ++pass) {
    std::vector<Row> sums(rows);
    std::vector<float> counts(rows.size(), 1.0f);
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
      for (int e = 0; e < 3; ++e) {
        const std::uint32_t a = mesh.indices[i + e];
        const std::uint32_t b = mesh.indices[i + (e + 1) % 3];
        for (int j = 0; j < kJointCount22; ++j) sums[a][j] += rows[b][j];
        counts[a] += 1.0f;
      }
    }
    for (std::size_t v = 0; v < rows.size(); ++v) {
      for (int j = 0; j < kJointCount22; ++j) rows[v][j] = sums[v][j] / counts[v];
    }
  }
  for (std::size_t v = 0; v < rows.size(); ++v) {
    std::array<int, kJointCount22> order;
    for (int j = 0; j < kJointCount22; ++j) order[j] = j;
    std::partial_sort(order.begin(), order.begin() + 4, order.end(),
                      [&](int a, int b) { return rows[v][a] > rows[v][b]; });
    float sum = 0.0f;
    for (int k = 0; k < 4; ++k) sum += rows[v][order[k]];
    for (int k = 0; k < 4; ++k) {
      mesh.vertices[v].joints[k] = std::uint8_t(order[k]);
      mesh.vertices[v].weights[k] = rows[v][order[k]] / sum;
    }
  }
}

/// How open the surroundings are: a few looks outwards, each compared with the free distance.
float opennessAt(const BodyShape& shape, const glm::vec3& point, const glm::vec3& normal) {
  float closed = 0.0f;
  float share = 1.0f;
  for (int step = 1; step <= 4; ++step) {
    const float reach = 0.03f * float(step);
    const float free = std::max(shape.distance(point + reach * normal), 0.0f);
    closed += share * std::max(reach - free, 0.0f) / reach;
    share *= 0.7f;
  }
  return std::clamp(1.0f - 0.55f * closed, 0.0f, 1.0f);
}

std::shared_ptr<const Character> makeMannequin(float cell, int smoothing) {
  auto character = std::make_shared<Character>();
  character->name = "mannequin";
  character->skeleton = kinescore22();
  character->bindPose = bindPose();
  const BodyShape shape(character->bindPose);
  const DistanceFunction distance = [&](const glm::vec3& p) { return shape.distance(p); };

  glm::vec3 low(std::numeric_limits<float>::max());
  glm::vec3 high(-std::numeric_limits<float>::max());
  for (const glm::vec3& joint : character->bindPose.positions) {
    low = glm::min(low, joint);
    high = glm::max(high, joint);
  }
  const SurfaceMesh surface = meshFromDistance(distance, low - 0.25f, high + 0.25f, cell);

  SkinnedMesh& mesh = character->mesh;
  mesh.indices = surface.indices;
  mesh.vertices.resize(surface.positions.size());
  for (std::size_t v = 0; v < mesh.vertices.size(); ++v) {
    SkinVertex& vertex = mesh.vertices[v];
    vertex.position = surface.positions[v];
    vertex.normal = distanceGradient(distance, vertex.position, 0.004f);
    vertex.openness = opennessAt(shape, vertex.position, vertex.normal);
    setWeights(*character->skeleton, shape, vertex);
  }
  smoothWeights(mesh, smoothing);
  return character;
}

}  // namespace

std::shared_ptr<const Character> mannequin(MannequinDetail detail) {
  if (detail == MannequinDetail::Fine) {
    static const auto fine = makeMannequin(0.019f, 2);
    return fine;
  }
  static const auto coarse = makeMannequin(0.034f, 1);
  return coarse;
}

}  // namespace kinescore
