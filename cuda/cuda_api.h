// Numeric kernels in plain C terms: what goes in, what comes out, and a table of functions that do
// it. The processor fills the table always; the module kinescore_cuda fills another one when there
// is a card. Both give the same numbers within rounding.
//
// Arrays are row-major float32 in the processor's memory, quaternions are w, x, y, z.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Grows when a struct or the table changes; a module of another version is not used.
#define KINESCORE_KERNELS_VERSION 1

/// Every frame's world positions and rotations from its local rotations.
typedef struct KinescoreForwardKinematics {
  int64_t frames;
  int32_t joints;
  const int32_t* parents;        // [joints], -1 for a root, parents[j] < j
  const float* offsets;          // [joints][3] metres, from the parent; joint 0's is not used
  const float* rootPositions;    // [frames][3]
  const float* localRotations;   // [frames][joints][4] unit
  float* worldPositions;         // [frames][joints][3]
  float* worldRotations;         // [frames][joints][4]; may be null
} KinescoreForwardKinematics;

typedef struct KinescoreKernels {
  uint32_t version;              // KINESCORE_KERNELS_VERSION
  const char* device;            // "CPU" or the card's name; lives as long as the program
  /// 0 when done. Otherwise lastError says why, and nothing was promised about the outputs.
  int (*forwardKinematics)(const KinescoreForwardKinematics* batch);
  /// Of this thread's last failed call.
  const char* (*lastError)(void);
} KinescoreKernels;

/// What the module exports under the name "kinescoreCudaKernels": fills `kernels` and returns 0, or
/// returns a sentence in `reason` (capacity `reasonSize`) and something else.
typedef int (*KinescoreCudaKernelsFunction)(KinescoreKernels* kernels, char* reason, int32_t reasonSize);

/// The processor's own table.
const KinescoreKernels* kinescoreCpuKernels(void);

#ifdef __cplusplus
}
#endif
