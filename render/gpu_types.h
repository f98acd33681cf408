// The shaders' structs, seen from C++.
#pragma once

#include <cstdint>

#include <glm/mat4x4.hpp>
#include <glm/vec4.hpp>

namespace kinescore::render::gpu {

using glm::mat4;
using glm::vec4;
using uint = std::uint32_t;
#include "shaders/shared/scene_types.h"

static_assert(sizeof(SceneUniforms) == 2 * 64 + 6 * 16);
static_assert(sizeof(FigureData) == (4 + 3 * KINESCORE_JOINTS) * 16);
static_assert(sizeof(DrawConstants) == 32);

/// A vertex of the figure, as figure.vert reads it.
struct FigureVertex {
  float position[3];
  std::int8_t normalOpen[4];
  std::uint8_t joints[4];
  std::uint8_t weights[4];
};
static_assert(sizeof(FigureVertex) == 24);

/// One picture in the atlas and where it goes, as overlay.vert reads it.
struct OverlayQuad {
  vec4 rect;
  vec4 source;
};

}  // namespace kinescore::render::gpu
