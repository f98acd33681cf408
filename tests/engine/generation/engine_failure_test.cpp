#include "engine/generation/engine_failure.h"

#include <gtest/gtest.h>

namespace kinescore {
namespace {

TEST(EngineFailure, AFullCardIsOneSentence) {
  for (const char* thrown : {"CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB of which 1.2 GiB is free.",
                             "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
                             "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"}) {
    const Error error = engineFailure("The network could not be run", thrown);
    EXPECT_EQ(error.code, ErrorCode::EngineFailed);
    EXPECT_EQ(error.message, "The graphics card ran out of memory") << thrown;
  }
}

TEST(EngineFailure, AnythingElseIsToldByItsFirstLine) {
  EXPECT_EQ(engineFailure("The network could not be run", "why\nwhere").message, "The network could not be run: why");
  EXPECT_EQ(engineFailure("The engine failed", "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: out of memory").message,
            "The engine failed: [enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: out of memory");
}

}  // namespace
}  // namespace kinescore
