// One warm key light fixed in the world, cool light from the sky, a little from the floor, and a
// light on the camera so that no side is ever black. Linear rgb.
vec3 lightOn(vec3 normal, vec3 toCamera, float openness) {
  float key = max((dot(normal, scene.keyLight.xyz) + 0.20) / 1.20, 0.0);
  float sky = 0.5 + 0.5 * normal.y;
  float front = max(dot(normal, toCamera), 0.0);
  vec3 ambient = mix(vec3(0.055, 0.054, 0.055), vec3(0.235, 0.245, 0.270), sky) * openness;
  return ambient + vec3(0.62, 0.60, 0.57) * key * mix(0.55, 1.0, openness) + vec3(0.13) * front;
}
