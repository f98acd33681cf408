#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"

// A line with round ends; a disc when both ends are the same point.
layout(location = 0) in vec4 inA;       // xyz; w: width in pixels
layout(location = 1) in vec4 inB;       // xyz; w: 0 = world metres, 1 = pixels of the target
layout(location = 2) in vec4 inColourA;
layout(location = 3) in vec4 inColourB;

layout(location = 0) flat out vec4 outEnds;  // both ends in pixels
layout(location = 1) flat out vec4 outColourA;
layout(location = 2) flat out vec4 outColourB;
layout(location = 3) flat out float outHalfWidth;

const float kNear = 0.02;

void main() {
  vec3 a;
  vec3 b;
  if (inB.w > 0.5) {
    a = vec3(inA.xy, 0.0);
    b = vec3(inB.xy, 0.0);
  } else {
    vec4 clipA = scene.viewProjection * vec4(inA.xyz, 1.0);
    vec4 clipB = scene.viewProjection * vec4(inB.xyz, 1.0);
    if (clipA.w < kNear && clipB.w < kNear) {
      gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
      outEnds = vec4(0.0);
      outColourA = outColourB = vec4(0.0);
      outHalfWidth = 0.0;
      return;
    }
    if (clipA.w < kNear) clipA = mix(clipA, clipB, (kNear - clipA.w) / (clipB.w - clipA.w));
    if (clipB.w < kNear) clipB = mix(clipB, clipA, (kNear - clipB.w) / (clipA.w - clipB.w));
    a = clipA.xyz / clipA.w;
    b = clipB.xyz / clipB.w;
    a.xy = (a.xy * 0.5 + 0.5) * scene.viewport.xy;
    b.xy = (b.xy * 0.5 + 0.5) * scene.viewport.xy;
  }
  float halfWidth = 0.5 * inA.w;
  vec2 along = b.xy - a.xy;
  float length2 = dot(along, along);
  along = length2 > 1e-6 ? along * inversesqrt(length2) : vec2(1.0, 0.0);
  vec2 across = vec2(-along.y, along.x);

  bool atB = (gl_VertexIndex & 1) != 0;
  float side = (gl_VertexIndex & 2) != 0 ? 1.0 : -1.0;
  vec2 place = (atB ? b.xy : a.xy) + (along * (atB ? 1.0 : -1.0) + across * side) * (halfWidth + 1.0);
  float depth = atB ? b.z : a.z;
  outEnds = vec4(a.xy, b.xy);
  outColourA = inColourA;
  outColourB = inColourB;
  outHalfWidth = halfWidth;
  gl_Position = vec4(place * scene.viewport.zw * 2.0 - 1.0, clamp(depth, 0.0, 1.0), 1.0);
}
