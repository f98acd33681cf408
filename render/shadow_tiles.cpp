#include "render/shadow_tiles.h"

#include <cstring>

namespace kinescore::render {
namespace {

constexpr int kSide = 128;  // texels of a tile
constexpr int kRows = 2;  // thrown along the light, and straight below
constexpr float kHalfSize = 1.6f;  // metres

/// A quick fingerprint of the bytes (FNV-1a over 8-byte words); not zero.
std::uint64_t fingerprint(const gpu::FigureData& figure) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&figure.shadow);
  const std::size_t size = sizeof(figure.shadow) + sizeof(figure.joints);
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes + i, 8);
    hash = (hash ^ word) * 0x100000001b3u;
    hash ^= hash >> 29;
  }
  return hash | 1u;
}

VkRect2D tileRect(int tile, int row) {
  return {{tile * kSide, row * kSide}, {std::uint32_t(kSide), std::uint32_t(kSide)}};
}

void setViewport(VkCommandBuffer commands, const VkRect2D& area, const VkRect2D& scissor) {
  const VkViewport viewport{float(area.offset.x), float(area.offset.y), float(area.extent.width),
                            float(area.extent.height), 0.0f, 1.0f};
  vkCmdSetViewport(commands, 0, 1, &viewport);
  vkCmdSetScissor(commands, 0, 1, &scissor);
}

void beginTiles(VkCommandBuffer commands, const Texture& target, bool clear) {
  VkRenderingAttachmentInfo attachment{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
  attachment.imageView = target.view.get();
  attachment.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
  attachment.loadOp = clear ? VK_ATTACHMENT_LOAD_OP_CLEAR : VK_ATTACHMENT_LOAD_OP_LOAD;
  attachment.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  VkRenderingInfo info{VK_STRUCTURE_TYPE_RENDERING_INFO};
  info.renderArea = {{0, 0}, target.extent};
  info.layerCount = 1;
  info.colorAttachmentCount = 1;
  info.pColorAttachments = &attachment;
  vkCmdBeginRendering(commands, &info);
}

void pushConstants(VkCommandBuffer commands, const Pipelines& pipelines, const gpu::DrawConstants& constants) {
  vkCmdPushConstants(commands, pipelines.layout.get(),
                     VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof(constants),
                     &constants);
}

void bindSet(VkCommandBuffer commands, const Pipelines& pipelines, VkDescriptorSet set) {
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines.layout.get(), 0, 1, &set, 0,
                          nullptr);
}

}  // namespace

Result<ShadowTiles> ShadowTiles::create(Device& device) {
  ShadowTiles tiles;
  for (Texture* texture : {&tiles.raw_, &tiles.work_, &tiles.blurred_}) {
    auto made = Texture::create(device, {kShadowTiles * kSide, kRows * kSide}, kShadowFormat,
                                VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT);
    if (!made) return made.error();
    *texture = std::move(*made);
  }
  return tiles;
}

glm::vec3 ShadowTiles::areaFor(const WorldPose& pose, const glm::vec3& keyLight) {
  const glm::vec3 hips = pose.positions.empty() ? glm::vec3(0.0f) : pose.positions.front();
  // Between the feet and where the head's shadow falls.
  const glm::vec2 half = 0.5f * glm::vec2(keyLight.x, keyLight.z) / keyLight.y * hips.y;
  return {hips.x - half.x, hips.z - half.y, kHalfSize};
}

glm::vec4 ShadowTiles::decalArea(int tile) {
  return {float(tile) / float(kShadowTiles), 0.0f, 1.0f / float(kShadowTiles), 1.0f / float(kRows)};
}

void ShadowTiles::record(VkCommandBuffer commands, const Pipelines& pipelines, const FigureMesh& mesh,
                         std::span<const gpu::FigureData> figures, const Sets& sets) {
  std::vector<int> dirty;
  for (int tile = 0; tile < kShadowTiles && std::size_t(tile) < figures.size(); ++tile) {
    const std::uint64_t now = fingerprint(figures[std::size_t(tile)]);
    if (drawn_[std::size_t(tile)] == now) continue;
    drawn_[std::size_t(tile)] = now;
    dirty.push_back(tile);
  }
  if (dirty.empty() && !fresh_) return;

  const auto become = [&](const Texture& texture, Access before, const Access& after) {
    if (fresh_ && before.layout == VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL) {
      before.layout = VK_IMAGE_LAYOUT_UNDEFINED;
    }
    changeLayout(commands, texture.image.get(), VK_IMAGE_ASPECT_COLOR_BIT, before, after);
  };
  for (const Texture* texture : {&raw_, &work_, &blurred_}) {
    become(*texture, access::kShaderRead, access::kColourTarget);
  }
  drawRaw(commands, pipelines, mesh, dirty, sets.sourceRaw);
  changeLayout(commands, raw_.image.get(), VK_IMAGE_ASPECT_COLOR_BIT, access::kColourTarget,
               access::kShaderRead);
  blur(commands, pipelines, dirty, work_, {1.0f, 0.0f}, sets.sourceRaw);
  changeLayout(commands, work_.image.get(), VK_IMAGE_ASPECT_COLOR_BIT, access::kColourTarget,
               access::kShaderRead);
  blur(commands, pipelines, dirty, blurred_, {0.0f, 1.0f}, sets.sourceWork);
  changeLayout(commands, blurred_.image.get(), VK_IMAGE_ASPECT_COLOR_BIT, access::kColourTarget,
               access::kShaderRead);
  fresh_ = false;
}

void ShadowTiles::drawRaw(VkCommandBuffer commands, const Pipelines& pipelines, const FigureMesh& mesh,
                          std::span<const int> dirty, VkDescriptorSet set) {
  beginTiles(commands, raw_, fresh_);
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines.shadow.get());
  bindSet(commands, pipelines, set);
  mesh.bind(commands, mesh.coarse);
  for (const int tile : dirty) {
    for (int row = 0; row < kRows; ++row) {
      const VkRect2D rect = tileRect(tile, row);
      VkClearAttachment clear{VK_IMAGE_ASPECT_COLOR_BIT, 0, {}};
      const VkClearRect clearRect{rect, 0, 1};
      vkCmdClearAttachments(commands, 1, &clear, 1, &clearRect);
      setViewport(commands, rect, rect);
      pushConstants(commands, pipelines, {glm::vec4(0.0f), std::uint32_t(tile), std::uint32_t(tile), std::uint32_t(row), 0});
      vkCmdDrawIndexed(commands, mesh.coarse.indexCount, 1, 0, 0, 0);
    }
  }
  vkCmdEndRendering(commands);
}

void ShadowTiles::blur(VkCommandBuffer commands, const Pipelines& pipelines, std::span<const int> dirty,
                       const Texture& to, glm::vec2 step, VkDescriptorSet set) {
  beginTiles(commands, to, fresh_);
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines.blur.get());
  bindSet(commands, pipelines, set);
  for (const int tile : dirty) {
    for (int row = 0; row < kRows; ++row) {
      const VkRect2D rect = tileRect(tile, row);
      setViewport(commands, {{0, 0}, to.extent}, rect);
      pushConstants(commands, pipelines,
                    {glm::vec4(step, float(rect.offset.x), float(rect.offset.y)), 0, std::uint32_t(kSide), 0, 0});
      vkCmdDraw(commands, 3, 1, 0, 0);
    }
  }
  vkCmdEndRendering(commands);
}

}  // namespace kinescore::render
