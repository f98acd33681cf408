// Every line, dot and ring of a scene as one kind of thing: a stroke with round ends.
#pragma once

#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec4.hpp>

#include "render/scene.h"

namespace kinescore::render {

/// As stroke.vert reads it.
struct Stroke {
  glm::vec4 a;        ///< xyz; w: width in target pixels
  glm::vec4 b;        ///< xyz; w: 0 = a and b are world points, 1 = target pixels
  glm::vec4 colourA;  ///< straight alpha
  glm::vec4 colourB;
};

struct StrokeLists {
  std::vector<Stroke> floor;   ///< path and rings: under the figures
  std::vector<Stroke> world;   ///< lines in the air: behind what is nearer
  std::vector<Stroke> screen;  ///< bones, then axis gizmo and scale bar: over everything
};

/// `size` is the target's, in pixels.
[[nodiscard]] StrokeLists strokesOf(const Scene& scene, glm::vec2 size);

/// The smallest round length that is drawn 95 logical pixels wide or more at the camera's target.
struct ScaleBar {
  float metres = 1.0f;
  float pixels = 100.0f;
};
[[nodiscard]] ScaleBar scaleBarFor(const Camera& camera, float viewHeight, float pixelRatio);

}  // namespace kinescore::render
