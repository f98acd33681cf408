#include "render/overlay_atlas.h"

#include <algorithm>
#include <cstring>

namespace kinescore::render {

std::optional<glm::ivec2> ShelfPacker::place(int width, int height) {
  if (width <= 0 || height <= 0 || width > width_) return std::nullopt;
  if (cursor_.x + width > width_) {
    cursor_ = {0, cursor_.y + shelf_};
    shelf_ = 0;
  }
  if (cursor_.y + height > height_) return std::nullopt;
  const glm::ivec2 corner = cursor_;
  cursor_.x += width;
  shelf_ = std::max(shelf_, height);
  return corner;
}

Result<OverlayAtlas> OverlayAtlas::create(Device& device) {
  OverlayAtlas atlas;
  auto texture = Texture::create(device, {kWidth, kHeight}, VK_FORMAT_R8G8B8A8_UNORM,
                                 VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT);
  if (!texture) return texture.error();
  atlas.texture_ = std::move(*texture);
  return atlas;
}

bool OverlayAtlas::arrange(const Images& images) {
  std::vector<Place> places;
  ShelfPacker packer(kWidth, kHeight);
  for (const auto& image : images) {
    const bool known = std::any_of(places.begin(), places.end(),
                                   [&](const Place& place) { return place.image == image; });
    if (known) continue;
    if (const auto corner = packer.place(image->width, image->height)) places.push_back({image, *corner});
  }
  const bool same = !fresh_ && std::equal(places.begin(), places.end(), places_.begin(), places_.end(),
                                          [](const Place& a, const Place& b) { return a.image == b.image; });
  places_ = std::move(places);
  return !same;
}

VkDeviceSize OverlayAtlas::uploadSize() const {
  VkDeviceSize bytes = 0;
  for (const Place& place : places_) bytes += place.image->rgba.size();
  return bytes;
}

void OverlayAtlas::upload(VkCommandBuffer commands, VkBuffer buffer, VkDeviceSize offset, std::byte* staging) {
  changeLayout(commands, texture_.image.get(), VK_IMAGE_ASPECT_COLOR_BIT,
               {access::kShaderRead.stage, VK_ACCESS_2_NONE, VK_IMAGE_LAYOUT_UNDEFINED}, access::kCopyTo);
  std::vector<VkBufferImageCopy> regions;
  VkDeviceSize used = 0;
  for (const Place& place : places_) {
    std::memcpy(staging + used, place.image->rgba.data(), place.image->rgba.size());
    VkBufferImageCopy region{};
    region.bufferOffset = offset + used;
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    region.imageOffset = {place.corner.x, place.corner.y, 0};
    region.imageExtent = {std::uint32_t(place.image->width), std::uint32_t(place.image->height), 1};
    regions.push_back(region);
    used += place.image->rgba.size();
  }
  if (!regions.empty()) {
    vkCmdCopyBufferToImage(commands, buffer, texture_.image.get(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                           std::uint32_t(regions.size()), regions.data());
  }
  changeLayout(commands, texture_.image.get(), VK_IMAGE_ASPECT_COLOR_BIT, access::kCopyTo,
               access::kShaderRead);
  fresh_ = false;
}

std::optional<glm::ivec2> OverlayAtlas::cornerOf(const Image* image) const {
  for (const Place& place : places_) {
    if (place.image.get() == image) return place.corner;
  }
  return std::nullopt;
}

}  // namespace kinescore::render
