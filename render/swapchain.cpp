#include "render/swapchain.h"

#include <algorithm>

namespace kinescore::render {
namespace {

constexpr std::uint64_t kPatience = 1'000'000'000;  // nanoseconds

Result<Owned<VkSemaphore>> makeSemaphore(Device& device) {
  VkSemaphoreCreateInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
  VkSemaphore semaphore = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateSemaphore(device.handle(), &info, nullptr, &semaphore); made != VK_SUCCESS) {
    return vulkanError(made, "make a semaphore");
  }
  return Owned<VkSemaphore>(device.handle(), semaphore, vkDestroySemaphore);
}

/// Plain eight-bit values: the shaders already write what the screen shows.
Result<VkSurfaceFormatKHR> chooseFormat(VkPhysicalDevice physical, VkSurfaceKHR surface) {
  std::uint32_t count = 0;
  VkResult result = vkGetPhysicalDeviceSurfaceFormatsKHR(physical, surface, &count, nullptr);
  std::vector<VkSurfaceFormatKHR> formats(count);
  if (result == VK_SUCCESS) {
    result = vkGetPhysicalDeviceSurfaceFormatsKHR(physical, surface, &count, formats.data());
  }
  if (result != VK_SUCCESS || formats.empty()) return vulkanError(result, "read the window's picture formats");
  for (const VkFormat wanted : {VK_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM}) {
    for (const VkSurfaceFormatKHR& format : formats) {
      if (format.format == wanted) return format;
    }
  }
  return vulkanError(VK_ERROR_FORMAT_NOT_SUPPORTED, "use the window's picture formats");
}

}  // namespace

Result<std::unique_ptr<Swapchain>> Swapchain::create(std::shared_ptr<Device> device, VkSurfaceKHR surface,
                                                     int samples) {
  std::unique_ptr<Swapchain> swapchain(new Swapchain);
  swapchain->device_ = std::move(device);
  swapchain->surface_ = surface;
  auto format = chooseFormat(swapchain->device_->physical(), surface);
  if (!format) return format.error();
  swapchain->format_ = *format;
  auto renderer = Renderer::create(swapchain->device_, format->format, samples);
  if (!renderer) return renderer.error();
  swapchain->renderer_ = std::move(*renderer);
  if (Status made = swapchain->makeSlots(); !made) return made.error();
  return swapchain;
}

Swapchain::~Swapchain() {
  if (device_) device_->waitIdle();
}

Status Swapchain::makeSlots() {
  VkCommandPoolCreateInfo poolInfo{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  poolInfo.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  poolInfo.queueFamilyIndex = device_->queueFamily();
  VkCommandPool pool = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateCommandPool(device_->handle(), &poolInfo, nullptr, &pool);
      made != VK_SUCCESS) {
    return vulkanError(made, "make a command pool");
  }
  pool_ = {device_->handle(), pool, vkDestroyCommandPool};
  for (Slot& slot : slots_) {
    VkCommandBufferAllocateInfo allocate{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
    allocate.commandPool = pool;
    allocate.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    allocate.commandBufferCount = 1;
    if (const VkResult made = vkAllocateCommandBuffers(device_->handle(), &allocate, &slot.commands);
        made != VK_SUCCESS) {
      return vulkanError(made, "make a command buffer");
    }
    auto acquired = makeSemaphore(*device_);
    if (!acquired) return acquired.error();
    slot.acquired = std::move(*acquired);
    VkFenceCreateInfo fenceInfo{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    fenceInfo.flags = VK_FENCE_CREATE_SIGNALED_BIT;
    VkFence fence = VK_NULL_HANDLE;
    if (const VkResult made = vkCreateFence(device_->handle(), &fenceInfo, nullptr, &fence); made != VK_SUCCESS) {
      return vulkanError(made, "make a fence");
    }
    slot.done = {device_->handle(), fence, vkDestroyFence};
  }
  return {};
}

Result<Shown> Swapchain::rebuild(int width, int height) {
  device_->waitIdle();
  images_.clear();
  VkSurfaceCapabilitiesKHR can{};
  const VkResult read = vkGetPhysicalDeviceSurfaceCapabilitiesKHR(device_->physical(), surface_, &can);
  if (read == VK_ERROR_SURFACE_LOST_KHR) return Shown::SurfaceLost;
  if (read != VK_SUCCESS) return vulkanError(read, "read the window's surface");
  VkExtent2D extent = can.currentExtent;
  if (extent.width == 0xFFFFFFFFu) {
    extent.width = std::clamp(std::uint32_t(width), can.minImageExtent.width, can.maxImageExtent.width);
    extent.height = std::clamp(std::uint32_t(height), can.minImageExtent.height, can.maxImageExtent.height);
  }
  if (extent.width == 0 || extent.height == 0) return Shown::NotNow;

  VkSwapchainCreateInfoKHR info{VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR};
  info.surface = surface_;
  info.minImageCount = can.minImageCount + 1;
  if (can.maxImageCount > 0) info.minImageCount = std::min(info.minImageCount, can.maxImageCount);
  info.imageFormat = format_.format;
  info.imageColorSpace = format_.colorSpace;
  info.imageExtent = extent;
  info.imageArrayLayers = 1;
  info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
  info.preTransform = can.currentTransform;
  info.compositeAlpha = (can.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR)
                            ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                            : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
  info.presentMode = VK_PRESENT_MODE_FIFO_KHR;
  info.clipped = VK_TRUE;
  info.oldSwapchain = swapchain_.get();
  VkSwapchainKHR handle = VK_NULL_HANDLE;
  const VkResult made = vkCreateSwapchainKHR(device_->handle(), &info, nullptr, &handle);
  swapchain_ = {};
  if (made == VK_ERROR_SURFACE_LOST_KHR) return Shown::SurfaceLost;
  if (made != VK_SUCCESS) return vulkanError(made, "make the window's pictures");
  swapchain_ = {device_->handle(), handle, vkDestroySwapchainKHR};
  extent_ = extent;
  asked_ = {std::uint32_t(width), std::uint32_t(height)};
  if (Status images = makeImages(); !images) return images.error();
  stale_ = false;
  return Shown::Yes;
}

Status Swapchain::makeImages() {
  std::uint32_t count = 0;
  VkResult result = vkGetSwapchainImagesKHR(device_->handle(), swapchain_.get(), &count, nullptr);
  std::vector<VkImage> handles(count);
  if (result == VK_SUCCESS) {
    result = vkGetSwapchainImagesKHR(device_->handle(), swapchain_.get(), &count, handles.data());
  }
  if (result != VK_SUCCESS) return vulkanError(result, "read the window's pictures");
  for (const VkImage handle : handles) {
    Image image;
    image.image = handle;
    VkImageViewCreateInfo info{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
    info.image = handle;
    info.viewType = VK_IMAGE_VIEW_TYPE_2D;
    info.format = format_.format;
    info.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    VkImageView view = VK_NULL_HANDLE;
    if (const VkResult made = vkCreateImageView(device_->handle(), &info, nullptr, &view); made != VK_SUCCESS) {
      return vulkanError(made, "look at the window's pictures");
    }
    image.view = {device_->handle(), view, vkDestroyImageView};
    auto drawn = makeSemaphore(*device_);
    if (!drawn) return drawn.error();
    image.drawn = std::move(*drawn);
    images_.push_back(std::move(image));
  }
  return {};
}

Status Swapchain::submit(const Slot& slot, const Image& image) {
  VkCommandBufferSubmitInfo commands{VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
  commands.commandBuffer = slot.commands;
  VkSemaphoreSubmitInfo wait{VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO};
  wait.semaphore = slot.acquired.get();
  wait.stageMask = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT;
  VkSemaphoreSubmitInfo signal{VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO};
  signal.semaphore = image.drawn.get();
  signal.stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
  VkSubmitInfo2 info{VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
  info.waitSemaphoreInfoCount = 1;
  info.pWaitSemaphoreInfos = &wait;
  info.commandBufferInfoCount = 1;
  info.pCommandBufferInfos = &commands;
  info.signalSemaphoreInfoCount = 1;
  info.pSignalSemaphoreInfos = &signal;
  const VkFence fence = slot.done.get();
  vkResetFences(device_->handle(), 1, &fence);
  if (const VkResult sent = vkQueueSubmit2(device_->queue(), 1, &info, fence); sent != VK_SUCCESS) {
    return vulkanError(sent, "draw the view");
  }
  return {};
}

Result<Shown> Swapchain::show(const Scene& scene, int width, int height) {
  if (width <= 0 || height <= 0) return Shown::NotNow;
  if (stale_ || asked_.width != std::uint32_t(width) || asked_.height != std::uint32_t(height)) {
    auto rebuilt = rebuild(width, height);
    if (!rebuilt || *rebuilt != Shown::Yes) return rebuilt;
  }
  Slot& slot = slots_[next_];
  const VkFence fence = slot.done.get();
  const VkResult waited = vkWaitForFences(device_->handle(), 1, &fence, VK_TRUE, kPatience);
  if (waited == VK_TIMEOUT) return Shown::NotNow;
  if (waited != VK_SUCCESS) return vulkanError(waited, "finish the last picture");

  std::uint32_t index = 0;
  const VkResult acquired = vkAcquireNextImageKHR(device_->handle(), swapchain_.get(), kPatience,
                                                  slot.acquired.get(), VK_NULL_HANDLE, &index);
  if (acquired == VK_TIMEOUT || acquired == VK_NOT_READY) return Shown::NotNow;
  if (acquired == VK_ERROR_OUT_OF_DATE_KHR) {
    stale_ = true;
    return Shown::NotNow;
  }
  if (acquired == VK_ERROR_SURFACE_LOST_KHR) return Shown::SurfaceLost;
  if (acquired != VK_SUCCESS && acquired != VK_SUBOPTIMAL_KHR) {
    return vulkanError(acquired, "get the window's next picture");
  }

  Image& image = images_[index];
  VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  if (const VkResult begun = vkBeginCommandBuffer(slot.commands, &begin); begun != VK_SUCCESS) {
    return vulkanError(begun, "record the view");
  }
  const Status recorded = renderer_->record(slot.commands, int(next_), scene,
                                            {image.image, image.view.get(), extent_, access::kColourTarget,
                                             access::kPresent});
  if (const VkResult ended = vkEndCommandBuffer(slot.commands); ended != VK_SUCCESS) {
    return vulkanError(ended, "record the view");
  }
  if (!recorded) return recorded.error();
  if (Status sent = submit(slot, image); !sent) return sent.error();

  const VkSwapchainKHR swapchain = swapchain_.get();
  const VkSemaphore drawn = image.drawn.get();
  VkPresentInfoKHR present{VK_STRUCTURE_TYPE_PRESENT_INFO_KHR};
  present.waitSemaphoreCount = 1;
  present.pWaitSemaphores = &drawn;
  present.swapchainCount = 1;
  present.pSwapchains = &swapchain;
  present.pImageIndices = &index;
  const VkResult presented = vkQueuePresentKHR(device_->queue(), &present);
  next_ = (next_ + 1) % slots_.size();
  if (presented == VK_ERROR_SURFACE_LOST_KHR) return Shown::SurfaceLost;
  if (presented == VK_ERROR_OUT_OF_DATE_KHR) {
    stale_ = true;
    return Shown::NotNow;
  }
  if (presented == VK_SUBOPTIMAL_KHR || acquired == VK_SUBOPTIMAL_KHR) {
    stale_ = true;  // shown, but the next one deserves a fresh swapchain
  } else if (presented != VK_SUCCESS) {
    return vulkanError(presented, "show the view");
  }
  return Shown::Yes;
}

}  // namespace kinescore::render
