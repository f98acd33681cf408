#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/bindings.glsl"

layout(location = 0) in vec3 inOrigin;
layout(location = 1) in vec3 inRay;
layout(location = 2) in vec2 inPlace;
layout(location = 0) out vec4 outColour;

// How much of a line every `spacing` metres covers this pixel, for both directions together.
float gridLines(vec2 place, vec2 pixel, float spacing) {
  vec2 cell = place / spacing;
  vec2 width = pixel / spacing;
  vec2 away = abs(fract(cell - 0.5) - 0.5) / width;
  vec2 cover = clamp(1.0 - away, 0.0, 1.0) * clamp(1.2 - 2.0 * width, 0.0, 1.0);
  return max(cover.x, cover.y);
}

void main() {
  float t = -inOrigin.y / inRay.y;
  vec2 place = inOrigin.xz + t * inRay.xz;
  vec2 pixel = max(fwidth(place), vec2(1e-5));
  // From near-black at one's feet to the sky's own grey at the horizon, by the slope of the ray.
  float slope = inRay.y * inversesqrt(dot(inRay, inRay));
  float up = clamp(slope * 2.2, 0.0, 1.0);
  float down = clamp(-slope * 1.9, 0.0, 1.0);
  vec3 colour = mix(scene.horizonColour.rgb, scene.skyColour.rgb, up);
  colour = mix(colour, scene.floorColour.rgb, down * (2.0 - down));

  if (slope < -0.0005 && inOrigin.y > 0.0 && scene.keyLight.w > 0.5) {
    vec2 fromCamera = place - scene.cameraPosition.xz;
    float far = dot(fromCamera, fromCamera) / (scene.cameraPosition.w * scene.cameraPosition.w);
    float fade = exp(-far);
    float lines = gridLines(place, pixel, 1.0) * 0.075 + gridLines(place, pixel, 5.0) * 0.050;
    colour += vec3(0.92, 0.97, 1.06) * lines * fade;
    // The axes of the world through its origin: x red, z blue.
    vec2 axis = clamp(1.1 - abs(place) / pixel, 0.0, 1.0) * fade;
    colour = mix(colour, vec3(1.0, 0.42, 0.38), 0.38 * axis.y);
    colour = mix(colour, vec3(0.36, 0.61, 1.0), 0.50 * axis.x);
  }
  vec2 middle = inPlace - vec2(0.5, 0.42);
  colour *= 1.0 - 0.22 * dot(middle, middle);
  // One step of noise hides the bands of a dark gradient.
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  outColour = vec4(colour + (noise - 0.5) / 255.0, 1.0);
}
