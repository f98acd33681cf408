#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"

layout(location = 0) out vec3 outOrigin;  // of the pixel's ray, on the near plane
layout(location = 1) out vec3 outRay;     // from there to the far plane
layout(location = 2) out vec2 outPlace;

void main() {
  outPlace = vec2((gl_VertexIndex << 1) & 2, gl_VertexIndex & 2);
  vec2 ndc = outPlace * 2.0 - 1.0;
  vec4 near = scene.inverseViewProjection * vec4(ndc, 0.0, 1.0);
  vec4 far = scene.inverseViewProjection * vec4(ndc, 1.0, 1.0);
  outOrigin = near.xyz / near.w;
  outRay = far.xyz / far.w - outOrigin;
  gl_Position = vec4(ndc, 0.0, 1.0);
}
