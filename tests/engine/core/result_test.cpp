#include "engine/core/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace kinescore {
namespace {

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<int> seven = 7;
  ASSERT_TRUE(seven);
  EXPECT_EQ(*seven, 7);
  const Result<int> none = Error{ErrorCode::NotFound, "gone"};
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().withContext("Could not open"), (Error{ErrorCode::NotFound, "Could not open: gone"}));
}

TEST(ResultTest, GivesAwayWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> owned = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = *std::move(owned);
  EXPECT_EQ(*taken, 3);
}

TEST(ResultTest, StatusIsFineUnlessToldOtherwise) {
  EXPECT_TRUE(Status());
  EXPECT_FALSE(Status(Error{ErrorCode::Cancelled, "stopped"}));
}

TEST(ResultTest, EveryErrorHasItsExitCode) {
  EXPECT_EQ(exitCodeOf(ErrorCode::InvalidArgument), 2);
  for (ErrorCode code : {ErrorCode::BadInput, ErrorCode::NotFound, ErrorCode::IoFailed, ErrorCode::Unsupported}) {
    EXPECT_EQ(exitCodeOf(code), 3);
  }
  EXPECT_EQ(exitCodeOf(ErrorCode::Cancelled), 4);
  EXPECT_EQ(exitCodeOf(ErrorCode::EngineFailed), 4);
}

}  // namespace
}  // namespace kinescore
