#include "engine/torch_runtime/torch_runtime.h"

#include <dlfcn.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/ivalue.h>
#include <ATen/cpu/Utils.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include "engine/core/log.h"

namespace kinescore {
namespace {

std::string processorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) break;
    const auto first = line.find_first_not_of(" \t", colon + 1);
    if (first != std::string::npos) return line.substr(first);
  }
  return "CPU";
}

// The driver's own words for card 0; asked of the driver so that no CUDA header is needed.
std::string cardName(void* driver) {
  using Init = int (*)(unsigned);
  using GetName = int (*)(char*, int, int);
  const auto init = reinterpret_cast<Init>(dlsym(driver, "cuInit"));
  const auto getName = reinterpret_cast<GetName>(dlsym(driver, "cuDeviceGetName"));
  char name[256] = {};
  if (init == nullptr || getName == nullptr || init(0) != 0 || getName(name, sizeof name - 1, 0) != 0) {
    return "CUDA device";
  }
  return name;
}

// Empty when CUDA is ready; otherwise why not. Must run before any other torch call: torch looks
// its CUDA hooks up once and remembers what it found.
std::string openCuda(std::string& deviceName) {
  void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
  if (driver == nullptr) return "no NVIDIA driver is installed";
  if (dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    const char* reason = dlerror();
    return std::string("the CUDA part of LibTorch could not be opened: ") + (reason ? reason : "unknown reason");
  }
  if (!at::hasCUDA() || at::detail::getCUDAHooks().deviceCount() < 1) {
    return "the NVIDIA driver offers no device";
  }
  deviceName = cardName(driver);
  return {};
}

bool processorHas(const char* feature) {
  const auto capabilities = at::cpu::get_cpu_capabilities();
  const auto found = capabilities.find(feature);
  return found != capabilities.end() && found->second.isBool() && found->second.toBool();
}

}  // namespace

Result<std::unique_ptr<TorchRuntime>> TorchRuntime::open(const Options& options) {
  auto runtime = std::unique_ptr<TorchRuntime>(new TorchRuntime());
  if (options.wantCuda || options.mustHaveCuda) {
    runtime->fallbackReason_ = openCuda(runtime->deviceName_);
    if (runtime->fallbackReason_.empty()) {
      runtime->device_ = RuntimeDevice::Cuda;
    } else if (options.mustHaveCuda) {
      return Error{ErrorCode::Unsupported, "The graphics card cannot be used because " +
                                               runtime->fallbackReason_ + "; choose the device “cpu”."};
    } else {
      log::info("running on the CPU: " + runtime->fallbackReason_);
    }
  }
  const int cores = std::max(1u, std::thread::hardware_concurrency());
  at::set_num_threads(options.threads > 0 ? options.threads : cores);
  // oneDNN instead of MKL for fp32 products: twice as fast where there is AVX-512 (MKL takes its
  // AVX2 path on some vendors), a tenth slower where there is not.
  at::globalContext().setFloat32MatmulPrecision(processorHas("avx512_f") ? "medium" : "highest");
  if (runtime->device_ == RuntimeDevice::Cpu) {
    runtime->deviceName_ = processorName();
    runtime->precisionPath_ = processorHas("avx512_bf16") || processorHas("amx_bf16") ? "cpu-bf16" : "cpu-fp32";
  } else {
    runtime->precisionPath_ = "cuda-bf16";
  }
  return runtime;
}

}  // namespace kinescore
