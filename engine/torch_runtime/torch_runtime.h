// Opens LibTorch, and CUDA before it where there is a driver, in the one order that works. Whatever
// uses torch takes a TorchRuntime& in its constructor, so the order is a type, and `--help` loads
// nothing.
#pragma once

#include <memory>
#include <string>

#include "engine/core/result.h"

namespace kinescore {

enum class RuntimeDevice { Cpu, Cuda };

class TorchRuntime {
 public:
  struct Options {
    bool wantCuda = true;   // "auto" and "cuda"; false: CPU without a look at the driver
    bool mustHaveCuda = false;
    int threads = 0;        // intra-op threads for training; 0: all cores
  };
  [[nodiscard]] static Result<std::unique_ptr<TorchRuntime>> open(const Options& options);

  [[nodiscard]] RuntimeDevice device() const { return device_; }
  /// "AMD EPYC …" or the card's name.
  [[nodiscard]] const std::string& deviceName() const { return deviceName_; }
  /// "cpu-fp32", "cpu-bf16", "cuda-bf16": the arithmetic that inference uses here.
  [[nodiscard]] const std::string& precisionPath() const { return precisionPath_; }
  /// Why CUDA is not used although it was wanted; empty otherwise.
  [[nodiscard]] const std::string& fallbackReason() const { return fallbackReason_; }

 private:
  TorchRuntime() = default;
  RuntimeDevice device_ = RuntimeDevice::Cpu;
  std::string deviceName_, precisionPath_, fallbackReason_;
};

}  // namespace kinescore
