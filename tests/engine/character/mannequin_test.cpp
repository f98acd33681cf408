#include "engine/character/mannequin.h"

#include <cmath>
#include <map>

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include "engine/character/surface_nets.h"

namespace kinescore {
namespace {

class Mannequin : public testing::TestWithParam<MannequinDetail> {
 protected:
  const Character& body() const { return *mannequin(GetParam()); }
};

TEST_P(Mannequin, IsClosedAndConsistentlyTurned) {
  // Every edge is used once in each direction: no hole, no flipped triangle.
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> edges;
  const auto& indices = body().mesh.indices;
  for (std::size_t i = 0; i < indices.size(); i += 3) {
    for (std::size_t e = 0; e < 3; ++e) ++edges[{indices[i + e], indices[i + (e + 1) % 3]}];
  }
  int open = 0;
  for (const auto& [edge, count] : edges) {
    const auto back = edges.find({edge.second, edge.first});
    open += back == edges.end() || back->second != count;
  }
  EXPECT_EQ(open, 0);
}

TEST_P(Mannequin, TrianglesFaceOutwards) {
  const SkinnedMesh& mesh = body().mesh;
  int inwards = 0;
  for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
    const SkinVertex& a = mesh.vertices[mesh.indices[i]];
    const SkinVertex& b = mesh.vertices[mesh.indices[i + 1]];
    const SkinVertex& c = mesh.vertices[mesh.indices[i + 2]];
    const glm::vec3 face = glm::cross(b.position - a.position, c.position - a.position);
    inwards += glm::dot(face, a.normal + b.normal + c.normal) < 0.0f;
  }
  EXPECT_LT(inwards, int(mesh.indices.size() / 3 / 100));
}

TEST_P(Mannequin, WeightsAddUpAndNameRealJoints) {
  for (const SkinVertex& vertex : body().mesh.vertices) {
    float sum = 0.0f;
    for (int k = 0; k < 4; ++k) {
      ASSERT_LT(vertex.joints[k], kJointCount22);
      ASSERT_GE(vertex.weights[k], 0.0f);
      sum += vertex.weights[k];
    }
    ASSERT_NEAR(sum, 1.0f, 1e-5f);
    ASSERT_NEAR(glm::length(vertex.normal), 1.0f, 1e-4f);
    ASSERT_GE(vertex.openness, 0.0f);
    ASSERT_LE(vertex.openness, 1.0f);
  }
}

TEST_P(Mannequin, StandsOnTheFloorAtItsHeight) {
  const auto skeleton = kinescore22();
  const auto points = skinnedPositions(body(), forwardKinematics(*skeleton, restPose(*skeleton)));
  float low = 1e9f;
  float high = -1e9f;
  for (const glm::vec3& point : points) {
    low = std::min(low, point.y);
    high = std::max(high, point.y);
  }
  EXPECT_NEAR(low, 0.0f, 0.012f);
  EXPECT_NEAR(high, 1.75f, 0.02f);
}

TEST_P(Mannequin, BindPoseLeavesTheMeshAlone) {
  const auto points = skinnedPositions(body(), body().bindPose);
  for (std::size_t v = 0; v < points.size(); ++v) {
    ASSERT_LT(glm::distance(points[v], body().mesh.vertices[v].position), 1e-5f);
  }
}

TEST_P(Mannequin, IsTheSameLeftAndRight) {
  glm::vec3 sum(0.0f);
  for (const SkinVertex& vertex : body().mesh.vertices) sum += vertex.position;
  EXPECT_NEAR(sum.x / float(body().mesh.vertices.size()), 0.0f, 0.01f);
}

INSTANTIATE_TEST_SUITE_P(Details, Mannequin, testing::Values(MannequinDetail::Fine, MannequinDetail::Coarse));

TEST(SurfaceNets, ASphereComesOutRound) {
  const DistanceFunction sphere = [](const glm::vec3& p) { return glm::length(p) - 0.5f; };
  const SurfaceMesh mesh = meshFromDistance(sphere, glm::vec3(-0.7f), glm::vec3(0.7f), 0.07f);
  ASSERT_GT(mesh.positions.size(), 100u);
  for (const glm::vec3& point : mesh.positions) ASSERT_NEAR(glm::length(point), 0.5f, 1e-3f);
  double volume = 0.0;
  for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
    const glm::vec3 a = mesh.positions[mesh.indices[i]];
    const glm::vec3 b = mesh.positions[mesh.indices[i + 1]];
    const glm::vec3 c = mesh.positions[mesh.indices[i + 2]];
    volume += double(glm::dot(a, glm::cross(b, c))) / 6.0;
  }
  EXPECT_NEAR(volume, 4.0 / 3.0 * 3.14159265 * 0.125, 0.01);  // positive: turned outwards
}

}  // namespace
}  // namespace kinescore
