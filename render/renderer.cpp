#include "render/renderer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <glm/geometric.hpp>
#include <glm/gtc/matrix_inverse.hpp>

namespace kinescore::render {
namespace {

const glm::vec3 kKeyLight = glm::normalize(glm::vec3(0.42f, 1.0f, 0.34f));
constexpr float kGridReach = 11.0f;
constexpr float kSmallFigure = 200.0f;  // pixels
constexpr float kFigureReach = 1.3f;    // metres: no part is farther from the hips

glm::vec3 linearOf(const glm::vec3& displayed) { return glm::pow(displayed, glm::vec3(2.2f)); }

gpu::SceneUniforms uniformsOf(const Scene& scene, VkExtent2D extent) {
  gpu::SceneUniforms uniforms{};
  const float width = float(extent.width);
  const float height = float(extent.height);
  uniforms.viewProjection = scene.camera.viewProjection(width / height);
  uniforms.inverseViewProjection = glm::inverse(uniforms.viewProjection);
  // The grid reaches further when one looks at it from afar.
  uniforms.cameraPosition =
      glm::vec4(scene.camera.position(), std::max(kGridReach, 2.2f * scene.camera.distance));
  uniforms.viewport = glm::vec4(width, height, 1.0f / width, 1.0f / height);
  uniforms.keyLight = glm::vec4(kKeyLight, scene.grid ? 1.0f : 0.0f);
  uniforms.skyColour = glm::vec4(colours::kSky, 1.0f);
  uniforms.horizonColour = glm::vec4(colours::kHorizon, 1.0f);
  uniforms.floorColour = glm::vec4(colours::kFloor, 1.0f);
  return uniforms;
}

bool isGhost(const FigureInstance& figure) { return figure.alpha < 0.999f; }

/// How tall a person is in the picture, pixels.
float heightInPixels(const Camera& camera, const glm::vec3& place, float viewHeight) {
  const float away = camera.orthographic ? camera.distance : glm::distance(camera.position(), place);
  return 1.75f * viewHeight / (2.0f * std::max(away, 0.1f) * std::tan(0.5f * camera.fieldOfView));
}

gpu::FigureData dataOf(const FigureInstance& figure, const FigureMesh& mesh) {
  gpu::FigureData data{};
  data.tint = glm::vec4(linearOf(figure.tint), figure.alpha);
  data.contactColour = glm::vec4(linearOf(figure.contactColour), 1.0f);
  data.contacts = glm::vec4(figure.contacts[0], figure.contacts[1], figure.contacts[2], figure.contacts[3]);
  data.shadow = glm::vec4(ShadowTiles::areaFor(figure.pose, kKeyLight), isGhost(figure) ? 0.40f : 0.85f);
  setJoints(isGhost(figure) ? *mesh.coarse.character : *mesh.fine.character, figure.pose, data);
  return data;
}

bool mayShow(const Scene& scene, const FigureInstance& figure, float aspect) {
  return scene.camera.mayShow(figure.pose.positions.front(), kFigureReach, aspect);
}

/// Those in view, far to near, so that each blends over what is behind it.
std::vector<std::size_t> ghostsByDistance(const Scene& scene, float aspect) {
  std::vector<std::size_t> order;
  for (std::size_t f = 0; f < scene.figures.size(); ++f) {
    if (isGhost(scene.figures[f]) && mayShow(scene, scene.figures[f], aspect)) order.push_back(f);
  }
  const glm::vec3 eye = scene.camera.position();
  const auto distance = [&](std::size_t f) { return glm::distance(eye, scene.figures[f].pose.positions[0]); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return distance(a) > distance(b); });
  return order;
}

struct PlacedOverlay {
  std::shared_ptr<const Image> image;
  glm::vec2 position;
  float opacity;
};

std::vector<PlacedOverlay> placeOverlays(const Scene& scene, glm::vec2 size) {
  std::vector<PlacedOverlay> placed;
  const auto add = [&](const std::shared_ptr<const Image>& image, glm::vec2 position, float opacity) {
    if (image && image->width > 0 && image->height > 0) placed.push_back({image, glm::round(position), opacity});
  };
  // Labels in the world first: the numbers of the view stay on top of them.
  for (const Overlay& overlay : scene.overlays) {
    if (!overlay.anchor || !overlay.image) continue;
    const auto pixel = scene.camera.pixelOf(*overlay.anchor, size);
    if (!pixel) continue;
    add(overlay.image, *pixel - glm::vec2(0.5f * float(overlay.image->width), float(overlay.image->height)),
        overlay.opacity);
  }
  if (scene.scaleBar && scene.scaleBarText) {
    const ScaleBar bar = scaleBarFor(scene.camera, size.y, scene.pixelRatio);
    const glm::vec2 middle(size.x - 20.0f * scene.pixelRatio - 0.5f * bar.pixels, size.y - 22.0f * scene.pixelRatio);
    add(scene.scaleBarText, middle - glm::vec2(0.5f * float(scene.scaleBarText->width), float(scene.scaleBarText->height)), 1.0f);
  }
  for (const Overlay& overlay : scene.overlays) {
    if (!overlay.anchor) add(overlay.image, overlay.position, overlay.opacity);
  }
  return placed;
}

Result<Owned<VkSampler>> makeSampler(Device& device, VkFilter filter) {
  VkSamplerCreateInfo info{VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO};
  info.magFilter = filter;
  info.minFilter = filter;
  info.addressModeU = info.addressModeV = info.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  VkSampler sampler = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateSampler(device.handle(), &info, nullptr, &sampler); made != VK_SUCCESS) {
    return vulkanError(made, "make a sampler");
  }
  return Owned<VkSampler>(device.handle(), sampler, vkDestroySampler);
}

bool canSample(Device& device, VkSampleCountFlagBits samples) {
  VkPhysicalDeviceProperties properties{};
  vkGetPhysicalDeviceProperties(device.physical(), &properties);
  return (properties.limits.framebufferColorSampleCounts & properties.limits.framebufferDepthSampleCounts &
          samples) != 0;
}

VkFormat depthFormat(Device& device) {
  for (const VkFormat format : {VK_FORMAT_D32_SFLOAT, VK_FORMAT_X8_D24_UNORM_PACK32}) {
    VkFormatProperties properties{};
    vkGetPhysicalDeviceFormatProperties(device.physical(), format, &properties);
    if (properties.optimalTilingFeatures & VK_FORMAT_FEATURE_DEPTH_STENCIL_ATTACHMENT_BIT) return format;
  }
  return VK_FORMAT_D16_UNORM;
}

}  // namespace

Result<std::unique_ptr<Renderer>> Renderer::create(std::shared_ptr<Device> device, VkFormat colour,
                                                   int samples) {
  std::unique_ptr<Renderer> renderer(new Renderer);
  renderer->device_ = std::move(device);
  Device& on = *renderer->device_;
  renderer->format_.colour = colour;
  renderer->format_.depth = depthFormat(on);
  if (samples >= 4 && canSample(on, VK_SAMPLE_COUNT_4_BIT)) renderer->format_.samples = VK_SAMPLE_COUNT_4_BIT;

  auto pipelines = Pipelines::create(on, renderer->format_);
  if (!pipelines) return pipelines.error();
  renderer->pipelines_ = std::move(*pipelines);
  auto mesh = FigureMesh::create(on);
  if (!mesh) return mesh.error();
  renderer->mesh_ = std::move(*mesh);
  auto shadows = ShadowTiles::create(on);
  if (!shadows) return shadows.error();
  renderer->shadows_ = std::move(*shadows);
  for (auto [sampler, filter] : {std::pair{&renderer->nearest_, VK_FILTER_NEAREST},
                                 std::pair{&renderer->linear_, VK_FILTER_LINEAR}}) {
    auto made = makeSampler(on, filter);
    if (!made) return made.error();
    *sampler = std::move(*made);
  }
  for (Slot& slot : renderer->slots_) {
    auto atlas = OverlayAtlas::create(on);
    if (!atlas) return atlas.error();
    slot.atlas = std::move(*atlas);
  }
  if (Status made = renderer->makeDescriptors(); !made) return made.error();
  return renderer;
}

Renderer::~Renderer() {
  if (device_) device_->waitIdle();
}

Status Renderer::makeDescriptors() {
  constexpr std::uint32_t kSets = 2 * kFramesInFlight;
  const std::array sizes = {VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, kSets},
                            VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kSets},
                            VkDescriptorPoolSize{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 3 * kSets}};
  VkDescriptorPoolCreateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
  info.maxSets = kSets;
  info.poolSizeCount = std::uint32_t(sizes.size());
  info.pPoolSizes = sizes.data();
  VkDescriptorPool pool = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateDescriptorPool(device_->handle(), &info, nullptr, &pool);
      made != VK_SUCCESS) {
    return vulkanError(made, "make room for the shaders' inputs");
  }
  descriptors_ = {device_->handle(), pool, vkDestroyDescriptorPool};
  const VkDescriptorSetLayout layout = pipelines_.setLayout.get();
  for (Slot& slot : slots_) {
    for (VkDescriptorSet* set : {&slot.setRaw, &slot.setWork}) {
      VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
      allocate.descriptorPool = pool;
      allocate.descriptorSetCount = 1;
      allocate.pSetLayouts = &layout;
      if (const VkResult made = vkAllocateDescriptorSets(device_->handle(), &allocate, set);
          made != VK_SUCCESS) {
        return vulkanError(made, "make room for the shaders' inputs");
      }
    }
  }
  return {};
}

Status Renderer::ensureTargets(VkExtent2D extent) {
  if (depth_.extent.width == extent.width && depth_.extent.height == extent.height) return {};
  device_->waitIdle();
  depth_ = {};
  multisampled_ = {};
  auto depth = Texture::create(*device_, extent, format_.depth, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT,
                               format_.samples);
  if (!depth) return depth.error();
  if (format_.samples != VK_SAMPLE_COUNT_1_BIT) {
    auto colour = Texture::create(
        *device_, extent, format_.colour,
        VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT, format_.samples);
    if (!colour) return colour.error();
    multisampled_ = std::move(*colour);
  }
  depth_ = std::move(*depth);
  return {};
}

Status Renderer::prepare(VkCommandBuffer commands, Slot& slot, const Scene& scene, VkExtent2D extent,
                         Frame& frame) {
  const glm::vec2 size(extent.width, extent.height);
  frame.height = size.y;
  frame.strokes = strokesOf(scene, size);
  for (const FigureInstance& figure : scene.figures) frame.figures.push_back(dataOf(figure, mesh_));
  frame.ghostOrder = ghostsByDistance(scene, size.x / size.y);
  const std::vector<PlacedOverlay> placed = placeOverlays(scene, size);
  OverlayAtlas::Images images;
  for (const PlacedOverlay& overlay : placed) images.push_back(overlay.image);
  const bool copyTexels = slot.atlas->arrange(images);
  for (const PlacedOverlay& overlay : placed) {
    const auto corner = slot.atlas->cornerOf(overlay.image.get());
    if (!corner) continue;
    frame.overlays.push_back({glm::vec4(overlay.position, overlay.image->width, overlay.image->height),
                              glm::vec4(*corner, overlay.opacity, 0.0f)});
  }

  // The shader's array needs one element even when there is no figure.
  const std::size_t figureSlots = std::max<std::size_t>(frame.figures.size(), 1);
  const VkDeviceSize texels = copyTexels ? slot.atlas->uploadSize() : 0;
  const StrokeLists& strokes = frame.strokes;
  const VkDeviceSize strokeCount = strokes.floor.size() + strokes.world.size() + strokes.screen.size();
  VkDeviceSize room = FrameArena::roomFor(sizeof(gpu::SceneUniforms)) +
                      FrameArena::roomFor(figureSlots * sizeof(gpu::FigureData)) +
                      FrameArena::roomFor(frame.overlays.size() * sizeof(gpu::OverlayQuad)) +
                      FrameArena::roomFor(texels) + strokeCount * sizeof(Stroke) + 3 * FrameArena::roomFor(0);
  if (Status ready = slot.arena.reset(*device_, room); !ready) return ready;

  const gpu::SceneUniforms uniforms = uniformsOf(scene, extent);
  frame.uniformsAt = slot.arena.push(std::span(&uniforms, 1));
  frame.figuresAt = slot.arena.reserve(figureSlots * sizeof(gpu::FigureData));
  if (!frame.figures.empty()) {
    std::memcpy(slot.arena.at(frame.figuresAt), frame.figures.data(), frame.figures.size() * sizeof(gpu::FigureData));
  }
  frame.floorAt = slot.arena.push(std::span<const Stroke>(strokes.floor));
  frame.worldAt = slot.arena.push(std::span<const Stroke>(strokes.world));
  frame.screenAt = slot.arena.push(std::span<const Stroke>(strokes.screen));
  frame.overlaysAt = slot.arena.push(std::span<const gpu::OverlayQuad>(frame.overlays));
  if (copyTexels) {
    const VkDeviceSize at = slot.arena.reserve(texels);
    slot.atlas->upload(commands, slot.arena.buffer(), at, slot.arena.at(at));
  }
  writeSet(slot, frame, slot.setRaw, shadows_->raw());
  writeSet(slot, frame, slot.setWork, shadows_->work());
  return {};
}

void Renderer::writeSet(const Slot& slot, const Frame& frame, VkDescriptorSet set, VkImageView source) const {
  const VkDescriptorBufferInfo uniforms{slot.arena.buffer(), frame.uniformsAt, sizeof(gpu::SceneUniforms)};
  const VkDescriptorBufferInfo figures{slot.arena.buffer(), frame.figuresAt,
                                       std::max<std::size_t>(frame.figures.size(), 1) * sizeof(gpu::FigureData)};
  const VkDescriptorImageInfo atlas{nearest_.get(), slot.atlas->view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
  const VkDescriptorImageInfo tiles{nearest_.get(), source, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
  const VkDescriptorImageInfo blurred{linear_.get(), shadows_->blurred(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
  std::array<VkWriteDescriptorSet, 5> writes{};
  for (std::uint32_t b = 0; b < writes.size(); ++b) {
    writes[b] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    writes[b].dstSet = set;
    writes[b].dstBinding = b;
    writes[b].descriptorCount = 1;
    writes[b].descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
  }
  writes[0].descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
  writes[0].pBufferInfo = &uniforms;
  writes[1].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
  writes[1].pBufferInfo = &figures;
  writes[2].pImageInfo = &atlas;
  writes[3].pImageInfo = &tiles;
  writes[4].pImageInfo = &blurred;
  vkUpdateDescriptorSets(device_->handle(), std::uint32_t(writes.size()), writes.data(), 0, nullptr);
}

Status Renderer::record(VkCommandBuffer commands, int slotIndex, const Scene& scene, const Target& target) {
  if (Status ready = ensureTargets(target.extent); !ready) return ready;
  Slot& slot = slots_[std::size_t(slotIndex)];
  Frame frame;
  if (Status ready = prepare(commands, slot, scene, target.extent, frame); !ready) return ready;
  shadows_->record(commands, pipelines_, mesh_, frame.figures, {slot.setRaw, slot.setWork});
  recordMainPass(commands, slot, scene, frame, target);
  return {};
}

void Renderer::recordMainPass(VkCommandBuffer commands, const Slot& slot, const Scene& scene,
                              const Frame& frame, const Target& target) {
  const bool multisampled = format_.samples != VK_SAMPLE_COUNT_1_BIT;
  const auto throwAway = [](Access access) {
    access.layout = VK_IMAGE_LAYOUT_UNDEFINED;
    return access;
  };
  changeLayout(commands, depth_.image.get(), VK_IMAGE_ASPECT_DEPTH_BIT, throwAway(access::kDepthTarget),
               access::kDepthTarget);
  changeLayout(commands, target.image, VK_IMAGE_ASPECT_COLOR_BIT, throwAway(target.before),
               access::kColourTarget);
  if (multisampled) {
    changeLayout(commands, multisampled_.image.get(), VK_IMAGE_ASPECT_COLOR_BIT,
                 throwAway(access::kColourTarget), access::kColourTarget);
  }

  VkRenderingAttachmentInfo colour{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
  colour.imageView = multisampled ? multisampled_.view.get() : target.view;
  colour.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
  colour.loadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;  // the backdrop covers every pixel
  colour.storeOp = multisampled ? VK_ATTACHMENT_STORE_OP_DONT_CARE : VK_ATTACHMENT_STORE_OP_STORE;
  if (multisampled) {
    colour.resolveMode = VK_RESOLVE_MODE_AVERAGE_BIT;
    colour.resolveImageView = target.view;
    colour.resolveImageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
  }
  VkRenderingAttachmentInfo depth{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
  depth.imageView = depth_.view.get();
  depth.imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL;
  depth.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
  depth.storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
  depth.clearValue.depthStencil = {1.0f, 0};
  VkRenderingInfo info{VK_STRUCTURE_TYPE_RENDERING_INFO};
  info.renderArea = {{0, 0}, target.extent};
  info.layerCount = 1;
  info.colorAttachmentCount = 1;
  info.pColorAttachments = &colour;
  info.pDepthAttachment = &depth;
  vkCmdBeginRendering(commands, &info);

  const VkViewport viewport{0.0f, 0.0f, float(target.extent.width), float(target.extent.height), 0.0f, 1.0f};
  vkCmdSetViewport(commands, 0, 1, &viewport);
  vkCmdSetScissor(commands, 0, 1, &info.renderArea);
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines_.layout.get(), 0, 1,
                          &slot.setRaw, 0, nullptr);
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines_.backdrop.get());
  vkCmdDraw(commands, 3, 1, 0, 0);
  drawShadows(commands, frame);
  drawStrokes(commands, slot, pipelines_.floorStroke.get(), frame.floorAt, frame.strokes.floor.size());
  drawFigures(commands, scene, frame);
  drawStrokes(commands, slot, pipelines_.worldStroke.get(), frame.worldAt, frame.strokes.world.size());
  drawStrokes(commands, slot, pipelines_.floorStroke.get(), frame.screenAt, frame.strokes.screen.size());
  drawOverlays(commands, slot, frame);
  vkCmdEndRendering(commands);
  changeLayout(commands, target.image, VK_IMAGE_ASPECT_COLOR_BIT, access::kColourTarget, target.after);
}

namespace {

void pushFigure(VkCommandBuffer commands, const Pipelines& pipelines, std::size_t figure, const glm::vec4& area,
                bool ghost = false) {
  const gpu::DrawConstants constants{area, std::uint32_t(figure), std::uint32_t(figure), ghost ? 1u : 0u, 0};
  vkCmdPushConstants(commands, pipelines.layout.get(),
                     VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof(constants),
                     &constants);
}

}  // namespace

void Renderer::drawShadows(VkCommandBuffer commands, const Frame& frame) const {
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines_.decal.get());
  const std::size_t count = std::min<std::size_t>(frame.figures.size(), kShadowTiles);
  for (std::size_t f = 0; f < count; ++f) {
    pushFigure(commands, pipelines_, f, ShadowTiles::decalArea(int(f)));
    vkCmdDraw(commands, 4, 1, 0, 0);
  }
}

void Renderer::drawFigures(VkCommandBuffer commands, const Scene& scene, const Frame& frame) const {
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines_.figure.get());
  for (std::size_t f = 0; f < scene.figures.size(); ++f) {
    if (isGhost(scene.figures[f])) continue;
    // A processor that draws pays for every triangle, however small it ends up.
    const bool small = device_->isSoftware() &&
                       heightInPixels(scene.camera, scene.figures[f].pose.positions.front(), frame.height) < kSmallFigure;
    const FigureMesh::Part& part = small ? mesh_.coarse : mesh_.fine;
    mesh_.bind(commands, part);
    pushFigure(commands, pipelines_, f, glm::vec4(0.0f));
    vkCmdDrawIndexed(commands, part.indexCount, 1, 0, 0, 0);
  }
  if (frame.ghostOrder.empty()) return;
  mesh_.bind(commands, mesh_.coarse);
  for (const std::size_t f : frame.ghostOrder) {
    pushFigure(commands, pipelines_, f, glm::vec4(0.0f), true);
    for (const VkPipeline step : {pipelines_.ghostDepth.get(), pipelines_.ghost.get()}) {
      vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, step);
      vkCmdDrawIndexed(commands, mesh_.coarse.indexCount, 1, 0, 0, 0);
    }
  }
}

void Renderer::drawStrokes(VkCommandBuffer commands, const Slot& slot, VkPipeline pipeline, VkDeviceSize at,
                           std::size_t count) const {
  if (count == 0) return;
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
  const VkBuffer buffer = slot.arena.buffer();
  vkCmdBindVertexBuffers(commands, 0, 1, &buffer, &at);
  vkCmdDraw(commands, 4, std::uint32_t(count), 0, 0);
}

void Renderer::drawOverlays(VkCommandBuffer commands, const Slot& slot, const Frame& frame) const {
  if (frame.overlays.empty()) return;
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines_.overlay.get());
  const VkBuffer buffer = slot.arena.buffer();
  vkCmdBindVertexBuffers(commands, 0, 1, &buffer, &frame.overlaysAt);
  vkCmdDraw(commands, 4, std::uint32_t(frame.overlays.size()), 0, 0);
}

}  // namespace kinescore::render
