#include "engine/torch_runtime/torch_runtime.h"

#include <gtest/gtest.h>

namespace kinescore {
namespace {

TEST(TorchRuntime, FallsBackToTheProcessorWithAReason) {
  auto runtime = TorchRuntime::open({});
  ASSERT_TRUE(runtime) << runtime.error().message;
  if ((*runtime)->device() == RuntimeDevice::Cpu) {
    EXPECT_FALSE((*runtime)->fallbackReason().empty());
    EXPECT_EQ((*runtime)->precisionPath().rfind("cpu-", 0), 0u);
  } else {
    EXPECT_TRUE((*runtime)->fallbackReason().empty());
    EXPECT_EQ((*runtime)->precisionPath(), "cuda-bf16");
  }
  EXPECT_FALSE((*runtime)->deviceName().empty());
}

TEST(TorchRuntime, DoesNotLookForACardWhenNotWanted) {
  auto runtime = TorchRuntime::open({.wantCuda = false});
  ASSERT_TRUE(runtime);
  EXPECT_EQ((*runtime)->device(), RuntimeDevice::Cpu);
  EXPECT_TRUE((*runtime)->fallbackReason().empty());
}

TEST(TorchRuntime, SaysWhyACardThatMustBeThereIsNot) {
  auto runtime = TorchRuntime::open({.mustHaveCuda = true});
  if (runtime) GTEST_SKIP() << "there is a card";
  EXPECT_EQ(runtime.error().code, ErrorCode::Unsupported);
  EXPECT_NE(runtime.error().message.find("cpu"), std::string::npos);
}

}  // namespace
}  // namespace kinescore
