// What the processor writes and the shaders read, laid out alike on both sides (std140/std430,
// everything in whole vec4). Included by GLSL and by render/gpu_types.h.
#ifndef KINESCORE_SCENE_TYPES_H
#define KINESCORE_SCENE_TYPES_H

#define KINESCORE_JOINTS 22

struct SceneUniforms {
  mat4 viewProjection;
  mat4 inverseViewProjection;
  vec4 cameraPosition;  // xyz, metres; w: reach of the grid, metres
  vec4 viewport;        // width, height, 1 / width, 1 / height in pixels
  vec4 keyLight;        // xyz: towards the light, unit length; w: 1 = draw the grid
  vec4 skyColour;       // backdrop, sRGB
  vec4 horizonColour;
  vec4 floorColour;
};

struct FigureData {
  vec4 tint;           // linear rgb; a: opacity
  vec4 contactColour;  // linear rgb
  vec4 contacts;       // left ankle, left toe, right ankle, right toe: 0 or 1
  vec4 shadow;         // x, z of the middle of its shadow tile, metres; z: half its side; w: strength
  vec4 joints[3 * KINESCORE_JOINTS];  // rows of the 3x4 matrices from bind pose to world
};

struct DrawConstants {
  vec4 area;     // meaning depends on the shader
  uint figure;   // index into the figures
  uint tile;     // shadow tile
  uint flags;    // shadow.vert: which projection; figure.vert: 1 for a ghost
  uint unused;
};

#endif
