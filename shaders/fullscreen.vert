#version 450
layout(location = 0) out vec2 outPlace;  // 0..1 over the target, y down

void main() {
  outPlace = vec2((gl_VertexIndex << 1) & 2, gl_VertexIndex & 2);
  gl_Position = vec4(outPlace * 2.0 - 1.0, 0.0, 1.0);
}
