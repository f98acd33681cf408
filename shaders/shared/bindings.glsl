#extension GL_GOOGLE_include_directive : require
#include "shared/scene_types.h"

layout(set = 0, binding = 0, std140) uniform SceneBlock { SceneUniforms scene; };
layout(set = 0, binding = 1, std430) readonly buffer FigureBlock { FigureData figures[]; };
layout(push_constant) uniform DrawBlock { DrawConstants draw; };

// Display values from linear light; a plain power is close enough to sRGB and cheap.
vec3 displayed(vec3 linear) { return pow(max(linear, vec3(0.0)), vec3(1.0 / 2.2)); }
