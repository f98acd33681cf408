#include "render/frame_arena.h"

#include <algorithm>
#include <cassert>

namespace kinescore::render {
namespace {

constexpr VkDeviceSize kLeastSize = 256 << 10;

}  // namespace

Status FrameArena::reset(Device& device, VkDeviceSize bytes) {
  used_ = 0;
  if (buffer_.handle && buffer_.size >= bytes) return {};
  buffer_ = {};
  auto made = Buffer::create(device, std::max(kLeastSize, bytes + bytes / 2),
                             VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                 VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
                             MemoryUse::Upload);
  if (!made) return made.error();
  buffer_ = std::move(*made);
  return {};
}

VkDeviceSize FrameArena::reserve(VkDeviceSize bytes) {
  const VkDeviceSize offset = (used_ + kAlignment - 1) / kAlignment * kAlignment;
  used_ = offset + bytes;
  assert(used_ <= buffer_.size && "the frame was measured too small");
  return offset;
}

}  // namespace kinescore::render
