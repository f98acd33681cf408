#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"

layout(location = 0) in vec4 inRect;     // x, y, width, height in pixels of the target
layout(location = 1) in vec4 inSource;   // x, y in texels of the atlas; z: opacity
layout(location = 0) out vec2 outTexel;
layout(location = 1) flat out float outOpacity;

void main() {
  vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1);
  outTexel = inSource.xy + corner * inRect.zw;
  outOpacity = inSource.z;
  vec2 place = inRect.xy + corner * inRect.zw;
  gl_Position = vec4(place * scene.viewport.zw * 2.0 - 1.0, 0.0, 1.0);
}
