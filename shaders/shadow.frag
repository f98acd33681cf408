#version 450
layout(location = 0) in float inWeight;
layout(location = 0) out float outWeight;

void main() { outWeight = inWeight; }
