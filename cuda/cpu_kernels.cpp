#include <array>

#include "cuda/cuda_api.h"
#include "cuda/rotation_math.h"

namespace {

using namespace kinescore::kernels;

thread_local const char* lastFailure = "";

int forwardKinematics(const KinescoreForwardKinematics* batch) {
  if (!batch || batch->frames < 0 || batch->joints < 1 || !batch->parents || !batch->offsets ||
      !batch->rootPositions || !batch->localRotations || !batch->worldPositions) {
    lastFailure = "forward kinematics was called without all of its arrays";
    return 1;
  }
  std::array<float, 4 * kMostJoints> rotations;
  if (batch->joints > kMostJoints) {
    lastFailure = "forward kinematics takes at most 512 joints";
    return 1;
  }
  for (std::int64_t frame = 0; frame < batch->frames; ++frame) {
    poseFrame(*batch, frame, rotations.data());
  }
  return 0;
}

const char* lastError() { return lastFailure; }

const KinescoreKernels kCpuKernels = {KINESCORE_KERNELS_VERSION, "CPU", forwardKinematics, lastError};

}  // namespace

const KinescoreKernels* kinescoreCpuKernels(void) { return &kCpuKernels; }
