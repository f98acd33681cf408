#version 450
layout(set = 0, binding = 2) uniform sampler2D atlas;
layout(location = 0) in vec2 inTexel;
layout(location = 1) flat in float inOpacity;
layout(location = 0) out vec4 outColour;

// Texel by texel: text stays as sharp as it was drawn. The atlas is premultiplied.
void main() { outColour = texelFetch(atlas, ivec2(inTexel), 0) * inOpacity; }
