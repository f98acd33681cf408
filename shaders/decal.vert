#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"

layout(location = 0) out vec2 outPlace;  // 0..1 over the tile

void main() {
  const vec2 corners[4] = vec2[4](vec2(0.0), vec2(1.0, 0.0), vec2(0.0, 1.0), vec2(1.0));
  outPlace = corners[gl_VertexIndex];
  vec4 tile = figures[draw.figure].shadow;
  vec2 place = tile.xy + (outPlace * 2.0 - 1.0) * tile.z;
  gl_Position = scene.viewProjection * vec4(place.x, 0.0, place.y, 1.0);
}
