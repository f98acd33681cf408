// The arithmetic both twins share, so that they differ by rounding only.
#pragma once

#include <cstdint>

#include "cuda/cuda_api.h"

#ifdef __CUDACC__
#define KINESCORE_BOTH __host__ __device__
#else
#define KINESCORE_BOTH
#endif

namespace kinescore::kernels {

constexpr int kMostJoints = 512;

/// result = a * b; w, x, y, z. `result` may be neither of them.
KINESCORE_BOTH inline void multiply(const float* a, const float* b, float* result) {
  result[0] = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
  result[1] = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
  result[2] = a[0] * b[2] + a[2] * b[0] + a[3] * b[1] - a[1] * b[3];
  result[3] = a[0] * b[3] + a[3] * b[0] + a[1] * b[2] - a[2] * b[1];
}

/// result = point + q turned `offset`.
KINESCORE_BOTH inline void addTurned(const float* q, const float* offset, const float* point, float* result) {
  const float ux = q[2] * offset[2] - q[3] * offset[1];
  const float uy = q[3] * offset[0] - q[1] * offset[2];
  const float uz = q[1] * offset[1] - q[2] * offset[0];
  const float vx = q[2] * uz - q[3] * uy;
  const float vy = q[3] * ux - q[1] * uz;
  const float vz = q[1] * uy - q[2] * ux;
  result[0] = point[0] + (offset[0] + 2.0f * (ux * q[0] + vx));
  result[1] = point[1] + (offset[1] + 2.0f * (uy * q[0] + vy));
  result[2] = point[2] + (offset[2] + 2.0f * (uz * q[0] + vz));
}

/// One frame, joint by joint. `rotations` is room for [joints][4], used when the caller wants no
/// world rotations back.
KINESCORE_BOTH inline void poseFrame(const KinescoreForwardKinematics& batch, std::int64_t frame,
                                     float* rotations) {
  const int joints = batch.joints;
  const float* root = batch.rootPositions + 3 * frame;
  const float* local = batch.localRotations + 4 * frame * joints;
  float* positions = batch.worldPositions + 3 * frame * joints;
  if (batch.worldRotations) rotations = batch.worldRotations + 4 * frame * joints;
  for (int j = 0; j < joints; ++j) {
    const int parent = batch.parents[j];
    const float* offset = batch.offsets + 3 * j;
    if (parent < 0) {
      for (int c = 0; c < 4; ++c) rotations[4 * j + c] = local[4 * j + c];
      for (int c = 0; c < 3; ++c) positions[3 * j + c] = j == 0 ? root[c] : root[c] + offset[c];
    } else {
      multiply(rotations + 4 * parent, local + 4 * j, rotations + 4 * j);
      addTurned(rotations + 4 * parent, offset, positions + 3 * parent, positions + 3 * j);
    }
  }
}

}  // namespace kinescore::kernels
