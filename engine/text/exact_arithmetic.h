// How text models run on the CPU: full float32 products, on a thread of their own with one core, so that the
// bits depend neither on what the rest of the engine chose nor on the thread count. For the .cpp files of text/.
#pragma once

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <thread>

namespace kinescore {

/// Full fp32 products for as long as it lives, whatever the rest of the engine chose.
class ExactProducts {
 public:
  ExactProducts() : precision_(at::globalContext().float32MatmulPrecision()) {
    at::globalContext().setFloat32MatmulPrecision("highest");
  }
  ~ExactProducts() { at::globalContext().setFloat32MatmulPrecision(nameOf(precision_)); }
  ExactProducts(const ExactProducts&) = delete;
  ExactProducts& operator=(const ExactProducts&) = delete;

 private:
  static const char* nameOf(at::Float32MatmulPrecision precision) {
    switch (precision) {
      case at::Float32MatmulPrecision::HIGHEST: return "highest";
      case at::Float32MatmulPrecision::HIGH: return "high";
      case at::Float32MatmulPrecision::MEDIUM: return "medium";
    }
    return "highest";
  }
  at::Float32MatmulPrecision precision_;
};

/// Runs `work` on a thread of its own with one intra-op thread. Changing the count on the caller's
/// thread and back would reach further: torch hands the latest count to every thread that has not
/// used torch yet, and the network's own threads must keep theirs.
template <class Work>
void runAlone(const Work& work) {
  std::thread([&work] {
    at::internal::lazy_init_num_threads();
    at::set_num_threads(1);
    work();
  }).join();
}

}  // namespace kinescore
