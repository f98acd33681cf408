// Memory the processor fills anew for every frame: uniforms, figures, strokes, overlay texels.
#pragma once

#include <cstring>
#include <span>

#include "render/resources.h"

namespace kinescore::render {

class FrameArena {
 public:
  /// Forgets everything and makes room for `bytes`. The device must be done with the last frame.
  Status reset(Device& device, VkDeviceSize bytes);

  /// Copies `items` in and says where they are.
  template <class T>
  VkDeviceSize push(std::span<const T> items) {
    const VkDeviceSize offset = reserve(items.size_bytes());
    if (!items.empty()) std::memcpy(buffer_.mapped() + offset, items.data(), items.size_bytes());
    return offset;
  }
  /// Room for `bytes`, to be filled through at().
  VkDeviceSize reserve(VkDeviceSize bytes);
  [[nodiscard]] std::byte* at(VkDeviceSize offset) { return buffer_.mapped() + offset; }
  [[nodiscard]] VkBuffer buffer() const { return buffer_.handle.get(); }
  [[nodiscard]] VkDeviceSize size() const { return buffer_.size; }

  /// What a piece of `bytes` takes at most.
  static VkDeviceSize roomFor(VkDeviceSize bytes) { return bytes + kAlignment; }

 private:
  // Enough for every kind of offset the standard allows a device to ask for.
  static constexpr VkDeviceSize kAlignment = 256;

  Buffer buffer_;
  VkDeviceSize used_ = 0;
};

}  // namespace kinescore::render
