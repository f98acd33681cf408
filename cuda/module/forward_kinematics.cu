// Forward kinematics of many frames at once: one thread walks one frame's skeleton.
#include <cstdio>
#include <string>

#include <cuda_runtime.h>

#include "cuda/cuda_api.h"
#include "cuda/rotation_math.h"

namespace {

using namespace kinescore::kernels;

constexpr int kThreads = 128;

thread_local std::string lastFailure;
char deviceName[256] = "";

__global__ void poseFrames(KinescoreForwardKinematics batch) {
  const std::int64_t frame = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (frame < batch.frames) poseFrame(batch, frame, nullptr);
}

/// Device memory that frees itself.
class DeviceArray {
 public:
  ~DeviceArray() { cudaFree(data_); }
  cudaError_t allocate(std::size_t bytes) { return cudaMalloc(&data_, bytes); }
  cudaError_t copyFrom(const void* host, std::size_t bytes) {
    const cudaError_t made = allocate(bytes);
    return made != cudaSuccess ? made : cudaMemcpy(data_, host, bytes, cudaMemcpyHostToDevice);
  }
  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }

 private:
  void* data_ = nullptr;
};

int failed(const char* what, cudaError_t error) {
  lastFailure = std::string("the graphics card could not ") + what + " (" + cudaGetErrorString(error) + ")";
  return 1;
}

int forwardKinematics(const KinescoreForwardKinematics* batch) {
  if (!batch || batch->frames < 0 || batch->joints < 1 || batch->joints > kMostJoints || !batch->parents ||
      !batch->offsets || !batch->rootPositions || !batch->localRotations || !batch->worldPositions) {
    lastFailure = "forward kinematics was called without all of its arrays, or with more than 512 joints";
    return 1;
  }
  if (batch->frames == 0) return 0;
  const std::size_t joints = std::size_t(batch->joints);
  const std::size_t cells = std::size_t(batch->frames) * joints;
  DeviceArray parents, offsets, roots, locals, positions, rotations;
  cudaError_t error = parents.copyFrom(batch->parents, joints * sizeof(std::int32_t));
  if (error == cudaSuccess) error = offsets.copyFrom(batch->offsets, joints * 3 * sizeof(float));
  if (error == cudaSuccess) error = roots.copyFrom(batch->rootPositions, std::size_t(batch->frames) * 3 * sizeof(float));
  if (error == cudaSuccess) error = locals.copyFrom(batch->localRotations, cells * 4 * sizeof(float));
  if (error == cudaSuccess) error = positions.allocate(cells * 3 * sizeof(float));
  if (error == cudaSuccess) error = rotations.allocate(cells * 4 * sizeof(float));
  if (error != cudaSuccess) return failed("take the motion", error);

  KinescoreForwardKinematics onDevice = *batch;
  onDevice.parents = parents.as<std::int32_t>();
  onDevice.offsets = offsets.as<float>();
  onDevice.rootPositions = roots.as<float>();
  onDevice.localRotations = locals.as<float>();
  onDevice.worldPositions = positions.as<float>();
  onDevice.worldRotations = rotations.as<float>();
  const auto blocks = unsigned((batch->frames + kThreads - 1) / kThreads);
  poseFrames<<<blocks, kThreads>>>(onDevice);
  error = cudaGetLastError();
  if (error == cudaSuccess) {
    error = cudaMemcpy(batch->worldPositions, positions.as<float>(), cells * 3 * sizeof(float), cudaMemcpyDeviceToHost);
  }
  if (error == cudaSuccess && batch->worldRotations) {
    error = cudaMemcpy(batch->worldRotations, rotations.as<float>(), cells * 4 * sizeof(float), cudaMemcpyDeviceToHost);
  }
  return error == cudaSuccess ? 0 : failed("pose the frames", error);
}

const char* lastError() { return lastFailure.c_str(); }

}  // namespace

extern "C" int kinescoreCudaKernels(KinescoreKernels* kernels, char* reason, std::int32_t reasonSize) {
  int count = 0;
  cudaError_t error = cudaGetDeviceCount(&count);
  cudaDeviceProp properties{};
  if (error == cudaSuccess && count > 0) error = cudaGetDeviceProperties(&properties, 0);
  if (error != cudaSuccess || count == 0) {
    std::snprintf(reason, std::size_t(reasonSize), "no usable NVIDIA card (%s)",
                  error != cudaSuccess ? cudaGetErrorString(error) : "none is there");
    return 1;
  }
  std::snprintf(deviceName, sizeof(deviceName), "%s", properties.name);
  *kernels = {KINESCORE_KERNELS_VERSION, deviceName, forwardKinematics, lastError};
  return 0;
}
