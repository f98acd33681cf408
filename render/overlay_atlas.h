// Where the overlays of a frame lie in one shared picture.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <glm/vec2.hpp>

#include "render/image.h"
#include "render/resources.h"

namespace kinescore::render {

/// Packs rectangles in rows from the top. Plain arithmetic, no device.
class ShelfPacker {
 public:
  ShelfPacker(int width, int height) : width_(width), height_(height) {}
  /// The corner given to a rectangle; nothing when it does not fit any more.
  std::optional<glm::ivec2> place(int width, int height);

 private:
  int width_;
  int height_;
  glm::ivec2 cursor_{0};
  int shelf_ = 0;
};

class OverlayAtlas {
 public:
  static constexpr int kWidth = 2048;
  static constexpr int kHeight = 1024;

  static Result<OverlayAtlas> create(Device& device);

  using Images = std::vector<std::shared_ptr<const Image>>;
  /// Places the images. True when their texels have to be copied anew.
  bool arrange(const Images& images);
  /// Bytes upload() will need from the arena.
  [[nodiscard]] VkDeviceSize uploadSize() const;
  /// Records the copy; `staging` holds uploadSize() mapped bytes at `offset` of `buffer`.
  void upload(VkCommandBuffer commands, VkBuffer buffer, VkDeviceSize offset, std::byte* staging);

  /// Corner of the image in texels; nothing when it did not fit.
  [[nodiscard]] std::optional<glm::ivec2> cornerOf(const Image* image) const;
  [[nodiscard]] VkImageView view() const { return texture_.view.get(); }
  /// The atlas has never been written: its layout is still undefined.
  [[nodiscard]] bool isFresh() const { return fresh_; }

 private:
  struct Place {
    std::shared_ptr<const Image> image;
    glm::ivec2 corner{0};
  };

  Texture texture_;
  std::vector<Place> places_;
  bool fresh_ = true;
};

}  // namespace kinescore::render
