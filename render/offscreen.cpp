#include "render/offscreen.h"

#include <algorithm>
#include <cstring>

#include "render/renderer.h"

namespace kinescore::render {
namespace {

constexpr VkFormat kFormat = VK_FORMAT_R8G8B8A8_UNORM;
constexpr int kLargestSide = 8192;

}  // namespace

class OffscreenRenderer::Private {
 public:
  std::shared_ptr<Instance> instance;
  std::shared_ptr<Device> device;
  std::unique_ptr<Renderer> renderer;
  Texture target;
  Buffer readback;

  Status ensureTarget(VkExtent2D extent) {
    if (target.extent.width == extent.width && target.extent.height == extent.height) return {};
    target = {};
    readback = {};
    auto texture = Texture::create(*device, extent, kFormat,
                                   VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT);
    if (!texture) return texture.error();
    auto buffer = Buffer::create(*device, VkDeviceSize(extent.width) * extent.height * 4,
                                 VK_BUFFER_USAGE_TRANSFER_DST_BIT, MemoryUse::Readback);
    if (!buffer) return buffer.error();
    target = std::move(*texture);
    readback = std::move(*buffer);
    return {};
  }

  void recordReadback(VkCommandBuffer commands) const {
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    region.imageExtent = {target.extent.width, target.extent.height, 1};
    vkCmdCopyImageToBuffer(commands, target.image.get(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                           readback.handle.get(), 1, &region);
    VkMemoryBarrier2 toHost{VK_STRUCTURE_TYPE_MEMORY_BARRIER_2};
    toHost.srcStageMask = VK_PIPELINE_STAGE_2_COPY_BIT;
    toHost.srcAccessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT;
    toHost.dstStageMask = VK_PIPELINE_STAGE_2_HOST_BIT;
    toHost.dstAccessMask = VK_ACCESS_2_HOST_READ_BIT;
    VkDependencyInfo dependency{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
    dependency.memoryBarrierCount = 1;
    dependency.pMemoryBarriers = &toHost;
    vkCmdPipelineBarrier2(commands, &dependency);
  }
};

OffscreenRenderer::OffscreenRenderer(std::unique_ptr<Private> d) : d_(std::move(d)) {}
OffscreenRenderer::~OffscreenRenderer() = default;

Result<std::unique_ptr<OffscreenRenderer>> OffscreenRenderer::create(const OffscreenOptions& options) {
  auto d = std::make_unique<Private>();
  auto instance = Instance::create({options.validation});
  if (!instance) return instance.error();
  d->instance = *instance;
  auto device = Device::create(*instance);
  if (!device) return device.error();
  d->device = *device;
  auto renderer = Renderer::create(*device, kFormat, options.samples);
  if (!renderer) return renderer.error();
  d->renderer = std::move(*renderer);
  return std::unique_ptr<OffscreenRenderer>(new OffscreenRenderer(std::move(d)));
}

Result<Image> OffscreenRenderer::render(const Scene& scene, int width, int height) {
  if (width < 1 || height < 1 || width > kLargestSide || height > kLargestSide) {
    return Error{ErrorCode::InvalidArgument,
                 "A picture is 1 to " + std::to_string(kLargestSide) + " pixels wide and high, not " +
                     std::to_string(width) + " by " + std::to_string(height)};
  }
  if (Status ready = d_->ensureTarget({std::uint32_t(width), std::uint32_t(height)}); !ready) {
    return ready.error();
  }
  Status recorded;
  const Status done = submitAndWait(*d_->device, [&](VkCommandBuffer commands) {
    recorded = d_->renderer->record(commands, 0, scene,
                                    {d_->target.image.get(), d_->target.view.get(), d_->target.extent,
                                     access::kCopyFrom, access::kCopyFrom});
    if (recorded) d_->recordReadback(commands);
  });
  if (!recorded) return recorded.error();
  if (!done) return done.error();
  Image image(width, height);
  std::memcpy(image.rgba.data(), d_->readback.mapped(), image.rgba.size());
  return image;
}

std::string OffscreenRenderer::deviceName() const { return d_->device->name(); }
bool OffscreenRenderer::isValidating() const { return d_->instance->isValidating(); }
int OffscreenRenderer::validationMessages() const { return d_->instance->validationMessages(); }

Scene poseScene(const WorldPose& pose, float aspect) {
  Scene scene;
  scene.figures.push_back({pose});
  std::vector<glm::vec3> points = pose.positions;
  if (points.size() == kJointCount22) {
    // Joints end inside the body: leave room for the head, the fingers and the soles.
    points.push_back(pose.positions[kHead] + pose.rotations[kHead] * glm::vec3(0.0f, 0.19f, 0.0f));
    points.push_back(pose.positions[kLeftHand] + pose.rotations[kLeftHand] * glm::vec3(0.18f, 0.0f, 0.0f));
    points.push_back(pose.positions[kRightHand] + pose.rotations[kRightHand] * glm::vec3(-0.18f, 0.0f, 0.0f));
  }
  scene.camera.frame(points, aspect);
  return scene;
}

Result<Image> renderPose(const WorldPose& pose, int width, int height) {
  auto renderer = OffscreenRenderer::create();
  if (!renderer) return renderer.error();
  return (*renderer)->render(poseScene(pose, float(width) / float(std::max(height, 1))), width, height);
}

}  // namespace kinescore::render
