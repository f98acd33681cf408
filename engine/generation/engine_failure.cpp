#include "engine/generation/engine_failure.h"

#include <algorithm>
#include <array>

namespace kinescore {
namespace {

/// The allocator of torch, the driver, and the library for products of matrices, which asks for memory of its own.
constexpr std::array<std::string_view, 3> kOutOfMemory = {"CUDA out of memory", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED"};

}  // namespace

Error engineFailure(const std::string& context, std::string_view thrown) {
  const bool isCardFull = std::any_of(kOutOfMemory.begin(), kOutOfMemory.end(),
                                      [&](std::string_view words) { return thrown.find(words) != std::string_view::npos; });
  if (isCardFull) return {ErrorCode::EngineFailed, std::string(kCardOutOfMemory)};
  return Error{ErrorCode::EngineFailed, std::string(thrown.substr(0, thrown.find('\n')))}.withContext(context);
}

}  // namespace kinescore
