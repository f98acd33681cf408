// Where words stand in the view: over their points, inside the picture, and not on each other.
#pragma once

#include <span>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "render/scene.h"

namespace kinescore {

struct ViewLabel {
  std::shared_ptr<const render::Image> image;
  glm::vec3 at{0.0f};       // its bottom middle stands here, metres
  bool isCentred = false;   // it is a mark and stays exactly there
};

/// A part of the picture, in its pixels.
struct ViewBox {
  glm::vec2 low{0.0f}, high{0.0f};
};

/// Marks stand on their points. Of the others earlier ones keep their places and later ones give way upwards or
/// downwards, also to marks and to `taken`. What is behind the camera or beside the picture is left out. `size` of the
/// target in its pixels; `gap` between labels, the same.
[[nodiscard]] std::vector<render::Overlay> placeLabels(std::span<const ViewLabel> labels, const render::Camera& camera,
                                                       glm::vec2 size, float gap, std::span<const ViewBox> taken = {});

}  // namespace kinescore
