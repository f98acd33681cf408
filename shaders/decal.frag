#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"

layout(set = 0, binding = 4) uniform sampler2D shadows;
layout(location = 0) in vec2 inPlace;
layout(location = 0) out vec4 outColour;

// area.xy: the thrown shadow's corner in the atlas, area.zw: the size of a tile, both 0..1. The tile
// below it holds what lies under the figure.
void main() {
  vec2 at = draw.area.xy + inPlace * draw.area.zw;
  float thrown = texture(shadows, at).r;
  float under = texture(shadows, at + vec2(0.0, draw.area.w)).r;
  vec2 edge = min(inPlace, 1.0 - inPlace);
  float inside = clamp(min(edge.x, edge.y) * 12.0, 0.0, 1.0);
  float dark = 1.0 - (1.0 - 0.80 * thrown) * (1.0 - 0.85 * under);
  outColour = vec4(0.0, 0.0, 0.0, dark * inside * figures[draw.figure].shadow.w);
}
