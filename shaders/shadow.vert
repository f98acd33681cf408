#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"
#include "shared/skinning.glsl"

layout(location = 0) out float outWeight;

// Flattens the figure onto the floor of its tile: along the key light (flags 0) or straight down
// (flags 1), where only what is close to the floor counts.
void main() {
  vec3 p = skinVertex().position;
  vec4 tile = figures[draw.figure].shadow;
  float height = max(p.y, 0.0);
  vec2 place = p.xz;
  if (draw.flags == 0u) {
    place -= scene.keyLight.xz / scene.keyLight.y * height;
    outWeight = 1.0 / (1.0 + 0.75 * height);
  } else {
    outWeight = exp(-7.0 * height);
  }
  gl_Position = vec4((place - tile.xy) / tile.z, 0.5, 1.0);
}
