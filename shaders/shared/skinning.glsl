// Linear blend skinning of the mannequin's vertices.
layout(location = 0) in vec3 inPosition;
layout(location = 2) in uvec4 inJoints;
layout(location = 3) in vec4 inWeights;

struct Skinned {
  vec4 rows[3];   // of the blended matrix, not normalised
  vec3 position;
  float contact;
};

Skinned skinVertex() {
  vec4 rows[3] = vec4[3](vec4(0.0), vec4(0.0), vec4(0.0));
  vec4 contacts = figures[draw.figure].contacts;
  float contact = 0.0;
  for (int k = 0; k < 4; ++k) {
    uint joint = inJoints[k];
    float weight = inWeights[k];
    for (int r = 0; r < 3; ++r) rows[r] += weight * figures[draw.figure].joints[3u * joint + uint(r)];
    // Joints 7, 8 are the ankles, 10, 11 the toes.
    float touching = joint == 7u ? contacts.x : joint == 10u ? contacts.y
                   : joint == 8u ? contacts.z : joint == 11u ? contacts.w : 0.0;
    contact += weight * touching;
  }
  float sum = inWeights.x + inWeights.y + inWeights.z + inWeights.w;
  vec4 p = vec4(inPosition, 1.0);
  Skinned result;
  result.position = vec3(dot(rows[0], p), dot(rows[1], p), dot(rows[2], p)) / sum;
  result.rows = rows;
  result.contact = contact / sum;
  return result;
}
