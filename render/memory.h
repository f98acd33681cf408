// Device memory in large blocks, given out in pieces: drivers allow only a few thousand
// allocations, and each of them is slow.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "render/vulkan.h"

namespace kinescore::render {

class MemoryAllocator;

/// A piece of a block; goes back to it when it is destroyed.
class MemoryPiece {
 public:
  MemoryPiece() = default;
  MemoryPiece(MemoryPiece&& other) noexcept;
  MemoryPiece& operator=(MemoryPiece&& other) noexcept;
  ~MemoryPiece();

  [[nodiscard]] VkDeviceMemory memory() const { return memory_; }
  [[nodiscard]] VkDeviceSize offset() const { return offset_; }
  /// Where the processor sees it; null for device-only memory.
  [[nodiscard]] void* mapped() const { return mapped_; }

 private:
  friend class MemoryAllocator;
  void release();

  MemoryAllocator* owner_ = nullptr;
  void* block_ = nullptr;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  VkDeviceSize offset_ = 0;
  VkDeviceSize size_ = 0;
  void* mapped_ = nullptr;
};

enum class MemoryUse {
  Device,    ///< written and read by the device only
  Upload,    ///< written by the processor, coherent
  Readback,  ///< read by the processor, coherent, cached when there is such memory
};

class MemoryAllocator {
 public:
  MemoryAllocator(VkPhysicalDevice physical, VkDevice device);
  ~MemoryAllocator();
  MemoryAllocator(const MemoryAllocator&) = delete;
  MemoryAllocator& operator=(const MemoryAllocator&) = delete;

  /// `optimalImage` keeps tiled images and everything else in separate blocks, as
  /// bufferImageGranularity asks.
  Result<MemoryPiece> allocate(const VkMemoryRequirements& needs, MemoryUse use, bool optimalImage);

  /// Blocks held now, and bytes given out of them.
  [[nodiscard]] std::size_t blockCount() const { return blocks_.size(); }
  [[nodiscard]] VkDeviceSize usedBytes() const { return used_; }

 private:
  friend class MemoryPiece;
  struct Span {
    VkDeviceSize offset;
    VkDeviceSize size;
  };
  struct Block {
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkDeviceSize size = 0;
    std::uint32_t type = 0;
    bool optimalImage = false;
    void* mapped = nullptr;
    std::vector<Span> free;  // by offset, never touching each other
  };

  [[nodiscard]] bool findType(std::uint32_t allowed, MemoryUse use, std::uint32_t& type) const;
  static bool take(Block& block, const VkMemoryRequirements& needs, MemoryPiece& piece);
  void giveBack(Block& block, Span span);

  VkDevice device_;
  VkPhysicalDeviceMemoryProperties properties_{};
  std::list<Block> blocks_;
  VkDeviceSize used_ = 0;
};

}  // namespace kinescore::render
