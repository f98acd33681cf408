// One warm key light fixed in the world, cool light from the sky, a little from the floor, and a
// light on the camera so that no side is ever black. Linear rgb.
vec3 lightOn(vec3 normal, vec3 toCamera, float openness) {
  float key = max((dot(normal, scene.keyLight.xyz) + 0.12) / 1.12, 0.0);
  float sky = 0.5 + 0.5 * normal.y;
  float front = max(dot(normal, toCamera), 0.0);
  vec3 ambient = mix(vec3(0.022, 0.022, 0.024), vec3(0.150, 0.158, 0.180), sky) * openness;
  return ambient + vec3(0.86, 0.835, 0.80) * key * mix(0.45, 1.0, openness) +
         vec3(0.150, 0.152, 0.158) * front * front * mix(0.6, 1.0, openness);
}
