// A whole motion in one picture, to be judged at a glance.
#pragma once

#include <span>

#include "engine/motion/motion.h"
#include "render/offscreen.h"

namespace kinescore::render {

struct ContactSheetOptions {
  enum class Layout {
    Row,   ///< one cell per instant, the camera stays with the figure
    Path,  ///< one picture, the figures where they stand in the world
  };
  Layout layout = Layout::Row;
  int frames = 10;      ///< instants shown, evenly spread from the first to the last frame
  int cellWidth = 150;  ///< pixels; a Path picture is frames * cellWidth wide
  int cellHeight = 240;
};

/// kinescore22 only. Fails with one sentence when the motion is empty or on another skeleton.
Result<Image> contactSheet(OffscreenRenderer& renderer, const Motion& motion,
                           const ContactSheetOptions& options = {});

/// Pictures above each other on one sheet, left-aligned, a line of dark between them.
[[nodiscard]] Image stacked(std::span<const Image> rows);

}  // namespace kinescore::render
