#include "app/media_command.h"

#include <gtest/gtest.h>

#include "engine/project/media_files.h"
#include "tests/support/projects.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

class MediaCommandTest : public testing::Test {
 protected:
  MediaCommandTest() {
    TimelineBuilder builder;
    builder.clip(builder.track(TrackKind::Audio, "Audio"), 0, 2, AudioCondition{"song.wav", {}, 0, 0});
    ProjectDocument document;
    document.timeline = builder.timeline();
    document.settings.draft = "rough.bvh";
    putBytes(folder_ / "a/song.wav", "bytes");
    EXPECT_TRUE(saveProject(document, project_).ok());
  }
  static std::vector<std::string> filesIn(const std::filesystem::path& project) {
    const auto opened = openProject(project);
    return opened ? mediaFilesOf(opened->document.timeline) : std::vector<std::string>{};
  }

  TemporaryFolder folder_;
  std::filesystem::path project_ = folder_ / "a/scene.kinescore";
};

TEST_F(MediaCommandTest, ACopyElsewhereNamesTheSameFiles) {
  const std::filesystem::path copy = folder_ / "b/copy.kinescore";
  std::filesystem::create_directory(folder_ / "b");
  EXPECT_EQ(runMedia({.project = project_, .found = {}, .copyTo = copy}), 0);
  EXPECT_EQ(filesIn(copy), (std::vector<std::string>{"../a/song.wav"}));
  EXPECT_EQ(openProject(copy)->document.settings.draft, "../a/rough.bvh");
  EXPECT_EQ(filesIn(project_), (std::vector<std::string>{"song.wav"}));
}

TEST_F(MediaCommandTest, AFileThatWasMovedIsMissingUntilItIsFound) {
  std::filesystem::create_directory(folder_ / "sounds");
  std::filesystem::rename(folder_ / "a/song.wav", folder_ / "sounds/song.wav");
  EXPECT_EQ(runMedia({.project = project_, .found = {}, .copyTo = {}}), 3);
  EXPECT_EQ(runMedia({.project = project_, .found = folder_ / "sounds/other.wav", .copyTo = {}}), 3);
  EXPECT_EQ(runMedia({.project = project_, .found = folder_ / "sounds/song.wav", .copyTo = {}}), 0);
  EXPECT_EQ(filesIn(project_), (std::vector<std::string>{"../sounds/song.wav"}));
}

}  // namespace
}  // namespace kinescore
