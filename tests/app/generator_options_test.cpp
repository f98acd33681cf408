#include "app/generator_options.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "engine/library/user_libraries.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

/// A user's data folder with one added library.
class GeneratorOptions : public testing::Test {
 protected:
  void SetUp() override {
    putBytes(folder_ / "mine.kslib", "any");
    putBytes(folder_ / "mine.index.safetensors", "any");
    ::setenv("KINESCORE_LIBRARIES", folder_.path().c_str(), 1);
  }
  void TearDown() override { ::unsetenv("KINESCORE_LIBRARIES"); }
  TemporaryFolder folder_;
};

TEST_F(GeneratorOptions, PerformingLooksThroughWhatTheUserAdded) {
  const auto options = optionsForPerforming("resources");
  ASSERT_EQ(options.added.size(), 1u);
  EXPECT_EQ(options.added[0].library, folder_ / "mine.kslib");
  EXPECT_EQ(options.added[0].captionIndex, folder_ / "mine.index.safetensors");
  EXPECT_EQ(options.library.filename(), "motion.kslib");
}

TEST_F(GeneratorOptions, JudgingNeverDoes) {
  EXPECT_TRUE(optionsForJudging("resources/library/motion.kslib", "weights").added.empty());
}

}  // namespace
}  // namespace kinescore
