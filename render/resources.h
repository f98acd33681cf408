// Buffers and images with their memory, and the few commands about them everyone needs.
#pragma once

#include "render/device.h"

namespace kinescore::render {

struct Buffer {
  MemoryPiece memory;  // outlives the handle below: members go in reverse order
  Owned<VkBuffer> handle;
  VkDeviceSize size = 0;

  static Result<Buffer> create(Device& device, VkDeviceSize size, VkBufferUsageFlags usage, MemoryUse use);
  [[nodiscard]] std::byte* mapped() const { return static_cast<std::byte*>(memory.mapped()); }
};

struct Texture {
  MemoryPiece memory;
  Owned<VkImage> image;
  Owned<VkImageView> view;
  VkExtent2D extent{};

  static Result<Texture> create(Device& device, VkExtent2D extent, VkFormat format,
                                VkImageUsageFlags usage,
                                VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT);
};

/// What has to be finished before, and what waits after, a change of layout.
struct Access {
  VkPipelineStageFlags2 stage = VK_PIPELINE_STAGE_2_NONE;
  VkAccessFlags2 access = VK_ACCESS_2_NONE;
  VkImageLayout layout = VK_IMAGE_LAYOUT_UNDEFINED;
};
namespace access {
constexpr Access kNothing{};
constexpr Access kColourTarget{
    VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
    VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT,
    VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
constexpr Access kDepthTarget{
    VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT,
    VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT,
    VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL};
constexpr Access kShaderRead{VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, VK_ACCESS_2_SHADER_SAMPLED_READ_BIT,
                             VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
constexpr Access kCopyFrom{VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_READ_BIT,
                           VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL};
constexpr Access kCopyTo{VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT,
                         VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL};
constexpr Access kPresent{VK_PIPELINE_STAGE_2_NONE, VK_ACCESS_2_NONE, VK_IMAGE_LAYOUT_PRESENT_SRC_KHR};
}  // namespace access

/// `before.layout` UNDEFINED throws the contents away but still waits for `before.stage`.
void changeLayout(VkCommandBuffer commands, VkImage image, VkImageAspectFlags aspect, const Access& before,
                  const Access& after);

/// Records with `record` and waits until the device has done it. For set-up, not for frames.
template <class Record>
Status submitAndWait(Device& device, Record&& record);

namespace detail {
struct OneTimeCommands {
  Owned<VkCommandPool> pool;
  VkCommandBuffer commands = VK_NULL_HANDLE;
};
Result<OneTimeCommands> beginOneTime(Device& device);
Status finishOneTime(Device& device, const OneTimeCommands& oneTime);
}  // namespace detail

template <class Record>
Status submitAndWait(Device& device, Record&& record) {
  auto oneTime = detail::beginOneTime(device);
  if (!oneTime) return oneTime.error();
  record(oneTime->commands);
  return detail::finishOneTime(device, *oneTime);
}

}  // namespace kinescore::render
