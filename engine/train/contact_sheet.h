// A picture of many motions at a glance: a row a motion, stick figures at even times from left to
// right, as an uncompressed PNG of our own writing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/motion/motion.h"

namespace kinescore {

/// 8-bit RGB, rows from the top.
struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // [height][width][3]

  Picture(int w, int h, std::uint8_t grey);
  /// A straight line, two pixels wide, clipped at the border.
  void line(double x0, double y0, double x1, double y1, std::uint8_t r, std::uint8_t g, std::uint8_t b);
};

/// PNG (ISO/IEC 15948) with stored, not compressed, blocks.
[[nodiscard]] std::string pngFromPicture(const Picture& picture);

/// `figures` poses a row seen from three quarters, the ground track drawn under each; left limbs are
/// blue, right limbs red.
[[nodiscard]] Picture contactSheet(const std::vector<Motion>& motions, int figures = 8);

}  // namespace kinescore
