#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"
#include "shared/lighting.glsl"

layout(location = 0) in vec3 inNormal;
layout(location = 1) in vec3 inPosition;
layout(location = 2) in vec2 inOpenContact;
layout(location = 0) out vec4 outColour;

// Like coloured glass: faint where one looks straight at it, denser at the outline.
void main() {
  vec3 normal = normalize(inNormal);
  vec3 toCamera = normalize(scene.cameraPosition.xyz - inPosition);
  float grazing = 1.0 - max(dot(normal, toCamera), 0.0);
  float outline = grazing * sqrt(grazing);
  vec4 tint = figures[draw.figure].tint;
  vec3 colour = tint.rgb * (0.42 * lightOn(normal, toCamera, inOpenContact.x) + 0.12);
  colour = mix(colour, tint.rgb * 0.95, outline * outline);
  float opacity = tint.a * mix(0.60, 1.15, outline);
  outColour = vec4(displayed(colour) * opacity, opacity);
}
