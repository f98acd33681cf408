#define VOLK_IMPLEMENTATION
#include "render/vulkan.h"

#include <string>

namespace kinescore::render {
namespace {

std::string_view wordsFor(VkResult result) {
  switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY: return "out of memory";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY: return "the graphics card is out of memory";
    case VK_ERROR_DEVICE_LOST: return "the graphics card stopped answering";
    case VK_ERROR_SURFACE_LOST_KHR: return "the window's surface is gone";
    case VK_ERROR_OUT_OF_DATE_KHR: return "the window changed";
    case VK_ERROR_INITIALIZATION_FAILED: return "it could not start";
    case VK_ERROR_EXTENSION_NOT_PRESENT: return "an extension is missing";
    case VK_ERROR_FEATURE_NOT_PRESENT: return "a feature is missing";
    case VK_ERROR_INCOMPATIBLE_DRIVER: return "no driver fits";
    case VK_ERROR_FORMAT_NOT_SUPPORTED: return "a picture format is missing";
    default: return {};
  }
}

}  // namespace

Error vulkanError(VkResult result, std::string_view what) {
  const std::string_view words = wordsFor(result);
  const std::string reason = words.empty() ? "code " + std::to_string(int(result)) : std::string(words);
  return {ErrorCode::EngineFailed,
          "The graphics driver could not " + std::string(what) + " (" + reason + ")"};
}

}  // namespace kinescore::render
