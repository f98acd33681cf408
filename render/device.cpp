#include "render/device.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>

#include "engine/core/log.h"

namespace kinescore::render {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

Error noDriver() {
  return {ErrorCode::Unsupported,
          "no graphics driver with Vulkan 1.3 was found; install one (on Debian: mesa-vulkan-drivers)"};
}

std::vector<std::string> instanceExtensions() {
  std::uint32_t count = 0;
  if (vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr) != VK_SUCCESS) return {};
  std::vector<VkExtensionProperties> properties(count);
  if (vkEnumerateInstanceExtensionProperties(nullptr, &count, properties.data()) < 0) return {};
  std::vector<std::string> names;
  for (const auto& property : properties) names.emplace_back(property.extensionName);
  return names;
}

bool hasLayer(const char* name) {
  std::uint32_t count = 0;
  if (vkEnumerateInstanceLayerProperties(&count, nullptr) != VK_SUCCESS) return false;
  std::vector<VkLayerProperties> layers(count);
  if (vkEnumerateInstanceLayerProperties(&count, layers.data()) < 0) return false;
  return std::any_of(layers.begin(), layers.end(),
                     [&](const auto& layer) { return std::strcmp(layer.layerName, name) == 0; });
}

struct Candidate {
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  std::uint32_t family = 0;
  int rank = 0;
  VkPhysicalDeviceProperties properties{};
};

int rankOf(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return 2;
    default: return 1;
  }
}

std::optional<std::uint32_t> graphicsFamily(VkPhysicalDevice physical, VkSurfaceKHR surface) {
  std::uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families.data());
  for (std::uint32_t f = 0; f < count; ++f) {
    if (!(families[f].queueFlags & VK_QUEUE_GRAPHICS_BIT)) continue;
    if (!surface) return f;
    VkBool32 canPresent = VK_FALSE;
    if (vkGetPhysicalDeviceSurfaceSupportKHR(physical, f, surface, &canPresent) == VK_SUCCESS && canPresent) {
      return f;
    }
  }
  return std::nullopt;
}

bool hasSwapchain(VkPhysicalDevice physical) {
  std::uint32_t count = 0;
  vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> properties(count);
  vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, properties.data());
  return std::any_of(properties.begin(), properties.end(), [](const auto& property) {
    return std::strcmp(property.extensionName, VK_KHR_SWAPCHAIN_EXTENSION_NAME) == 0;
  });
}

bool hasFeatures(VkPhysicalDevice physical) {
  VkPhysicalDeviceVulkan13Features vulkan13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
  VkPhysicalDeviceFeatures2 features{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, &vulkan13};
  vkGetPhysicalDeviceFeatures2(physical, &features);
  return vulkan13.dynamicRendering && vulkan13.synchronization2;
}

std::optional<Candidate> bestDevice(VkInstance instance, VkSurfaceKHR surface) {
  std::uint32_t count = 0;
  if (vkEnumeratePhysicalDevices(instance, &count, nullptr) != VK_SUCCESS || count == 0) return std::nullopt;
  std::vector<VkPhysicalDevice> devices(count);
  if (vkEnumeratePhysicalDevices(instance, &count, devices.data()) < 0) return std::nullopt;
  std::optional<Candidate> best;
  for (VkPhysicalDevice physical : devices) {
    Candidate candidate{physical};
    vkGetPhysicalDeviceProperties(physical, &candidate.properties);
    if (candidate.properties.apiVersion < VK_API_VERSION_1_3 || !hasFeatures(physical)) continue;
    if (surface && !hasSwapchain(physical)) continue;
    const auto family = graphicsFamily(physical, surface);
    if (!family) continue;
    candidate.family = *family;
    candidate.rank = rankOf(candidate.properties.deviceType);
    if (!best || candidate.rank > best->rank) best = candidate;
  }
  return best;
}

}  // namespace

Result<std::shared_ptr<Instance>> Instance::create(const InstanceOptions& options) {
  // The loader's entry points are global: two threads must not fill them at once.
  static std::mutex loading;
  const std::lock_guard lock(loading);
  if (volkInitialize() != VK_SUCCESS) {
    return Error{ErrorCode::Unsupported,
                 "the Vulkan loader was not found; install it (on Debian: libvulkan1)"};
  }
  if (volkGetInstanceVersion() < VK_API_VERSION_1_3) return noDriver();

  const std::vector<std::string> available = instanceExtensions();
  const auto isThere = [&](const char* name) {
    return std::find(available.begin(), available.end(), name) != available.end();
  };
  std::vector<const char*> extensions;
  // Also where no window is drawn to: loading the entry points for an instance without surfaces would take those of
  // surfaces from the window that is open beside it.
  for (const char* name : {"VK_KHR_surface", "VK_KHR_xcb_surface", "VK_KHR_wayland_surface"}) {
    if (isThere(name)) extensions.push_back(name);
  }
  std::vector<const char*> layers;
  const bool validate = options.validation && hasLayer(kValidationLayer);
  if (validate) {
    layers.push_back(kValidationLayer);
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
  }

  VkApplicationInfo application{VK_STRUCTURE_TYPE_APPLICATION_INFO};
  application.pApplicationName = "Kinescore";
  application.apiVersion = VK_API_VERSION_1_3;
  VkInstanceCreateInfo info{VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  info.pApplicationInfo = &application;
  info.enabledLayerCount = std::uint32_t(layers.size());
  info.ppEnabledLayerNames = layers.data();
  info.enabledExtensionCount = std::uint32_t(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  std::shared_ptr<Instance> instance(new Instance);
  const VkResult made = vkCreateInstance(&info, nullptr, &instance->instance_);
  if (made == VK_ERROR_INCOMPATIBLE_DRIVER) return noDriver();
  if (made != VK_SUCCESS) return vulkanError(made, "start Vulkan");
  volkLoadInstance(instance->instance_);
  instance->destroyInstance_ = vkDestroyInstance;

  if (validate) {
    VkDebugUtilsMessengerCreateInfoEXT messenger{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
    messenger.messageSeverity =
        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    messenger.messageType =
        VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
    messenger.pfnUserCallback = &Instance::onMessage;
    messenger.pUserData = instance.get();
    if (vkCreateDebugUtilsMessengerEXT(instance->instance_, &messenger, nullptr, &instance->messenger_) ==
        VK_SUCCESS) {
      instance->destroyMessenger_ = vkDestroyDebugUtilsMessengerEXT;
    }
  }
  return instance;
}

Instance::~Instance() {
  if (messenger_) destroyMessenger_(instance_, messenger_, nullptr);
  if (instance_) destroyInstance_(instance_, nullptr);
}

VkBool32 Instance::onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                             const VkDebugUtilsMessengerCallbackDataEXT* data, void* self) {
  static_cast<Instance*>(self)->messages_.fetch_add(1);
  log::warning(data->pMessage);
  return VK_FALSE;
}

Status Device::look(const Instance& instance) {
  if (!bestDevice(instance.handle(), VK_NULL_HANDLE)) return noDriver();
  return {};
}

Result<std::shared_ptr<Device>> Device::create(std::shared_ptr<Instance> instance, VkSurfaceKHR surface) {
  const auto best = bestDevice(instance->handle(), surface);
  if (!best) return noDriver();

  const float priority = 1.0f;
  VkDeviceQueueCreateInfo queue{VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
  queue.queueFamilyIndex = best->family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkPhysicalDeviceVulkan13Features vulkan13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
  vulkan13.dynamicRendering = VK_TRUE;
  vulkan13.synchronization2 = VK_TRUE;
  const char* swapchain = VK_KHR_SWAPCHAIN_EXTENSION_NAME;
  VkDeviceCreateInfo info{VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, &vulkan13};
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = surface ? 1 : 0;
  info.ppEnabledExtensionNames = &swapchain;

  std::shared_ptr<Device> device(new Device);
  if (const VkResult made = vkCreateDevice(best->physical, &info, nullptr, &device->device_);
      made != VK_SUCCESS) {
    return vulkanError(made, "open the device");
  }
  device->instance_ = std::move(instance);
  device->physical_ = best->physical;
  device->family_ = best->family;
  device->name_ = best->properties.deviceName;
  device->software_ = best->properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  vkGetDeviceQueue(device->device_, best->family, 0, &device->queue_);
  device->memory_ = std::make_unique<MemoryAllocator>(best->physical, device->device_);
  return device;
}

Device::~Device() {
  if (!device_) return;
  vkDeviceWaitIdle(device_);
  memory_.reset();
  vkDestroyDevice(device_, nullptr);
}

void Device::waitIdle() const { vkDeviceWaitIdle(device_); }

}  // namespace kinescore::render
