#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"
#include "shared/lighting.glsl"

layout(location = 0) in vec3 inNormal;
layout(location = 1) in vec3 inPosition;
layout(location = 2) in vec2 inOpenContact;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 normal = normalize(inNormal);
  vec3 toCamera = normalize(scene.cameraPosition.xyz - inPosition);
  vec3 base = mix(figures[draw.figure].tint.rgb, figures[draw.figure].contactColour.rgb,
                  smoothstep(0.25, 0.75, inOpenContact.y));
  float grazing = 1.0 - max(dot(normal, toCamera), 0.0);
  float rim = grazing * grazing * grazing;
  float gloss = max(dot(normal, normalize(scene.keyLight.xyz + toCamera)), 0.0);
  gloss *= gloss;
  gloss *= gloss;
  gloss *= gloss;
  vec3 colour = base * lightOn(normal, toCamera, inOpenContact.x);
  colour += vec3(0.06) * gloss + vec3(0.17, 0.19, 0.22) * rim * inOpenContact.x;
  outColour = vec4(displayed(colour), 1.0);
}
