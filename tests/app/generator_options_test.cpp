#include "app/generator_options.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "engine/library/user_libraries.h"
#include "engine/storage/safetensors.h"
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

TEST(ModelNames, AreThoseOfTheCommandLine) {
  const auto kind = [](const std::string& name) { return modelNamed(name)->kind; };
  EXPECT_EQ(kind(""), ModelChoice::Kind::Kinescore);
  EXPECT_TRUE(modelNamed("kinescore")->file.empty());
  EXPECT_EQ(modelNamed("kinescore:/a/b.safetensors")->file, "/a/b.safetensors");
  EXPECT_EQ(kind("gem:x.safetensors"), ModelChoice::Kind::Gem);
  EXPECT_EQ(modelNamed("gem:a:b.safetensors")->file, "a:b.safetensors");
  EXPECT_EQ(modelNamed("gem:").error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(modelNamed("nothing").error().code, ErrorCode::NotFound);
}

TEST(ModelNames, AFileAloneSaysWhatItIs) {
  TemporaryFolder folder;
  SafetensorsWriter writer;
  writer.addFloats("a", {1}, std::vector<float>{1});
  putBytes(folder / "own.safetensors", writer.write());
  writer.setMetadata("architecture", "gem");
  putBytes(folder / "other.safetensors", writer.write());
  putBytes(folder / "gem.ckpt", "any");
  EXPECT_EQ(modelNamed((folder / "own.safetensors").string())->kind, ModelChoice::Kind::Kinescore);
  EXPECT_EQ(modelNamed((folder / "other.safetensors").string())->kind, ModelChoice::Kind::Gem);
  EXPECT_EQ(modelNamed((folder / "gem.ckpt").string())->kind, ModelChoice::Kind::Gem);
}

TEST(T5Folders, AreLookedForInThisOrder) {
  ::setenv("XDG_DATA_HOME", "/home/somebody/share", 1);
  ::unsetenv("KINESCORE_T5");
  using Paths = std::vector<std::filesystem::path>;
  EXPECT_EQ(t5Folders("/models/gem.safetensors"),
            (Paths{"/models/t5-3b", "/home/somebody/share/kinescore/models/t5-3b"}));
  ::setenv("KINESCORE_T5", "/t5", 1);
  EXPECT_EQ(t5Folders("/models/gem.safetensors").front(), "/t5");
  EXPECT_EQ(t5Folders("/models/gem.safetensors", "/named"), Paths{"/named"});
  ::unsetenv("KINESCORE_T5");
  ::unsetenv("XDG_DATA_HOME");
}

}  // namespace
}  // namespace kinescore
