// Showing frames on a window's surface. Everything that can go wrong with a window (resized,
// hidden, destroyed, the card lost) comes back as a value.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "render/renderer.h"

namespace kinescore::render {

enum class Shown {
  Yes,
  NotNow,       ///< the surface has no size, or no image was free in time: try again later
  SurfaceLost,  ///< the surface is gone for good; make a new one
};

/// Owns neither the surface nor the instance. One thread uses it.
class Swapchain {
 public:
  static Result<std::unique_ptr<Swapchain>> create(std::shared_ptr<Device> device, VkSurfaceKHR surface,
                                                   int samples);
  ~Swapchain();

  /// Draws and presents. `width` and `height` are the window's pixels, used where the surface
  /// leaves the choice to us. Waits at most about a second. An Error means the device is lost.
  Result<Shown> show(const Scene& scene, int width, int height);

 private:
  struct Image {
    VkImage image = VK_NULL_HANDLE;
    Owned<VkImageView> view;
    Owned<VkSemaphore> drawn;
  };
  struct Slot {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    Owned<VkSemaphore> acquired;
    Owned<VkFence> done;
  };

  Swapchain() = default;
  Status makeSlots();
  Result<Shown> rebuild(int width, int height);
  Status makeImages();
  Status submit(const Slot& slot, const Image& image);

  std::shared_ptr<Device> device_;
  VkSurfaceKHR surface_ = VK_NULL_HANDLE;
  VkSurfaceFormatKHR format_{};
  std::unique_ptr<Renderer> renderer_;
  Owned<VkCommandPool> pool_;
  std::array<Slot, kFramesInFlight> slots_;
  std::size_t next_ = 0;
  Owned<VkSwapchainKHR> swapchain_;
  VkExtent2D extent_{};
  VkExtent2D asked_{};
  std::vector<Image> images_;
  bool stale_ = true;
};

}  // namespace kinescore::render
