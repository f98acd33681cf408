#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"
#include "shared/skinning.glsl"

layout(location = 1) in vec4 inNormal;  // xyz; w: openness, 0..1 stored as -1..1

layout(location = 0) out vec3 outNormal;
layout(location = 1) out vec3 outPosition;
layout(location = 2) out vec2 outOpenContact;

// The ghosts' depth and colour passes must agree to the last bit.
invariant gl_Position;

void main() {
  Skinned vertex = skinVertex();
  outNormal = vec3(dot(vertex.rows[0].xyz, inNormal.xyz), dot(vertex.rows[1].xyz, inNormal.xyz),
                   dot(vertex.rows[2].xyz, inNormal.xyz));
  outPosition = vertex.position;
  outOpenContact = vec2(0.5 + 0.5 * inNormal.w, vertex.contact);
  // A ghost stands a little deeper than it is, on the same pixel: where it is in the figure's own
  // pose, the figure hides it.
  vec3 away = draw.flags == 1u ? normalize(vertex.position - scene.cameraPosition.xyz) * 0.035 : vec3(0.0);
  gl_Position = scene.viewProjection * vec4(vertex.position + away, 1.0);
}
