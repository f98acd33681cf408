#version 450
layout(location = 0) flat in vec4 inEnds;
layout(location = 1) flat in vec4 inColourA;
layout(location = 2) flat in vec4 inColourB;
layout(location = 3) flat in float inHalfWidth;
layout(location = 0) out vec4 outColour;

void main() {
  vec2 axis = inEnds.zw - inEnds.xy;
  vec2 from = gl_FragCoord.xy - inEnds.xy;
  float t = clamp(dot(from, axis) / max(dot(axis, axis), 1e-6), 0.0, 1.0);
  float cover = clamp(inHalfWidth + 0.5 - length(from - t * axis), 0.0, 1.0);
  vec4 colour = mix(inColourA, inColourB, t);
  outColour = vec4(colour.rgb, 1.0) * colour.a * cover;
}
