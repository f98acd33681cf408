#include "render/figure_mesh.h"

#include <cmath>
#include <cstring>
#include <vector>

namespace kinescore::render {
namespace {

std::int8_t packSigned(float value) { return std::int8_t(std::lround(glm::clamp(value, -1.0f, 1.0f) * 127.0f)); }

std::vector<gpu::FigureVertex> packVertices(const SkinnedMesh& mesh) {
  std::vector<gpu::FigureVertex> packed;
  packed.reserve(mesh.vertices.size());
  for (const SkinVertex& vertex : mesh.vertices) {
    gpu::FigureVertex out{};
    for (int axis = 0; axis < 3; ++axis) {
      out.position[axis] = vertex.position[axis];
      out.normalOpen[axis] = packSigned(vertex.normal[axis]);
    }
    out.normalOpen[3] = packSigned(vertex.openness * 2.0f - 1.0f);
    for (int k = 0; k < 4; ++k) {
      out.joints[k] = vertex.joints[k];
      out.weights[k] = std::uint8_t(std::lround(vertex.weights[k] * 255.0f));
    }
    packed.push_back(out);
  }
  return packed;
}

void append(std::vector<std::byte>& bytes, const void* data, std::size_t size) {
  const std::size_t at = bytes.size();
  bytes.resize(at + size);
  std::memcpy(bytes.data() + at, data, size);
}

FigureMesh::Part appendPart(std::vector<std::byte>& bytes, std::shared_ptr<const Character> character) {
  FigureMesh::Part part;
  const auto vertices = packVertices(character->mesh);
  part.vertexOffset = bytes.size();
  append(bytes, vertices.data(), vertices.size() * sizeof(gpu::FigureVertex));
  part.indexOffset = bytes.size();
  append(bytes, character->mesh.indices.data(), character->mesh.indices.size() * sizeof(std::uint32_t));
  part.indexCount = std::uint32_t(character->mesh.indices.size());
  part.character = std::move(character);
  return part;
}

}  // namespace

Result<FigureMesh> FigureMesh::create(Device& device) {
  FigureMesh mesh;
  std::vector<std::byte> bytes;
  mesh.fine = appendPart(bytes, mannequin(MannequinDetail::Fine));
  mesh.coarse = appendPart(bytes, mannequin(MannequinDetail::Coarse));

  auto staging = Buffer::create(device, bytes.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT, MemoryUse::Upload);
  if (!staging) return staging.error();
  std::memcpy(staging->mapped(), bytes.data(), bytes.size());
  auto buffer = Buffer::create(device, bytes.size(),
                               VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_INDEX_BUFFER_BIT |
                                   VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                               MemoryUse::Device);
  if (!buffer) return buffer.error();
  mesh.buffer = std::move(*buffer);
  const Status copied = submitAndWait(device, [&](VkCommandBuffer commands) {
    const VkBufferCopy region{0, 0, bytes.size()};
    vkCmdCopyBuffer(commands, staging->handle.get(), mesh.buffer.handle.get(), 1, &region);
  });
  if (!copied) return copied.error();
  return mesh;
}

void FigureMesh::bind(VkCommandBuffer commands, const Part& part) const {
  const VkBuffer handle = buffer.handle.get();
  vkCmdBindVertexBuffers(commands, 0, 1, &handle, &part.vertexOffset);
  vkCmdBindIndexBuffer(commands, handle, part.indexOffset, VK_INDEX_TYPE_UINT32);
}

void setJoints(const Character& character, const WorldPose& pose, gpu::FigureData& figure) {
  const std::vector<glm::mat4> matrices = skinMatrices(character, pose);
  for (std::size_t j = 0; j < matrices.size() && j < KINESCORE_JOINTS; ++j) {
    const glm::mat4 rows = glm::transpose(matrices[j]);
    for (int r = 0; r < 3; ++r) figure.joints[3 * j + std::size_t(r)] = rows[r];
  }
}

}  // namespace kinescore::render
