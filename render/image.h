// A picture in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kinescore::render {

/// Rows from the top, 4 bytes a pixel (red, green, blue, alpha), sRGB values as on screen.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;  // [height][width][4]

  Image() = default;
  Image(int w, int h) : width(w), height(h), rgba(std::size_t(w) * h * 4, 0) {}

  [[nodiscard]] const std::uint8_t* at(int x, int y) const { return &rgba[(std::size_t(y) * width + x) * 4]; }
  [[nodiscard]] std::uint8_t* at(int x, int y) { return &rgba[(std::size_t(y) * width + x) * 4]; }
};

}  // namespace kinescore::render
