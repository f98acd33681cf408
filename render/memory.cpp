#include "render/memory.h"

#include <algorithm>
#include <cassert>

namespace kinescore::render {
namespace {

constexpr VkDeviceSize kBlockSize = 16u << 20;

}  // namespace

MemoryPiece::MemoryPiece(MemoryPiece&& other) noexcept { *this = std::move(other); }

MemoryPiece& MemoryPiece::operator=(MemoryPiece&& other) noexcept {
  if (this == &other) return *this;
  release();
  owner_ = std::exchange(other.owner_, nullptr);
  block_ = other.block_;
  memory_ = other.memory_;
  offset_ = other.offset_;
  size_ = other.size_;
  mapped_ = other.mapped_;
  return *this;
}

MemoryPiece::~MemoryPiece() { release(); }

void MemoryPiece::release() {
  if (!owner_) return;
  owner_->giveBack(*static_cast<MemoryAllocator::Block*>(block_), {offset_, size_});
  owner_ = nullptr;
}

MemoryAllocator::MemoryAllocator(VkPhysicalDevice physical, VkDevice device) : device_(device) {
  vkGetPhysicalDeviceMemoryProperties(physical, &properties_);
}

MemoryAllocator::~MemoryAllocator() {
  assert(used_ == 0 && "a buffer or an image outlives its device");
  for (Block& block : blocks_) vkFreeMemory(device_, block.memory, nullptr);
}

bool MemoryAllocator::findType(std::uint32_t allowed, MemoryUse use, std::uint32_t& type) const {
  constexpr VkMemoryPropertyFlags kHost =
      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  const auto find = [&](VkMemoryPropertyFlags wanted) {
    for (std::uint32_t t = 0; t < properties_.memoryTypeCount; ++t) {
      if (!(allowed & (1u << t))) continue;
      if ((properties_.memoryTypes[t].propertyFlags & wanted) == wanted) {
        type = t;
        return true;
      }
    }
    return false;
  };
  switch (use) {
    case MemoryUse::Device: return find(VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) || find(0);
    case MemoryUse::Upload: return find(kHost);
    case MemoryUse::Readback: return find(kHost | VK_MEMORY_PROPERTY_HOST_CACHED_BIT) || find(kHost);
  }
  return false;
}

bool MemoryAllocator::take(Block& block, const VkMemoryRequirements& needs, MemoryPiece& piece) {
  for (std::size_t s = 0; s < block.free.size(); ++s) {
    const Span span = block.free[s];
    const VkDeviceSize start = (span.offset + needs.alignment - 1) / needs.alignment * needs.alignment;
    const VkDeviceSize end = start + needs.size;
    if (end > span.offset + span.size) continue;
    block.free.erase(block.free.begin() + std::ptrdiff_t(s));
    if (end < span.offset + span.size) {
      block.free.insert(block.free.begin() + std::ptrdiff_t(s), {end, span.offset + span.size - end});
    }
    if (start > span.offset) {
      block.free.insert(block.free.begin() + std::ptrdiff_t(s), {span.offset, start - span.offset});
    }
    piece.block_ = &block;
    piece.memory_ = block.memory;
    piece.offset_ = start;
    piece.size_ = needs.size;
    piece.mapped_ = block.mapped ? static_cast<char*>(block.mapped) + start : nullptr;
    return true;
  }
  return false;
}

Result<MemoryPiece> MemoryAllocator::allocate(const VkMemoryRequirements& needs, MemoryUse use,
                                              bool optimalImage) {
  std::uint32_t type = 0;
  if (!findType(needs.memoryTypeBits, use, type)) {
    return vulkanError(VK_ERROR_FEATURE_NOT_PRESENT, "find memory of the right kind");
  }
  MemoryPiece piece;
  for (Block& block : blocks_) {
    if (block.type != type || block.optimalImage != optimalImage) continue;
    if (take(block, needs, piece)) {
      piece.owner_ = this;
      used_ += piece.size_;
      return piece;
    }
  }

  Block block;
  block.size = std::max(kBlockSize, needs.size);
  block.type = type;
  block.optimalImage = optimalImage;
  block.free = {{0, block.size}};
  VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
  info.allocationSize = block.size;
  info.memoryTypeIndex = type;
  if (const VkResult made = vkAllocateMemory(device_, &info, nullptr, &block.memory); made != VK_SUCCESS) {
    return vulkanError(made, "give out memory");
  }
  if (use != MemoryUse::Device) {
    const VkResult mapped = vkMapMemory(device_, block.memory, 0, VK_WHOLE_SIZE, 0, &block.mapped);
    if (mapped != VK_SUCCESS) {
      vkFreeMemory(device_, block.memory, nullptr);
      return vulkanError(mapped, "map memory");
    }
  }
  blocks_.push_back(std::move(block));
  const bool fits = take(blocks_.back(), needs, piece);
  assert(fits);
  (void)fits;
  piece.owner_ = this;
  used_ += piece.size_;
  return piece;
}

void MemoryAllocator::giveBack(Block& block, Span span) {
  used_ -= span.size;
  auto next = std::find_if(block.free.begin(), block.free.end(),
                           [&](const Span& other) { return other.offset > span.offset; });
  if (next != block.free.end() && span.offset + span.size == next->offset) {
    span.size += next->size;
    next = block.free.erase(next);
  }
  if (next != block.free.begin()) {
    const auto previous = std::prev(next);
    if (previous->offset + previous->size == span.offset) {
      span.offset = previous->offset;
      span.size += previous->size;
      next = block.free.erase(previous);
    }
  }
  block.free.insert(next, span);
  if (block.free.size() == 1 && block.free.front().size == block.size) {
    vkFreeMemory(device_, block.memory, nullptr);
    blocks_.remove_if([&](const Block& other) { return &other == &block; });
  }
}

}  // namespace kinescore::render
