// Chooses at run time who does the numeric work: the card when its module loads, else the processor.
#pragma once

#include <string>

#include "cuda/cuda_api.h"

namespace kinescore {

class KernelLibrary {
 public:
  /// Opens libkinescore_cuda.so in `moduleFolder` when the NVIDIA driver is there. Whatever is
  /// missing is no error: the processor's kernels are used and reason() says why. The module stays
  /// loaded until the program ends, as CUDA wants it.
  static KernelLibrary load(const std::string& moduleFolder);
  /// The same, beside the running program.
  static KernelLibrary loadBesideProgram();
  /// The processor only.
  static KernelLibrary onProcessor(std::string reason);

  [[nodiscard]] const KinescoreKernels& kernels() const { return kernels_; }
  [[nodiscard]] bool isOnCard() const { return onCard_; }
  /// Why the card is not used; empty when it is.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  KernelLibrary() = default;

  KinescoreKernels kernels_{};
  bool onCard_ = false;
  std::string reason_;
};

}  // namespace kinescore
