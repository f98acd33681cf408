#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"

layout(set = 0, binding = 3) uniform sampler2D source;
layout(location = 0) out float outWeight;

// One direction of a Gaussian over one tile. area.xy: step in texels, area.zw: the tile's first
// texel; the tile's side is in `tile`. Texels outside the tile are empty floor.
void main() {
  const float kernel[7] = float[7](0.1353, 0.1245, 0.0970, 0.0640, 0.0358, 0.0169, 0.0067);
  ivec2 texel = ivec2(gl_FragCoord.xy);
  ivec2 low = ivec2(draw.area.zw);
  ivec2 high = low + int(draw.tile) - 1;
  float sum = kernel[0] * texelFetch(source, texel, 0).r;
  for (int k = 1; k < 7; ++k) {
    ivec2 away = ivec2(draw.area.xy * float(k));
    ivec2 a = texel + away;
    ivec2 b = texel - away;
    if (all(lessThanEqual(a, high))) sum += kernel[k] * texelFetch(source, a, 0).r;
    if (all(greaterThanEqual(b, low))) sum += kernel[k] * texelFetch(source, b, 0).r;
  }
  outWeight = sum;
}
