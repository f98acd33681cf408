#include "render/resources.h"

namespace kinescore::render {

Result<Buffer> Buffer::create(Device& device, VkDeviceSize size, VkBufferUsageFlags usage, MemoryUse use) {
  Buffer buffer;
  buffer.size = size;
  VkBufferCreateInfo info{VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
  info.size = size;
  info.usage = usage;
  VkBuffer handle = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateBuffer(device.handle(), &info, nullptr, &handle); made != VK_SUCCESS) {
    return vulkanError(made, "make a buffer");
  }
  buffer.handle = Owned<VkBuffer>(device.handle(), handle, vkDestroyBuffer);
  VkMemoryRequirements needs{};
  vkGetBufferMemoryRequirements(device.handle(), handle, &needs);
  auto memory = device.memory().allocate(needs, use, false);
  if (!memory) return memory.error();
  buffer.memory = std::move(*memory);
  const VkResult bound =
      vkBindBufferMemory(device.handle(), handle, buffer.memory.memory(), buffer.memory.offset());
  if (bound != VK_SUCCESS) return vulkanError(bound, "give memory to a buffer");
  return buffer;
}

Result<Texture> Texture::create(Device& device, VkExtent2D extent, VkFormat format, VkImageUsageFlags usage,
                                VkSampleCountFlagBits samples) {
  Texture texture;
  texture.extent = extent;
  VkImageCreateInfo info{VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO};
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = format;
  info.extent = {extent.width, extent.height, 1};
  info.mipLevels = 1;
  info.arrayLayers = 1;
  info.samples = samples;
  info.usage = usage;
  VkImage image = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateImage(device.handle(), &info, nullptr, &image); made != VK_SUCCESS) {
    return vulkanError(made, "make an image");
  }
  texture.image = Owned<VkImage>(device.handle(), image, vkDestroyImage);
  VkMemoryRequirements needs{};
  vkGetImageMemoryRequirements(device.handle(), image, &needs);
  auto memory = device.memory().allocate(needs, MemoryUse::Device, true);
  if (!memory) return memory.error();
  texture.memory = std::move(*memory);
  const VkResult bound =
      vkBindImageMemory(device.handle(), image, texture.memory.memory(), texture.memory.offset());
  if (bound != VK_SUCCESS) return vulkanError(bound, "give memory to an image");

  VkImageViewCreateInfo viewInfo{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
  viewInfo.image = image;
  viewInfo.viewType = VK_IMAGE_VIEW_TYPE_2D;
  viewInfo.format = format;
  const bool depth = (usage & VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT) != 0;
  viewInfo.subresourceRange = {
      VkImageAspectFlags(depth ? VK_IMAGE_ASPECT_DEPTH_BIT : VK_IMAGE_ASPECT_COLOR_BIT), 0, 1, 0, 1};
  VkImageView view = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateImageView(device.handle(), &viewInfo, nullptr, &view);
      made != VK_SUCCESS) {
    return vulkanError(made, "look at an image");
  }
  texture.view = Owned<VkImageView>(device.handle(), view, vkDestroyImageView);
  return texture;
}

void changeLayout(VkCommandBuffer commands, VkImage image, VkImageAspectFlags aspect, const Access& before,
                  const Access& after) {
  VkImageMemoryBarrier2 barrier{VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2};
  barrier.srcStageMask = before.stage;
  barrier.srcAccessMask = before.access;
  barrier.dstStageMask = after.stage;
  barrier.dstAccessMask = after.access;
  barrier.oldLayout = before.layout;
  barrier.newLayout = after.layout;
  barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.image = image;
  barrier.subresourceRange = {aspect, 0, 1, 0, 1};
  VkDependencyInfo dependency{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
  dependency.imageMemoryBarrierCount = 1;
  dependency.pImageMemoryBarriers = &barrier;
  vkCmdPipelineBarrier2(commands, &dependency);
}

namespace detail {

Result<OneTimeCommands> beginOneTime(Device& device) {
  OneTimeCommands oneTime;
  VkCommandPoolCreateInfo poolInfo{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  poolInfo.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT;
  poolInfo.queueFamilyIndex = device.queueFamily();
  VkCommandPool pool = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateCommandPool(device.handle(), &poolInfo, nullptr, &pool);
      made != VK_SUCCESS) {
    return vulkanError(made, "make a command pool");
  }
  oneTime.pool = Owned<VkCommandPool>(device.handle(), pool, vkDestroyCommandPool);
  VkCommandBufferAllocateInfo info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  info.commandPool = pool;
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = 1;
  if (const VkResult made = vkAllocateCommandBuffers(device.handle(), &info, &oneTime.commands);
      made != VK_SUCCESS) {
    return vulkanError(made, "make a command buffer");
  }
  VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  if (const VkResult begun = vkBeginCommandBuffer(oneTime.commands, &begin); begun != VK_SUCCESS) {
    return vulkanError(begun, "record commands");
  }
  return oneTime;
}

Status finishOneTime(Device& device, const OneTimeCommands& oneTime) {
  if (const VkResult ended = vkEndCommandBuffer(oneTime.commands); ended != VK_SUCCESS) {
    return vulkanError(ended, "record commands");
  }
  VkCommandBufferSubmitInfo commands{VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
  commands.commandBuffer = oneTime.commands;
  VkSubmitInfo2 submit{VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
  submit.commandBufferInfoCount = 1;
  submit.pCommandBufferInfos = &commands;
  if (const VkResult sent = vkQueueSubmit2(device.queue(), 1, &submit, VK_NULL_HANDLE); sent != VK_SUCCESS) {
    return vulkanError(sent, "run commands");
  }
  if (const VkResult done = vkQueueWaitIdle(device.queue()); done != VK_SUCCESS) {
    return vulkanError(done, "finish commands");
  }
  return {};
}

}  // namespace detail
}  // namespace kinescore::render
