// One project of every version that was ever released; all of them open for ever.
#include <gtest/gtest.h>

#include "engine/project/project.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(KINESCORE_TEST_DATA_DIR) / "projects/v1.kinescore";

TEST(GoldenProjectTest, Version1Opens) {
  const auto opened = openProject(kGolden);
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_EQ(opened->warnings.size(), 1u);
  EXPECT_EQ(opened->warnings[0].substr(0, 8), "1 object");
  const ProjectDocument& document = opened->document;
  EXPECT_EQ(document.timeline.contentHash(), "44de8be0eac009d18fadce5841885683b6d2b97190fb0d2734d115669edc0aa0");
  EXPECT_EQ(document.timeline.settings().rate, (FrameRate{24000, 1001}));
  ASSERT_EQ(document.timeline.tracks().size(), 8u);
  EXPECT_EQ(document.timeline.markers().size(), 1u);
  EXPECT_EQ(document.settings.seed, 1234u);
  EXPECT_EQ(document.settings.quality, Quality::Draft);

  ASSERT_EQ(document.takes.size(), 2u);
  EXPECT_EQ(document.shownTakeId, document.takes[1].id);
  EXPECT_EQ(document.takes[0].name, "The good one");
  EXPECT_TRUE(document.takes[0].starred);
  ASSERT_TRUE(document.takes[0].take && document.takes[1].take);
  EXPECT_EQ(document.takes[0].take->motionHash(), "b494e963175bea9e11393f1cac4f86d10d664d332f2472a93ce22cc046313789");
  EXPECT_EQ(document.takes[1].take->motionHash(), "fcdfc71d10d33bbfabd41aec30a7c8dc4e487db78a3ca9c9e4ccfe86cefd2271");
  const Take& part = *document.takes[1].take;
  EXPECT_EQ(part.range, (FrameRange{10, 20}));
  EXPECT_EQ(part.baseTakeId, document.takes[0].id);
  EXPECT_EQ(part.origins, (std::vector<FrameOrigin>{{{0, 10}, part.baseTakeId}, {{10, 20}, part.id}, {{20, 30}, part.baseTakeId}}));
  EXPECT_EQ(part.request.texts[0].prompt, "walk forward");
  EXPECT_EQ(part.result.report.lines[0].engineFrame, 214);
}

TEST(GoldenProjectTest, Version1IsSavedUnchanged) {
  const auto opened = openProject(kGolden);
  ASSERT_TRUE(opened);
  TemporaryFolder folder;
  ASSERT_TRUE(saveProject(opened->document, folder / "copy.kinescore"));
  EXPECT_EQ(bytesOf(folder / "copy.kinescore"), bytesOf(kGolden));
  for (const TakeEntry& take : opened->document.takes) {
    EXPECT_EQ(bytesOf(folder.path() / "copy.kinescore.d" / take.file.filename()), bytesOf(take.file));
  }
}

}  // namespace
}  // namespace kinescore
