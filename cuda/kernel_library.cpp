#include "cuda/kernel_library.h"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <dlfcn.h>

namespace kinescore {
namespace {

constexpr const char* kDriver = "libcuda.so.1";
constexpr const char* kModule = "libkinescore_cuda.so";
constexpr const char* kEntry = "kinescoreCudaKernels";

}  // namespace

KernelLibrary KernelLibrary::onProcessor(std::string reason) {
  KernelLibrary library;
  library.kernels_ = *kinescoreCpuKernels();
  library.reason_ = std::move(reason);
  return library;
}

KernelLibrary KernelLibrary::load(const std::string& moduleFolder) {
  if (!dlopen(kDriver, RTLD_NOW | RTLD_GLOBAL)) return onProcessor("no NVIDIA driver was found");
  const std::string path = moduleFolder + "/" + kModule;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return onProcessor("this build has no CUDA module");
  void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module) return onProcessor(std::string("the CUDA module did not load: ") + dlerror());
  const auto fill = reinterpret_cast<KinescoreCudaKernelsFunction>(dlsym(module, kEntry));
  if (!fill) return onProcessor("the CUDA module is not one of ours");

  KernelLibrary library;
  std::array<char, 256> reason{};
  if (fill(&library.kernels_, reason.data(), int(reason.size())) != 0) return onProcessor(reason.data());
  if (library.kernels_.version != KINESCORE_KERNELS_VERSION) {
    return onProcessor("the CUDA module belongs to another version of Kinescore");
  }
  library.onCard_ = true;
  return library;
}

KernelLibrary KernelLibrary::loadBesideProgram() {
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return onProcessor("the program's own folder is not known");
  return load(program.parent_path().string());
}

}  // namespace kinescore
