// Starting Vulkan: an instance (optionally with the validation layer), the best device, one queue.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "render/memory.h"
#include "render/vulkan.h"

namespace kinescore::render {

struct InstanceOptions {
  bool validation = false;   ///< use the Khronos layer when it is installed
};

class Instance {
 public:
  /// Fails with one sentence when there is no Vulkan loader or no driver.
  static Result<std::shared_ptr<Instance>> create(const InstanceOptions& options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  [[nodiscard]] VkInstance handle() const { return instance_; }
  /// Whether the validation layer is really there, and how often it has complained.
  [[nodiscard]] bool isValidating() const { return messenger_ != VK_NULL_HANDLE; }
  [[nodiscard]] int validationMessages() const { return messages_.load(); }

 private:
  Instance() = default;
  static VKAPI_ATTR VkBool32 VKAPI_CALL onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                  VkDebugUtilsMessageTypeFlagsEXT types,
                                                  const VkDebugUtilsMessengerCallbackDataEXT* data,
                                                  void* self);

  VkInstance instance_ = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  PFN_vkDestroyDebugUtilsMessengerEXT destroyMessenger_ = nullptr;
  PFN_vkDestroyInstance destroyInstance_ = nullptr;
  std::atomic<int> messages_{0};
};

/// A logical device with one queue for everything. Not thread-safe: one thread uses it.
class Device {
 public:
  /// The best device that has Vulkan 1.3, dynamic rendering and, when `surface` is given, can
  /// present to it: a card before an integrated one before the processor.
  static Result<std::shared_ptr<Device>> create(std::shared_ptr<Instance> instance,
                                                VkSurfaceKHR surface = VK_NULL_HANDLE);
  /// Whether create() would find one, without opening it.
  static Status look(const Instance& instance);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  [[nodiscard]] const Instance& instance() const { return *instance_; }
  [[nodiscard]] VkDevice handle() const { return device_; }
  [[nodiscard]] VkPhysicalDevice physical() const { return physical_; }
  [[nodiscard]] VkQueue queue() const { return queue_; }
  [[nodiscard]] std::uint32_t queueFamily() const { return family_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// True for a driver that draws with the processor (lavapipe): pictures are kept cheap then.
  [[nodiscard]] bool isSoftware() const { return software_; }
  [[nodiscard]] MemoryAllocator& memory() { return *memory_; }
  void waitIdle() const;

 private:
  Device() = default;

  std::shared_ptr<Instance> instance_;
  VkPhysicalDevice physical_ = VK_NULL_HANDLE;
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::uint32_t family_ = 0;
  std::string name_;
  bool software_ = false;
  std::unique_ptr<MemoryAllocator> memory_;
};

}  // namespace kinescore::render
